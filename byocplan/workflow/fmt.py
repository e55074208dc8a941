"""Fmt: manifest files in, their canonical form out, and written if that is asked. Reads and writes the files alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import ManifestError, Problem
from byocplan.manifest import format_text, read_manifest_files
from byocplan.outfile import make_output_error, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """One file before and after."""

    path: Path
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether it was not canonical."""
        return self.before != self.after


def format_files(paths: Sequence[str]) -> list[FormattedFile]:
    """Return every file below the paths, formatted. Raises ManifestError with the problems of all files."""
    files: list[FormattedFile] = []
    found, problems = read_manifest_files(paths)
    for name, path, content in found:
        try:
            before = content.decode("utf-8")
            files.append(FormattedFile(path, before, format_text(name, path.parent, before)))
        except ManifestError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(Problem(name, 0, 0, "this file is no UTF-8 text"))
    if problems:
        raise ManifestError(problems)
    return files


def write_formatted(file: FormattedFile) -> None:
    """Replace the file: after a crash it holds the old text or the new. Its permissions stay; a link stays a link.

    Raises OutputError.
    """
    try:
        real = file.path.resolve(strict=True)
        mode = real.stat().st_mode & 0o777
    except OSError as error:
        raise make_output_error(file.path, error) from error
    with write_whole(real, mode) as out:
        out.write(file.after.encode())
