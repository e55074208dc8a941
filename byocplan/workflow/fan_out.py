"""Work on many tasks through any ``concurrent.futures.Executor``: threads, processes, or a cluster. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")


def iter_results(executor: Executor, work: Callable[[T], R], tasks: Iterable[T], tasks_at_once: int) -> Iterator[R]:
    """Yield the results in the order of the tasks, whatever order they are done in.

    Tasks are drawn as they are needed: no more than ``tasks_at_once`` are held, however many there are. The first that
    raises ends it, and what has not begun is cancelled.
    """
    waiting: deque[Future[R]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(work, task))
            if len(waiting) >= tasks_at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
