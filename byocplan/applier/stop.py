"""Ending a run early: by a signal, or because the service is gone. Touches signal handlers while listening."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from byocplan.errors import ByocplanError

SLICE_S = 0.1


class StopFlag:
    """Tells every part of a run to start nothing more. Set once: the first reason counts.

    Plain attributes without a lock: a signal may come while the main thread holds one.
    """

    def __init__(self) -> None:
        self.reason = ""
        self.signal = 0
        self.error: ByocplanError | None = None

    @property
    def is_set(self) -> bool:
        """Whether the run is to end."""
        return bool(self.reason)

    def stop(self, reason: str) -> None:
        """End the run for a reason, in words."""
        self.reason = self.reason or reason

    def fail(self, error: ByocplanError) -> None:
        """End the run for an error that concerns all of it."""
        if not self.is_set:
            self.error = error
        self.stop(str(error))

    def interrupt(self, number: int) -> None:
        """End the run for a signal."""
        self.signal = self.signal or number
        self.stop(f"interrupted by {signal.Signals(number).name}; run again to go on")

    def sleep(self, seconds: float) -> None:
        """Sleep, but hardly longer than until the flag is set."""
        end_s = time.monotonic() + seconds
        while not self.is_set and (left_s := end_s - time.monotonic()) > 0:
            time.sleep(min(left_s, SLICE_S))


@contextmanager
def listen_for_signals() -> Iterator[StopFlag]:
    """Yield a flag that SIGINT and SIGTERM set; a second signal raises KeyboardInterrupt. Main thread only."""
    flag = StopFlag()

    def handle(number: int, _frame: FrameType | None) -> None:
        if flag.signal:
            raise KeyboardInterrupt
        flag.interrupt(number)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
