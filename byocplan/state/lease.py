"""The lease on a local state: one apply at a time in a folder. Touches one file.

An operating system lock that ends with its process, however that ends. Two checkouts of a project do not exclude each
other.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import StateError
from byocplan.state.holder import LONGEST, Holder, decode_holder, encode_holder, make_holder
from byocplan.state.state import LeaseTerms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFAULT_TERMS = LeaseTerms()
MEND = "wait for it to end and run again; `--lease-timeout SECONDS` waits for you"
#: A lock costs nothing to ask for.
POLL_S = 0.2
#: How long a holder without a name is given to write it.
UNNAMED_S = 1.0


@dataclass(frozen=True, slots=True)
class LocalLease:
    """The lease while this process holds it: nothing takes it away."""

    id: str
    is_lost: bool = False

    def check(self) -> None:
        """Do nothing: it is never lost."""


@contextmanager
def hold_lease(path: Path, run_id: str, terms: LeaseTerms = DEFAULT_TERMS) -> Iterator[LocalLease]:
    """Hold the lease for the length of a ``with`` block. Raises LeaseHeldError when another process has it."""
    descriptor = _open(path)
    try:
        _wait_lock(descriptor, path, terms)
        _write_holder(descriptor, make_holder(run_id, terms.now_s()))
        try:
            yield LocalLease(run_id)
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def explain_lock(path: Path, lease_id: str) -> StateError:
    """Return why the lease cannot be removed: nobody holds it, somebody else does, or a living process does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return StateError(str(path), "no lease is held", "there is nothing to unlock")
    try:
        if _is_locked(descriptor, path):
            return StateError(str(path), "no lease is held", "there is nothing to unlock")
        holder = _read_holder(descriptor)
        if holder.id != lease_id:
            return StateError(str(path), f"the lease is held by {holder}", f"say that id, not {lease_id}")
        return StateError(str(path), f"the lease is held by {holder}, which is alive", "it ends with that process")
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        mend = "make the folder writable (the lease may not be a symbolic link) and run again"
        raise StateError(str(path), f"cannot be opened: {error.strerror}", mend) from error


def _wait_lock(descriptor: int, path: Path, terms: LeaseTerms) -> None:
    began_s = terms.clock()
    while not _is_locked(descriptor, path):
        holder, waited_s = _read_holder(descriptor), terms.clock() - began_s
        # A holder writes its name just after it took the lock, and wipes it just before it lets go.
        patience_s = terms.timeout_s if holder.id else max(terms.timeout_s, UNNAMED_S)
        if waited_s >= patience_s:
            raise holder.make_error(MEND)
        terms.sleep(min(POLL_S, patience_s - waited_s))


def _is_locked(descriptor: int, path: Path) -> bool:
    """Lock the file and tell whether that worked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        mend = "the file system has no locks: keep the project on a local disk"
        raise StateError(str(path), f"cannot be locked: {error.strerror}", mend) from error
    return True


def _write_holder(descriptor: int, holder: Holder) -> None:
    # Who holds the lease is for messages alone: the lock counts, also on a full disk.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, encode_holder(holder), 0)


def _read_holder(descriptor: int) -> Holder:
    """Return who holds the lease; its text may be missing or half written."""
    try:
        return decode_holder(os.pread(descriptor, LONGEST, 0))
    except OSError:
        return decode_holder(b"")
