"""Writing files for a user: new ones never over one that is there, long ones whole or not at all."""

from __future__ import annotations

import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def write_new_files(files: Mapping[Path, str]) -> None:
    """Write every file, making its folder. Raises ArgumentError before the first one where one is there already."""
    for path in files:
        if path.exists() or path.is_symlink():
            raise ArgumentError(f"{path} is there already and is not overwritten", "choose another folder, or move it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)


def check_out(path: Path) -> None:
    """Raise ArgumentError where ``--out`` names no place for a file.

    A file that is there is going to be replaced, a symbolic link too: it is not followed. Nothing else is.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError:
        mode = 0
    if not path.name or not path.parent.is_dir() or not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise ArgumentError(f"--out {path} cannot be written", hint="name a file in a folder that is there")


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, whose file then takes the place of ``path``; after an error nothing is left of it."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
