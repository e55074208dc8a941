"""Many small works at bounded concurrency, taken from a stream that may be longer than memory. Touches threads."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from byocplan.applier.run import TICK_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from byocplan.applier.run import Run

T = TypeVar("T")

#: Works that wait for a thread, for each thread: enough to keep it busy.
AHEAD = 2


def run_bounded(run: Run, items: Iterable[T], work: Callable[[T], None]) -> None:
    """Do ``work`` on each item until the run is stopped; what has begun is finished.

    Works begin in the order of ``items``; never more than a few times ``parallelism`` of them are taken at once.
    """
    window = run.options.parallelism * (1 + AHEAD)
    pending: set[Future[None]] = set()

    def begin(item: T) -> None:
        if not run.stop.is_set:
            work(item)

    with ThreadPoolExecutor(run.options.parallelism, thread_name_prefix="apply") as pool:
        try:
            for item in items:
                pending.add(pool.submit(begin, item))
                while len(pending) >= window:
                    pending = _collect(run, pending)
                if run.stop.is_set:
                    break
            while pending:
                pending = _collect(run, pending)
        except BaseException as error:
            # Leaving the block waits for what has begun; nothing else may begin then.
            run.stop.stop(f"{type(error).__name__} ended the run; run again to go on")
            raise


def _collect(run: Run, pending: set[Future[None]]) -> set[Future[None]]:
    done, rest = wait(pending, TICK_S, FIRST_COMPLETED)
    for future in done:
        future.result()
    run.tick()
    return rest
