"""The lease: one apply at a time in a folder. Touches one file.

An operating system lock that ends with its process, however that ends. Two checkouts of a project do not exclude each
other.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from byocplan.errors import LeaseHeldError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNKNOWN = "an unknown process"
_LONGEST_HOLDER = 4096


@contextmanager
def hold_lease(path: Path, run_id: str, now: datetime | None = None) -> Iterator[None]:
    """Hold the lease for the length of a ``with`` block. Raises LeaseHeldError when another process has it."""
    descriptor = _open(path)
    try:
        _lock(descriptor, path)
        _write_holder(descriptor, run_id, now or datetime.now(UTC))
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        mend = "make the folder writable (the lease may not be a symbolic link) and run again"
        raise StateError(str(path), f"cannot be opened: {error.strerror}", mend) from error


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LeaseHeldError(*_read_holder(descriptor)) from error
    except OSError as error:
        mend = "the file system has no locks: keep the project on a local disk"
        raise StateError(str(path), f"cannot be locked: {error.strerror}", mend) from error


def _write_holder(descriptor: int, run_id: str, now: datetime) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "run": run_id,
    }
    # Who holds the lease is for messages alone: the lock counts, also on a full disk.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _read_holder(descriptor: int) -> tuple[str, str]:
    """Return who holds the lease, and since when; its text may be missing or half written."""
    try:
        holder = json.loads(os.pread(descriptor, _LONGEST_HOLDER, 0))
        return f"process {int(holder['pid'])} on {holder['host']} (run {holder['run']})", str(holder["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return _UNKNOWN, "an unknown time"
