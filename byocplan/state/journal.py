"""The journal of a running apply: what it is about to do and what it has done. Touches one file a run.

An intent is on the disk before its request is sent; what became of it follows and goes to the disk with the next
intent. A run that ends well removes its journal; one that crashed leaves it to the next apply.
Always a local file, wherever the bindings are kept: it belongs to the process, not to the project.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import LeaseHeldError, StateError
from byocplan.state.files import PRIVATE, make_private_folder, sync_folder
from byocplan.state.group_commit import GroupCommit
from byocplan.state.journal_lines import ENDING, VERSION, Leftover, Record, encode_record, read_leftover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ".byocplan"
JOURNALS = "journal"
MEND = "make the folder writable, free disk space if it is full, and run again"


@dataclass(frozen=True, slots=True)
class JournalFolder:
    """Where the journals of a project lie: ``.byocplan/journal`` in its ``folder``, whatever keeps the bindings."""

    folder: Path
    project: str
    deployment: str

    @property
    def path(self) -> Path:
        """The folder of the journals themselves."""
        return self.folder / FOLDER / JOURNALS

    def read(self) -> tuple[Leftover, ...]:
        """Return what crashed runs on this deployment left behind, oldest first; makes nothing.

        Raises StateError for a journal that is damaged or of another project, LeaseHeldError for one whose run lives.
        """
        paths = sorted(self.path.glob(f"*{ENDING}")) if self.path.is_dir() else []
        found = [left for path in paths if (left := _read_one(path, self.project, self.deployment)) is not None]
        return tuple(sorted(found, key=lambda left: left.last_ms))

    @contextmanager
    def open(self, run_id: str, plan_hash: str) -> Iterator[Journal]:
        """Yield the journal of a run. It stays behind when an intent is left open or the block raises."""
        header: Record = {
            "journal": VERSION,
            "run": run_id,
            "project": self.project,
            "deployment": self.deployment,
            "plan": plan_hash,
            "at_ms": time.time_ns() // 1_000_000,
        }
        journal = Journal(self.path / f"{run_id}{ENDING}", header)
        try:
            yield journal
        except BaseException:
            journal.close(keep=True)
            raise
        journal.close()


class Journal:
    """One run's journal. Safe from many threads; the file is made with the first intent."""

    def __init__(self, path: Path, header: Record) -> None:
        self.path = path
        self._header = header
        self._lock = threading.Lock()
        self._commit: GroupCommit | None = None
        self._descriptor = -1
        self._count = 0
        self._open: set[int] = set()

    @property
    def syncs(self) -> int:
        """How often the disk was waited for."""
        return self._commit.syncs if self._commit else 0

    def begin(self, action: str, **facts: object) -> int:
        """Record an intent and return its number once it is on the disk. Raises StateError."""
        with self._lock:
            commit = self._commit or self._make_file()
            self._count += 1
            number = self._count
            self._open.add(number)
        self._write(commit, {"begin": number, "action": action, **facts})
        return number

    def note(self, number: int, **facts: object) -> None:
        """Record what is known of an open intent; on the disk when this returns. Raises StateError."""
        if self._commit is not None:
            self._write(self._commit, {"note": number, **facts})

    def end(self, number: int, result: str) -> None:
        """Record that nothing is open about an intent any more. Raises nothing: a lost line costs a look."""
        with self._lock:
            self._open.discard(number)
        if self._commit is not None:
            self._commit.append(encode_record({"end": number, "result": result}))

    def close(self, *, keep: bool = False) -> None:
        """Remove the journal, or leave it to the next apply if something is open in it."""
        commit, self._commit = self._commit, None
        if commit is None:
            return
        with suppress(OSError):
            commit.flush()
        try:
            if not keep and not self._open:
                self.path.unlink(missing_ok=True)
                sync_folder(self.path.parent)
        except OSError as error:
            raise _make_error(self.path, "cannot be removed", error) from error
        finally:
            os.close(self._descriptor)

    def _make_file(self) -> GroupCommit:
        make_private_folder(self.path.parent.parent)
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW
            self._descriptor = os.open(self.path, flags, PRIVATE)
            with suppress(OSError):  # a file system without locks: the lease is what counts
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._commit = GroupCommit(self._descriptor)
            self._commit.append(encode_record(self._header))
            sync_folder(self.path.parent)
        except OSError as error:
            raise _make_error(self.path, "cannot be made", error) from error
        return self._commit

    def _write(self, commit: GroupCommit, record: Record) -> None:
        try:
            commit.append_durably(encode_record(record))
        except OSError as error:
            raise _make_error(self.path, "cannot be written", error) from error


def remove_leftover(left: Leftover) -> None:
    """Remove a journal that was seen to. Raises StateError."""
    try:
        left.path.unlink(missing_ok=True)
        sync_folder(left.path.parent)
    except OSError as error:
        raise _make_error(left.path, "cannot be removed", error) from error


def _read_one(path: Path, project: str, deployment: str) -> Leftover | None:
    """Return a leftover, None for one of another deployment. Its run is dead: a living one has it locked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _make_error(path, "cannot be read", error) from error
    with os.fdopen(descriptor, "rb") as file:
        left = read_leftover(path, file, project)
        if left.deployment not in {"", deployment}:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LeaseHeldError(f"run {left.run_id}, whose journal is {path},", "an unknown time") from error
        except OSError:
            pass  # a file system without locks: the lease is what counts
    return left


def _make_error(path: Path, what: str, error: OSError) -> StateError:
    return StateError(str(path), f"{what}: {error.strerror or error}", MEND)
