"""Find and read manifest files: paths as typed in, sources with their bytes out. Touches the file system."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.errors import Problem
from byocplan.outfile import find_mend

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 5 * 1024 * 1024
STDIN = "-"
SUFFIXES = (".yaml", ".yml")
LOCK_FILE = "byocplan.lock.yaml"
#: Where a Project document is looked for beside manifests that come without one.
PROJECT_FILES = ("byocplan.yaml", "byocplan.yml")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read; ``name`` is what the user would type."""

    name: str
    path: Path


@dataclass(slots=True)
class _Search:
    """A search for manifests: what was found, what went wrong, which real folders were read already."""

    files: dict[Path, FoundFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)

    def note(self, name: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(name, 0, 0, message, hint=hint))


class ReadFault(Exception):  # noqa: N818 - it becomes a Problem, it is no error of its own
    """A file that is not read, and why in words."""


def get_roots(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the real folders that no file may leave: each folder named, and the folder of each file named."""
    return tuple(dict.fromkeys(Path(get_folder(path)).resolve() for path in paths))


def get_folder(path: str) -> str:
    """Return the folder that a path as typed stands for, as the user would type it."""
    return path if path != STDIN and is_folder(Path(path)) else str(Path(path).parent)


def is_folder(path: Path) -> bool:
    """Tell whether it is a folder, not where nobody may look: ``Path.is_dir`` raises there."""
    return os.path.isdir(path)  # noqa: PTH112


def find_files(paths: tuple[str, ...], roots: tuple[Path, ...]) -> tuple[list[FoundFile], list[Problem]]:
    """Return the files below the paths, each once: as given, folders in order of name; and the paths that are none."""
    search = _Search()
    for path in paths:
        if path == STDIN:
            search.files.setdefault(Path(STDIN), FoundFile(STDIN, Path(STDIN)))
        elif is_folder(Path(path)):
            _search_folder(search, Path(path), roots)
        else:
            _add_file(search, Path(path))
    return list(search.files.values()), search.problems


def iter_upwards(folder: str) -> Iterator[Path]:
    """Yield the folder and those above it up to the current one; the folder alone when it lies elsewhere."""
    yield Path(folder)
    here, real = Path.cwd().resolve(), Path(folder).resolve()
    if real != here and real.is_relative_to(here):
        for above in real.parents:
            yield Path(os.path.relpath(above))
            if above == here:
                return


def find_project_file(folder: Path) -> FoundFile | None:
    """Return the ordinary file in ``folder`` that is called as Project files are, or None."""
    for path in (folder / name for name in PROJECT_FILES):
        if os.path.isfile(path) and not path.is_symlink():  # noqa: PTH113 - as in is_folder
            return FoundFile(str(path), path)
    return None


def _add_file(search: _Search, path: Path) -> None:
    try:
        real = path.resolve(strict=True)
    except FileNotFoundError:
        search.note(str(path), "no such file or folder")
    except (OSError, RuntimeError, ValueError) as error:
        search.note(str(path), f"cannot be read: {_say(error)}", _advise(error))
    else:
        search.files.setdefault(real, FoundFile(str(path), path))


def _search_folder(search: _Search, folder: Path, roots: tuple[Path, ...]) -> None:
    try:
        real = folder.resolve(strict=True)
        if not is_inside(real, roots):
            search.note(str(folder), "a link that leaves the project's folder", "put the folder itself there")
            return
        if real in search.folders:
            return
        search.folders.add(real)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (OSError, RuntimeError) as error:
        search.note(str(folder), f"cannot be read: {_say(error)}", _advise(error))
        return
    for entry in entries:
        if not entry.name.startswith("."):
            _take_entry(search, folder / entry.name, roots)


def _take_entry(search: _Search, path: Path, roots: tuple[Path, ...]) -> None:
    if is_folder(path):
        _search_folder(search, path, roots)
    elif path.suffix in SUFFIXES and path.name != LOCK_FILE:
        _add_file(search, path)


def is_inside(real: Path, roots: tuple[Path, ...]) -> bool:
    """Tell whether a real path lies in one of the roots."""
    return any(real.is_relative_to(root) for root in roots)


def read_bytes(path: Path, roots: tuple[Path, ...]) -> bytes:
    """Return the content of an ordinary file inside of the roots, or raise ReadFault.

    The real path is opened without following a link in its last part, so that a swap after the check is seen.
    """
    try:
        real = path.resolve(strict=True)
        if not is_inside(real, roots):
            raise ReadFault("leads out of the project's folder")
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ReadFault("is not an ordinary file")
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ReadFault("does not exist") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise ReadFault(f"cannot be read: {_say(error)}") from error
    if len(content) > MAX_BYTES:
        raise ReadFault("has more than 5 MB")
    return content


def find_regular(path: Path, roots: tuple[Path, ...], max_bytes: int) -> Path:
    """Return the real path of an ordinary file inside of the roots of at most ``max_bytes``, or raise ReadFault."""
    try:
        real = path.resolve(strict=True)
        found = real.lstat()
    except FileNotFoundError as error:
        raise ReadFault("does not exist") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise ReadFault(f"cannot be read: {_say(error)}") from error
    if not is_inside(real, roots):
        raise ReadFault("leads out of the project's folder")
    if not stat.S_ISREG(found.st_mode):
        raise ReadFault("is not an ordinary file")
    if found.st_size > max_bytes:
        raise ReadFault(f"has more than {max_bytes // 1024**2:,} MB")
    return real


def _say(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else "its links lead in a circle"


def _advise(error: Exception) -> str:
    return find_mend(error) if isinstance(error, OSError) else ""
