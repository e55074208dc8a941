"""Reading and writing the files of the state, so that none is ever half of one thing. Touches files."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from byocplan.errors import StateError
from byocplan.model.failpoint import Failpoint, Reach, pass_by
from byocplan.outfile import find_mend

if TYPE_CHECKING:
    from pathlib import Path

#: What stays out of Git is in this folder of the project.
FOLDER = ".byocplan"
PRIVATE = 0o600
SHARED = 0o644


def read_regular(path: Path) -> bytes | None:
    """Return the bytes of a regular file, None when there is none. Links, folders and devices are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _make_error(path, "cannot be read", error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StateError(str(path), "is no regular file", "move it away and run again")
    with os.fdopen(descriptor, "rb") as file:
        try:
            return file.read()
        except OSError as error:
            raise _make_error(path, "cannot be read", error) from error


def write_atomically(path: Path, content: bytes, mode: int, reach: Reach = pass_by) -> None:
    """Replace ``path``: after a crash or a full disk it holds the old content or the new, never a mixture.

    One writer at a time (the lease sees to it); what a killed writer left behind is overwritten.
    """
    temporary = path.with_name(f".{path.name.lstrip('.')}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        _write_new(temporary, content, mode)
        reach(Failpoint.BEFORE_RENAME)
        temporary.replace(path)
        reach(Failpoint.AFTER_RENAME)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _make_error(path, "cannot be written", error) from error


def make_private_folder(folder: Path) -> None:
    """Make sure the folder is there, is ours alone, and stays out of Git."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _make_error(folder, "cannot be made", error) from error
    if folder.is_symlink():
        raise StateError(str(folder), "is a symbolic link", "replace it by a folder and run again")
    _write_ignore(folder / ".gitignore")


def _write_ignore(path: Path) -> None:
    """Write what keeps the folder out of Git. Several processes may do so at once: the lease comes after it."""
    try:
        if path.exists() and path.stat().st_size:
            return
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, SHARED)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"*\n")
    except OSError as error:
        raise _make_error(path, "cannot be written", error) from error


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_error(path: Path, what: str, error: OSError) -> StateError:
    mend = find_mend(error)
    if "read" in what:
        mend = "check its permissions (a symbolic link is not followed) and run again"
    return StateError(str(path), f"{what}: {error.strerror or error}", mend)
