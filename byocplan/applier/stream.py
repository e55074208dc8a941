"""Many small works at bounded concurrency, taken from a stream that may be longer than memory. Touches threads."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from byocplan.applier.run import TICK_S
from byocplan.applier.stop import DrainOverError

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
        run.check_budget()
        if not run.stop.is_set:
            work(item)

    pool = ThreadPoolExecutor(run.options.parallelism, thread_name_prefix="apply")
    is_over = False
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
        # What has begun is waited for, unless that has taken too long; nothing else may begin.
        run.stop.stop(f"{type(error).__name__} ended the run; run again to go on")
        is_over = isinstance(error, DrainOverError)
        raise
    finally:
        pool.shutdown(wait=not is_over, cancel_futures=True)


def _collect(run: Run, pending: set[Future[None]]) -> set[Future[None]]:
    done, rest = wait(pending, TICK_S, FIRST_COMPLETED)
    for future in done:
        future.result()
    run.tick()
    return rest
