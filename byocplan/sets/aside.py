"""Runs statements beside the main thread, so that signals end them. Touches one thread.

In the main thread DuckDB runs the handlers of signals itself: it drops what they raise and goes on, or raises an error
of its own instead.
"""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

TURN_S = 0.1


class Interruptible(Protocol):
    """A connection whose statement under way can be ended from another thread."""

    def interrupt(self) -> None:
        """End the statement."""


class Aside:
    """One thread for the main thread's statements; those of other threads meet no signal and run where they are."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sets")
        # Now, so that no signal can come while the thread is started with a statement.
        self._pool.submit(_do_nothing).result()

    def run(self, connection: Interruptible, statement: Callable[[], T]) -> T:
        """Return what the statement returns. What a signal handler raises ends it and comes out."""
        if threading.current_thread() is not threading.main_thread():
            return statement()
        work = _Work(statement)
        try:
            future = self._pool.submit(work)
            # In turns: a signal that comes just before a wait is seen only when that wait ends.
            while not future.done():
                wait([future], timeout=TURN_S)
            return future.result()
        except BaseException:
            work.is_wanted = False
            self._wait_until_idle(connection)
            raise

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown()

    def _wait_until_idle(self, connection: Interruptible) -> None:
        """End what is under way. A handler may raise before it is known whether anything is."""
        last = self._pool.submit(_do_nothing)
        while not last.done():
            connection.interrupt()
            wait([last], timeout=TURN_S)


class _Work(Generic[T]):
    """A statement that is not begun once nobody waits for it."""

    def __init__(self, statement: Callable[[], T]) -> None:
        self._statement, self.is_wanted = statement, True

    def __call__(self) -> T:
        if not self.is_wanted:
            raise CancelledError
        return self._statement()


def _do_nothing() -> None:
    """Be the work that shows that all before it is over."""
