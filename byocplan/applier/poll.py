"""Looking once which tiles have been ingested. Touches the API, reading alone.

A poll reads the first pages of the lists of pending tiles, oldest first, or the tiles themselves when few are left;
never the whole listing. Tiles of other writers are passed over. What was created before the last tile of those pages
and is in none of them is pending no more.

While settling, lists do not tell how a reingest ended: its tile may show its old end still. One that was in no list yet
is read itself, and its start says which end it shows.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from byocplan.applier.batch import decode_id, encode_id
from byocplan.errors import NotFoundError
from byocplan.model.tile import PENDING, Status

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from byocplan.applier.batch import Batch, Ingestion, Key
    from byocplan.applier.run import Run
    from byocplan.model.tile import TilePage

#: So many tiles are read one by one rather than looked for in lists.
FEW = 20
#: So many in a poll at most, of those of which lists tell nothing.
MOST = 100
#: Pages of a hundred read of each list in a poll.
PAGES = 3
#: In the order in which a tile passes through them, so that one that moves on meanwhile is seen twice, not never.
LISTS = (Status.WAITING, Status.QUEUED, Status.INGESTING)
OLDEST_FIRST, NEWEST_FIRST = "created:asc", "created:desc"
DELETED = "deleted by somebody else while it was ingested"


@dataclass(slots=True)
class Seen:
    """What a poll has seen: our tiles in the lists, and up to which creation all lists have been read."""

    keys: set[Key] = field(default_factory=set)
    until_ms: float = math.inf

    def find_unseen(self, batch: Batch) -> list[Key]:
        """Return the tiles that would have been seen were they pending."""
        if self.until_ms == math.inf:
            return [key for key in batch.pending if key not in self.keys]
        known = ((key, created_ms) for key, created_ms in batch.pending.items() if created_ms is not None)
        return [key for key, created_ms in known if created_ms < self.until_ms and key not in self.keys]


def poll_batch(run: Run, ingestion: Ingestion, batch: Batch, *, is_settling: bool, pages: int = PAGES) -> Counter[str]:
    """Find out which tiles have ended; return how many were seen in each status.

    ``is_settling``: tiles were handed over so lately that they may show their old end still, or not at all.
    """
    if not batch.pending:
        return Counter()
    if len(batch.pending) <= FEW:
        return _read_singly(run, ingestion, batch, tuple(batch.pending), is_settling=is_settling)
    return _read_lists(run, ingestion, batch, pages, is_settling=is_settling)


def judge_listed(run: Run, ingestion: Ingestion, batch: Batch, pages: int | None = None) -> None:
    """Read the FAILED list to tell the end of tiles that left the lists; those not in it are ingested, or gone.

    ``pages`` bounds how much of it is read; what that does not tell stays listed.
    """
    if not batch.listed or not _read_failed(run, ingestion, batch, pages):
        return
    if _is_any_gone(run, batch):
        keys = tuple(batch.listed)
        batch.pending.update(batch.listed)
        batch.listed.clear()
        _read_some(run, ingestion, batch, keys, is_settling=False)
    for key in tuple(batch.listed):
        batch.end(key, failed=False)


def _read_failed(run: Run, ingestion: Ingestion, batch: Batch, pages: int | None) -> bool:
    """Count the listed tiles that FAILED; return whether all of them would have been seen."""
    oldest_ms = _find_oldest(batch)
    failed = run.client.iter_tile_pages(batch.collection_id, status=Status.FAILED, sort=NEWEST_FIRST)
    for count, page in enumerate(failed, 1):
        for index, key in _own(page, batch.listed):
            ingestion.fail(batch, key, page.causes[index], page.paths[index])
        if _is_past(page, oldest_ms):
            return True
        if count == pages:
            return False
    return True


def _is_any_gone(run: Run, batch: Batch) -> bool:
    """Tell whether the first or the last of the tiles that left the lists, and did not fail, is there no more."""
    if not batch.listed:
        return False
    try:
        for key in {next(iter(batch.listed)), next(reversed(batch.listed))}:
            run.client.get_tile(batch.collection_id, decode_id(key))
    except NotFoundError:
        return True
    return False


def _find_oldest(batch: Batch) -> float:
    """Return when the oldest listed tile was created; minus infinity where that is not known of all."""
    return min(-math.inf if created_ms is None else created_ms for created_ms in batch.listed.values())


def _is_past(page: TilePage, oldest_ms: float) -> bool:
    """Tell whether all that comes after this page, newest first, was created before that moment."""
    last_ms = page.created_ms[-1] if len(page) else None
    return last_ms is not None and last_ms < oldest_ms


def _read_lists(run: Run, ingestion: Ingestion, batch: Batch, pages: int, *, is_settling: bool) -> Counter[str]:
    by_status: Counter[str] = Counter()
    seen = Seen()
    for status in LISTS:
        try:
            by_status[status] += _read_list(run, batch, status, pages, seen)
        except NotFoundError:
            if not is_settling:
                raise
            return Counter({Status.WAITING.value: len(batch.pending)})  # the collection itself does not show yet
    unseen = seen.find_unseen(batch)
    if not seen.keys and not unseen and batch.pending:
        # Others fill the lists: go on with the tiles that were handed over first.
        oldest = tuple(islice(batch.pending, FEW))
        return by_status + _read_singly(run, ingestion, batch, oldest, is_settling=is_settling)
    unsure = [key for key in unseen if key in batch.before] if is_settling else []
    if unsure:
        unseen = [key for key in unseen if key not in batch.before]
        by_status += _read_some(run, ingestion, batch, unsure, is_settling=True)
    _pass_unseen(batch, unseen, is_hidden=is_settling and _is_hidden(run, batch, unseen))
    return by_status


def _read_some(run: Run, ingestion: Ingestion, batch: Batch, keys: Sequence[Key], *, is_settling: bool) -> Counter[str]:
    """Read the first of the tiles one by one, a few at a time, as long as all of the few have ended."""
    by_status: Counter[str] = Counter()
    for start in range(0, min(len(keys), MOST), FEW):
        few = keys[start : start + FEW]
        by_status += _read_singly(run, ingestion, batch, few, is_settling=is_settling)
        run.check_budget()
        if run.stop.is_set or not batch.pending.keys().isdisjoint(few):
            break
    return by_status


def _read_list(run: Run, batch: Batch, status: Status, pages: int, seen: Seen) -> int:
    """Read the first pages of a list and return how many of our tiles are there."""
    found = count = 0
    last_ms: int | None = None
    for page in islice(run.client.iter_tile_pages(batch.collection_id, status=status, sort=OLDEST_FIRST), pages):
        own = [key for _, key in _own(page, batch.pending)]
        seen.keys.update(own)
        for key in own:
            batch.before.pop(key, None)
        found, count = found + len(own), count + 1
        last_ms = page.created_ms[-1] if len(page) else None
    if count == pages:
        seen.until_ms = min(seen.until_ms, -math.inf if last_ms is None else last_ms)
    return found


def _is_hidden(run: Run, batch: Batch, unseen: Sequence[Key]) -> bool:
    """Tell whether the tile made last of those in no list does not show at all yet, and so perhaps others neither.

    Not the one handed over last: what is ingested again has been there all along.
    """
    try:
        if unseen:
            newest = max(reversed(unseen), key=lambda key: batch.pending[key] or 0)
            run.client.get_tile(batch.collection_id, decode_id(newest))
    except NotFoundError:
        return True
    return False


def _pass_unseen(batch: Batch, unseen: Sequence[Key], *, is_hidden: bool) -> None:
    """Take the tiles that were in no list twice in a row as ended, unless they may be such as do not show yet."""
    if is_hidden:
        batch.doubtful.clear()
        return
    ended = batch.doubtful.intersection(unseen)
    for key in ended:
        batch.listed[key] = batch.pending.pop(key)
    batch.doubtful = {key for key in unseen if key not in ended}


def _read_singly(
    run: Run, ingestion: Ingestion, batch: Batch, keys: Sequence[Key], *, is_settling: bool
) -> Counter[str]:
    by_status: Counter[str] = Counter()
    for key in keys:
        try:
            tile = run.client.get_tile(batch.collection_id, decode_id(key))
        except NotFoundError:
            if is_settling and key not in batch.before:
                by_status[Status.WAITING] += 1
            else:
                ingestion.fail(batch, key, DELETED, "")
            continue
        before_ms = batch.before.get(key)
        is_old = is_settling and before_ms is not None and tile.ingestion_start_ms == before_ms
        if tile.status in PENDING or is_old:
            by_status[tile.status] += 1
        elif tile.status == Status.FAILED:
            ingestion.fail(batch, key, tile.cause, tile.path)
        else:
            batch.end(key, failed=False)
    return by_status


def _own(page: TilePage, tiles: Container[Key]) -> list[tuple[int, Key]]:
    keys = ((index, encode_id(tile_id)) for index, tile_id in enumerate(page.ids))
    return [(index, key) for index, key in keys if key in tiles]
