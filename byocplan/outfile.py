"""Files written for a user, each whole or not at all: beside its place first, then renamed. Touches files alone.

What stops a writer is an OutputError: which file, why, and what to do. The files of the state have their own writer.
"""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from byocplan.errors import ArgumentError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What to do about what the system says; ``DEFAULT_MEND`` about all else.
MENDS = {
    errno.ENOSPC: "free disk space and run again",
    errno.EDQUOT: "the quota is used up: free disk space and run again",
    errno.EFBIG: "files may not become so long here: raise the limit (`ulimit -f`), or choose another disk",
    errno.EACCES: "change its permissions or those of its folder, or choose another place, and run again",
    errno.EPERM: "change its permissions or those of its folder, or choose another place, and run again",
    errno.EROFS: "this file system is read-only: choose another place and run again",
    errno.ENOTDIR: "a part of this path is a file, not a folder: name another path, or move that file away",
    errno.EEXIST: "something else has this name: move it away, or name another path",
    errno.EISDIR: "a folder has this name: move it away, or name another path",
    errno.ENOENT: "check the path, and that its folder is there",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "too many files are open: raise the limit (`ulimit -n`) and run again",
    errno.ENFILE: "too many files are open on this machine: close some programs and run again",
}
DEFAULT_MEND = "check the path, its permissions and the disk, and run again"
#: As other programs make files; the process's mask takes from it.
SHARED = 0o666


def find_mend(error: OSError) -> str:
    """Return what to do next about an error of the system."""
    return MENDS.get(error.errno or 0, DEFAULT_MEND)


def make_output_error(where: Path | str, error: OSError) -> OutputError:
    """Return the error that says why a file or a stream was not written."""
    return OutputError(str(where), f"cannot be written: {error.strerror or error}", find_mend(error))


@contextmanager
def write_whole(path: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Give a new file, to write and to read, that takes the place of ``path`` at the end.

    After an error nothing is left of it and ``path`` is as it was. A symbolic link is replaced, not followed. The file
    has exactly ``mode``, or without one what the process's mask leaves of 0666. Raises OutputError.
    """
    temporary = _name_beside(path)
    try:
        with _open_new(temporary, mode) as file:
            yield file
            _sync(file)
        temporary.replace(path)
    except BaseException as error:
        _remove(temporary)
        if isinstance(error, OSError) and _is_about(error, temporary):
            raise make_output_error(path, error) from error
        raise


def write_new_files(files: Mapping[Path, str | Iterable[str]]) -> None:
    """Write all the files, making their folders, or none; never over one that is there. Texts may come in pieces.

    Raises ArgumentError before anything is written where one is there already, and OutputError.
    """
    for path in files:
        if os.path.lexists(path):
            raise ArgumentError(f"{path} is there already and is not overwritten", "choose another folder, or move it")
    made: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            made[path] = _name_beside(path)
            _write_beside(path, made[path], text)
        for path, temporary in made.items():
            _place_new(temporary, path)
    finally:
        for temporary in made.values():
            _remove(temporary)


def _write_beside(path: Path, temporary: Path, text: str | Iterable[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise make_output_error(Path(error.filename or path.parent), error) from error
    try:
        with _open_new(temporary, None) as file:
            file.writelines(piece.encode() for piece in ([text] if isinstance(text, str) else text))
            _sync(file)
    except OSError as error:
        raise make_output_error(path, error) from error


def _place_new(temporary: Path, path: Path) -> None:
    """Give the file its name, unless another has got it meanwhile: a rename would replace that one."""
    try:
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            raise
        except OSError:
            # Not every file system has hard links.
            if os.path.lexists(path):
                raise
            temporary.replace(path)
    except OSError as error:
        raise make_output_error(path, error) from error


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _open_new(path: Path, mode: int | None) -> IO[bytes]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, SHARED if mode is None else mode)
    if mode is not None:
        os.fchmod(descriptor, mode)  # open leaves out what the process's mask has
    return os.fdopen(descriptor, "w+b")


def _sync(file: IO[bytes]) -> None:
    """Have the content on the disk before the name: some disks say only then that they are full."""
    file.flush()
    os.fsync(file.fileno())


def _is_about(error: OSError, temporary: Path) -> bool:
    """Tell whether the error is one of the written file; others of the same kind may pass through."""
    return error.filename is None or str(error.filename) == str(temporary)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
