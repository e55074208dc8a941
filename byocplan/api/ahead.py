"""One fetch at a time beside whoever uses what was fetched before. Touches one thread."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Q = TypeVar("Q")
T = TypeVar("T")
TURN_S = 0.1
#: What the thread needs to send a request. Without it, whoever goes on to compute would keep the interpreter from it.
HEAD_START_S = 0.0003


class Ahead(Generic[Q, T]):
    """A context manager. Who leaves it does not wait for an answer that is still out: the thread ends with it."""

    def __init__(self, fetch: Callable[[Q], T]) -> None:
        self._fetch = fetch
        self._wanted: SimpleQueue[tuple[Q, Future[T]] | None] = SimpleQueue()
        Thread(target=self._work, name="ahead", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wanted.put(None)

    def begin(self, query: Q) -> Future[T]:
        """Have ``query`` fetched; what comes, or is raised, is had by ``take``."""
        coming: Future[T] = Future()
        self._wanted.put((query, coming))
        time.sleep(HEAD_START_S)
        return coming

    def _work(self) -> None:
        while (work := self._wanted.get()) is not None:
            query, coming = work
            try:
                coming.set_result(self._fetch(query))
            except BaseException as error:  # noqa: BLE001 it is raised where the answer is taken
                coming.set_exception(error)


def take(coming: Future[T]) -> T:
    """Wait for what was begun, in turns: a signal that comes just before a wait is seen only when that wait ends."""
    while not coming.done():
        wait([coming], timeout=TURN_S)
    return coming.result()
