"""Ending a run early: by a signal, a budget, or because the service is gone. Touches signal handlers while listening.

The first signal lets what is under way come to its end, for ``DRAIN_S`` at most; the second one leaves at once. Signals
before anything is written are left to whoever handled them before.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from byocplan.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from byocplan.errors import ByocplanError

    Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None

SLICE_S = 0.1
#: CI sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that. Source: GitHub docs, workflow cancellation.
DRAIN_S = 6.0
#: No answer is waited for longer than this once the run is being stopped.
ANSWER_S = 5.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)
AT_ONCE = "Stopped at once.\n"


class DrainOverError(BaseException):
    """What was under way has not ended in time; like KeyboardInterrupt it goes past every ``except Exception``."""


class StopFlag:
    """Tells every part of a run to start nothing more. Set once: the first reason counts.

    Plain attributes without a lock: a signal may come while the main thread holds one. ``is_abandoned``: requests were
    left under way. ``last_words`` are written when a second signal ends the process.
    """

    def __init__(self) -> None:
        self.reason = ""
        self.signal = 0
        self.error: ByocplanError | None = None
        self.is_abandoned = False
        self.is_writing = False
        self.last_words = AT_ONCE
        self._on_interrupt: Callable[[], None] | None = None

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
        if self._on_interrupt is not None:
            self._on_interrupt()

    def sleep(self, seconds: float) -> None:
        """Sleep, but hardly longer than until the flag is set."""
        end_s = time.monotonic() + seconds
        while not self.is_set and (left_s := end_s - time.monotonic()) > 0:
            time.sleep(min(left_s, SLICE_S))

    def sleep_or_raise(self, seconds: float) -> None:
        """Sleep to the end, or raise StoppedError: for waits after which a request would be sent."""
        self.sleep(seconds)
        if self.is_set:
            raise StoppedError

    @contextmanager
    def writing(self, on_interrupt: Callable[[], None]) -> Iterator[None]:
        """Let signals drain the run for the length of the block; ``on_interrupt`` is called by the first one."""
        self._on_interrupt = on_interrupt
        self.is_writing = True
        try:
            yield
        finally:
            self.is_writing = False
            self._on_interrupt = None


@contextmanager
def listen_for_signals(leave: Callable[[int], object] = os._exit) -> Iterator[StopFlag]:
    """Yield a flag that SIGINT and SIGTERM set while something is written; a second signal ends the process.

    Main thread only. When draining takes too long, DrainOverError is raised in the main thread.
    """
    flag = StopFlag()

    def handle(number: int, frame: FrameType | None) -> None:
        if flag.signal:
            _leave_at_once(flag, number, leave)
        elif flag.is_writing:
            flag.interrupt(number)
            signal.setitimer(signal.ITIMER_REAL, DRAIN_S)
        else:
            _pass_on(before[number], number, frame)

    def handle_alarm(_number: int, _frame: FrameType | None) -> None:
        if flag.is_writing:
            raise DrainOverError

    before: dict[int, Handler] = {number: signal.signal(number, handle) for number in SIGNALS}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, handle_alarm)
    try:
        yield flag
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_abandoned(code: int) -> None:
    """End the process although requests are still under way: a normal end would wait for their answers."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _leave_at_once(flag: StopFlag, number: int, leave: Callable[[int], object]) -> None:
    with suppress(OSError):
        os.write(2, flag.last_words.encode(errors="replace"))
    leave(128 + number)


def _pass_on(handler: Handler, number: int, frame: FrameType | None) -> None:
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:
        raise KeyboardInterrupt
