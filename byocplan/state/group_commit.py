"""Appending lines to a file so that many threads share one fsync. Touches one file.

A thread that needs its line to last waits until it is on the disk; whoever comes first writes for all that wait.
"""

from __future__ import annotations

import os
import threading


class GroupCommit:
    """Appends to ``descriptor``. After a failure every later append raises the same OSError."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._lines: list[bytes] = []
        self._appended = 0
        self._durable = 0
        self._is_writing = False
        self._failure: OSError | None = None
        self.syncs = 0

    def append(self, line: bytes) -> None:
        """Add a line that goes to the disk with the next one that must last."""
        with self._changed:
            self._lines.append(line)
            self._appended += 1

    def append_durably(self, line: bytes) -> None:
        """Add a line and return once it is on the disk. Raises OSError."""
        with self._changed:
            self._lines.append(line)
            self._appended += 1
            self._wait_durable(self._appended)

    def flush(self) -> None:
        """Return once all lines are on the disk. Raises OSError."""
        with self._changed:
            self._wait_durable(self._appended)

    def _wait_durable(self, ticket: int) -> None:
        while self._durable < ticket:
            if self._failure is not None:
                raise self._failure
            if self._is_writing:
                self._changed.wait()
            else:
                self._write_batch()

    def _write_batch(self) -> None:
        """Write what has gathered, with the lock released meanwhile so that others may add to the next batch."""
        batch, ticket = b"".join(self._lines), self._appended
        self._lines = []
        self._is_writing = True
        failure: OSError | None = OSError("the write was interrupted")
        self._changed.release()
        try:
            write_whole(self._descriptor, batch)
            os.fsync(self._descriptor)
            failure = None
        except OSError as error:
            failure = error
        finally:
            self._changed.acquire()
            self._is_writing = False
            self._failure = self._failure or failure
            if failure is None:
                self._durable = ticket
                self.syncs += 1
            self._changed.notify_all()


def write_whole(descriptor: int, content: bytes) -> None:
    """Write all of it, in as many pieces as it takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
