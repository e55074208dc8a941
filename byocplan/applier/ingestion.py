"""Waiting until the service has ingested what this run handed to it. Touches the API, reading alone.

Also while tiles are still being written: what has ended is counted and forgotten, so that a run of days holds no more
tiles than are under way.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from byocplan.api.paging import PAGE_SIZE
from byocplan.applier.poll import LISTS, PAGES, judge_listed, poll_batch
from byocplan.applier.result import Handed
from byocplan.errors import ByocplanError
from byocplan.model.event import Ingesting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.applier.batch import Batch, Ingestion
    from byocplan.applier.run import Run
    from byocplan.model.scope import Scope

#: So many pages of each pending list, and of the FAILED list, are read between writes: a per cent of the requests.
RELEASE_PAGES, RELEASE_FAILED_PAGES = 15, 50
#: Where so many tiles and more than this part of those that have ended FAILED, no more are written.
MIN_FAILED, MAX_FAILURE_RATE = 1000, 0.5
FIRST_PAUSE_S, LONGEST_PAUSE_S, PAUSE_GROWTH = 0.2, 5.0, 1.5
#: Pages of each list in a poll, where tiles that hang fill the first ones; the pause grows with them, so that a minute
#: takes no more requests.
MOST_PAGES = 12
#: A tile may show its old status for a while after a reingest was accepted, and a new one may not show at all.
SETTLE_S = 90.0


def adopt_pending(run: Run, batch: Batch, scopes: Sequence[Scope]) -> None:
    """Wait for the tiles of these scopes, too, that an earlier run handed over and did not see end.

    To be called before this run hands any over: all pending tiles of the collection are listed.
    """
    for status in LISTS:
        for page in run.client.iter_tile_pages(batch.collection_id, status=status, ahead=True):
            for tile_id, path, created_ms in zip(page.ids, page.paths, page.created_ms, strict=True):
                if any(scope.owns(path) for scope in scopes):
                    batch.adopt(Handed(tile_id, created_ms))


def release_ended(run: Run, ingestion: Ingestion, batch: Batch) -> None:
    """Let go of tiles that have ended, between writes; without waiting, of all of them.

    Errors are left to the wait at the end, which looks again. No thread may write tiles of the batch meanwhile.
    """
    if not run.options.wait:
        batch.stop_watching()
        return
    now_s = run.options.clock()
    if run.stop.is_set or now_s < batch.aged_s + SETTLE_S:
        return
    with suppress(ByocplanError):
        by_status = poll_batch(run, ingestion, batch, is_settling=False, pages=RELEASE_PAGES)
        judge_listed(run, ingestion, batch, RELEASE_FAILED_PAGES)
        run.report(_make_event(run, ingestion, by_status))
    batch.age(now_s)
    if ingestion.failed >= MIN_FAILED and ingestion.failure_rate > MAX_FAILURE_RATE:
        cause = next(iter(ingestion.causes.count_by_cause()), "")
        run.stop.stop(
            f"{ingestion.failure_rate:.0%} of the tiles FAILED ingestion, mostly: {cause}; mend that and run again"
        )


def wait_ingestion(run: Run, ingestion: Ingestion) -> None:
    """Poll until every tile has ended, the time is over or the run is stopped. Raises what the client raises."""
    start_s = run.options.clock()
    timeout_s = run.options.timeout_s
    end_s = None if timeout_s is None else start_s + timeout_s
    pause_s, pages = FIRST_PAUSE_S, PAGES
    for batch in ingestion.batches.values():
        batch.age(start_s)
    while ingestion.waiting and not run.stop.is_set:
        run.check_budget()
        by_status: Counter[str] = Counter()
        waiting, is_settling = ingestion.waiting, run.options.clock() < start_s + SETTLE_S
        for batch in ingestion.batches.values():
            by_status += poll_batch(run, ingestion, batch, is_settling=is_settling, pages=pages)
            if not batch.pending:
                judge_listed(run, ingestion, batch)
        run.report(_make_event(run, ingestion, by_status))
        left_s = None if end_s is None else end_s - run.options.clock()
        if not ingestion.waiting or (left_s is not None and left_s <= 0):
            break
        if all(len(batch.doubtful) == len(batch.pending) for batch in ingestion.batches.values()):
            pause_s = FIRST_PAUSE_S  # nothing is left in the lists: only a second look is wanting
        run.sleep(pause_s if left_s is None else min(pause_s, left_s))
        pause_s *= PAUSE_GROWTH
        needed = max(ingestion.waiting // PAGE_SIZE, PAGES)
        if pause_s >= LONGEST_PAUSE_S * min(pages, needed) / PAGES:
            if ingestion.waiting == waiting:
                pages = min(2 * pages, MOST_PAGES)
            pause_s = LONGEST_PAUSE_S * min(pages, needed) / PAGES
    for batch in ingestion.batches.values():
        judge_listed(run, ingestion, batch)


def _make_event(run: Run, ingestion: Ingestion, by_status: Mapping[str, int]) -> Ingesting:
    total = ingestion.unfinished + ingestion.ingested + ingestion.failed
    return Ingesting(total, ingestion.waiting, ingestion.failed, by_status, run.elapsed_s)
