"""Waiting until the service has ingested what this run handed to it. Touches the API, reading alone.

A poll reads the first pages of the lists of pending tiles, or the tiles themselves when few are left; never the whole
listing. Tiles of other writers are passed over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from byocplan.applier.result import Handed
from byocplan.errors import NotFoundError
from byocplan.model.cause import CauseTally
from byocplan.model.event import Ingesting
from byocplan.model.tile import PENDING, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.applier.run import Run
    from byocplan.model.scope import Scope
    from byocplan.model.tile import TilePage

#: So many tiles are read one by one rather than looked for in lists.
FEW = 20
#: Pages of a hundred read of each list in a poll.
PAGES = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S, PAUSE_GROWTH = 0.2, 5.0, 1.5
#: In the order in which a tile passes through them, so that one that moves on meanwhile is seen twice, not never.
LISTS = (Status.WAITING, Status.QUEUED, Status.INGESTING)
#: A tile may show its old status for a while after a reingest was accepted, and a new one may not show at all.
SETTLE_S = 90.0
NO_CAUSE = "the service gives no cause"
DELETED = "deleted by somebody else while it was ingested"

Key = bytes | str


@dataclass(slots=True)
class Batch:
    """The tiles of one collection that this run waits for: those it handed to ingestion, and those of earlier runs.

    ``pending`` maps each tile to when its ingestion before this one began; ``listed`` are those that left the lists and
    whose end is not known yet; ``doubtful`` were in no list once, which a page that shifted explains as well.
    """

    collection_id: str
    ingested: int = 0
    failed: int = 0
    pending: dict[Key, int | None] = field(default_factory=dict)
    listed: dict[Key, int | None] = field(default_factory=dict)
    doubtful: set[Key] = field(default_factory=set)

    def add(self, handed: Handed) -> None:
        """Add a tile; safe from many threads."""
        self.pending[encode_id(handed.id)] = handed.started_ms

    @property
    def unfinished(self) -> int:
        """How many are not known to have ended."""
        return len(self.pending) + len(self.listed)

    @property
    def failure_rate(self) -> float:
        """The part of the tiles that have ended which FAILED."""
        return make_rate(self.failed, self.ingested)


@dataclass(slots=True)
class Ingestion:
    """The batches of a run by collection id, and why tiles of them FAILED."""

    batches: dict[str, Batch] = field(default_factory=dict)
    causes: CauseTally = field(default_factory=CauseTally)

    def get_batch(self, collection_id: str) -> Batch:
        """Return the batch of a collection."""
        return self.batches.setdefault(collection_id, Batch(collection_id))

    @property
    def waiting(self) -> int:
        """How many tiles have to be looked for again."""
        return sum(len(batch.pending) for batch in self.batches.values())

    @property
    def unfinished(self) -> int:
        """How many tiles are not known to have ended."""
        return sum(batch.unfinished for batch in self.batches.values())

    @property
    def ingested(self) -> int:
        """How many tiles are INGESTED."""
        return sum(batch.ingested for batch in self.batches.values())

    @property
    def failed(self) -> int:
        """How many tiles FAILED."""
        return sum(batch.failed for batch in self.batches.values())

    @property
    def failure_rate(self) -> float:
        """The part of the tiles that have ended which FAILED."""
        return make_rate(self.failed, self.ingested)


def make_rate(failed: int, ingested: int) -> float:
    """Return the part that failed; 0 where nothing has ended."""
    return failed / (failed + ingested) if failed else 0.0


def adopt_pending(run: Run, batch: Batch, scopes: Sequence[Scope]) -> None:
    """Wait for the tiles of these scopes, too, that an earlier run handed over and did not see end.

    To be called before this run hands any over: all pending tiles of the collection are listed.
    """
    for status in LISTS:
        for page in run.client.iter_tile_pages(batch.collection_id, status=status):
            for tile_id, path in zip(page.ids, page.paths, strict=True):
                if any(scope.owns(path) for scope in scopes):
                    batch.add(Handed(tile_id))


def wait_ingestion(run: Run, ingestion: Ingestion) -> None:
    """Poll until every tile has ended, the time is over or the run is stopped. Raises what the client raises."""
    start_s = run.options.clock()
    timeout_s = run.options.timeout_s
    end_s = None if timeout_s is None else start_s + timeout_s
    pause_s = FIRST_PAUSE_S
    while ingestion.waiting and not run.stop.is_set:
        run.check_budget()
        by_status: Counter[str] = Counter()
        for batch in ingestion.batches.values():
            by_status += poll_batch(run, ingestion, batch, is_settling=run.options.clock() < start_s + SETTLE_S)
        run.report(_make_event(run, ingestion, by_status))
        left_s = None if end_s is None else end_s - run.options.clock()
        if not ingestion.waiting or (left_s is not None and left_s <= 0):
            break
        if all(len(batch.doubtful) == len(batch.pending) for batch in ingestion.batches.values()):
            pause_s = FIRST_PAUSE_S  # nothing is left in the lists: only a second look is wanting
        run.sleep(pause_s if left_s is None else min(pause_s, left_s))
        pause_s = min(pause_s * PAUSE_GROWTH, LONGEST_PAUSE_S)
    for batch in ingestion.batches.values():
        judge_listed(run, ingestion, batch, is_settling=False)


def poll_batch(run: Run, ingestion: Ingestion, batch: Batch, *, is_settling: bool) -> Counter[str]:
    """Find out which tiles have ended; return how many were seen in each status."""
    if not batch.pending:
        return Counter()
    if len(batch.pending) <= FEW:
        by_status = _read_singly(run, ingestion, batch, tuple(batch.pending), is_settling=is_settling)
    else:
        by_status = _read_lists(run, ingestion, batch, is_settling=is_settling)
    if not batch.pending:
        judge_listed(run, ingestion, batch, is_settling=is_settling)
    return by_status


def judge_listed(run: Run, ingestion: Ingestion, batch: Batch, *, is_settling: bool) -> None:
    """Read the FAILED list to tell the end of tiles that left the lists; those not in it are ingested.

    While settling, a tile that FAILED before its reingest and shows nothing newer goes back to the pending ones.
    """
    if not batch.listed:
        return
    for page in run.client.iter_tile_pages(batch.collection_id, status=Status.FAILED):
        for index, key in _own(page, batch.listed):
            before_ms = batch.listed.pop(key)
            if is_settling and before_ms is not None and page.ingestion_starts_ms[index] == before_ms:
                batch.pending[key] = before_ms
            else:
                _fail(ingestion, batch, page.causes[index], page.paths[index])
    batch.ingested += len(batch.listed)
    batch.listed.clear()


def encode_id(text: str) -> Key:
    """Return an id in few bytes; one that is no UUID stays as it is."""
    try:
        number = UUID(text)
    except ValueError:
        return text
    return number.bytes if str(number) == text else text


def decode_id(key: Key) -> str:
    """Return the id behind ``encode_id``."""
    return str(UUID(bytes=key)) if isinstance(key, bytes) else key


def _read_lists(run: Run, ingestion: Ingestion, batch: Batch, *, is_settling: bool) -> Counter[str]:
    by_status: Counter[str] = Counter()
    seen: set[Key] = set()
    is_whole = True
    for status in LISTS:
        pages = run.client.iter_tile_pages(batch.collection_id, status=status)
        count = 0
        try:
            for page in islice(pages, PAGES):
                own = [key for _, key in _own(page, batch.pending)]
                seen.update(own)
                by_status[status] += len(own)
                count += 1
        except NotFoundError:
            if not is_settling:
                raise
            return Counter({Status.WAITING.value: len(batch.pending)})  # the collection itself does not show yet
        is_whole = is_whole and count < PAGES
    if is_whole:
        _pass_unseen(batch, seen, is_hidden=is_settling and _is_hidden(run, batch, seen))
    elif not seen:
        # Others fill the lists: go on with the tiles that were handed over first.
        oldest = tuple(islice(batch.pending, FEW))
        by_status += _read_singly(run, ingestion, batch, oldest, is_settling=is_settling)
    return by_status


def _is_hidden(run: Run, batch: Batch, seen: set[Key]) -> bool:
    """Tell whether the newest tile that is in no list does not show at all yet, and so perhaps others neither."""
    newest = next((key for key in reversed(batch.pending) if key not in seen), None)
    try:
        if newest is not None:
            run.client.get_tile(batch.collection_id, decode_id(newest))
    except NotFoundError:
        return True
    return False


def _pass_unseen(batch: Batch, seen: set[Key], *, is_hidden: bool) -> None:
    """Take the tiles that were in no list twice in a row as ended, unless they may be such as do not show yet."""
    unseen = batch.pending.keys() - seen
    ended = set() if is_hidden else unseen & batch.doubtful
    for key in ended:
        batch.listed[key] = batch.pending.pop(key)
    batch.doubtful = unseen - ended


def _read_singly(
    run: Run, ingestion: Ingestion, batch: Batch, keys: Sequence[Key], *, is_settling: bool
) -> Counter[str]:
    by_status: Counter[str] = Counter()
    for key in keys:
        before_ms = batch.pending[key]
        try:
            tile = run.client.get_tile(batch.collection_id, decode_id(key))
        except NotFoundError:
            if is_settling:
                by_status[Status.WAITING] += 1
                continue
            del batch.pending[key]
            _fail(ingestion, batch, DELETED, "")
            continue
        is_old = is_settling and before_ms is not None and tile.ingestion_start_ms == before_ms
        if tile.status in PENDING or is_old:
            by_status[tile.status] += 1
            continue
        del batch.pending[key]
        if tile.status == Status.FAILED:
            _fail(ingestion, batch, tile.cause, tile.path)
        else:
            batch.ingested += 1
    return by_status


def _own(page: TilePage, tiles: dict[Key, int | None]) -> list[tuple[int, Key]]:
    keys = ((index, encode_id(tile_id)) for index, tile_id in enumerate(page.ids))
    return [(index, key) for index, key in keys if key in tiles]


def _fail(ingestion: Ingestion, batch: Batch, cause: str | None, path: str) -> None:
    batch.failed += 1
    ingestion.causes.add(cause or NO_CAUSE, path)


def _make_event(run: Run, ingestion: Ingestion, by_status: Mapping[str, int]) -> Ingesting:
    total = ingestion.unfinished + ingestion.ingested + ingestion.failed
    return Ingesting(total, ingestion.waiting, ingestion.failed, by_status, run.elapsed_s)
