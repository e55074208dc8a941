"""The tiles of a run whose ingestion is waited for; of those that have ended only the numbers are kept. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from byocplan.model.cause import CauseTally

if TYPE_CHECKING:
    from byocplan.applier.result import Handed

NO_CAUSE = "the service gives no cause"

Key = bytes | str


@dataclass(slots=True)
class Batch:
    """The tiles of one collection that this run waits for: those it handed to ingestion, and those of earlier runs.

    ``fresh`` are those handed over since ``aged_s`` on the run's clock; ``pending`` are looked for; ``listed`` are
    those that left the lists and whose end is not known yet. All three map a tile to when it was created, None where
    that is not known. ``doubtful`` were in no list once, which a page that shifted explains as well. ``before`` is when
    the ingestion before this one began, for tiles that had one and were in no list since. ``unwatched`` counts those
    that nobody waits for.
    """

    collection_id: str
    ingested: int = 0
    failed: int = 0
    unwatched: int = 0
    aged_s: float = -math.inf
    fresh: dict[Key, int | None] = field(default_factory=dict)
    pending: dict[Key, int | None] = field(default_factory=dict)
    listed: dict[Key, int | None] = field(default_factory=dict)
    doubtful: set[Key] = field(default_factory=set)
    before: dict[Key, int] = field(default_factory=dict)
    adopted: set[Key] = field(default_factory=set)

    def add(self, handed: Handed) -> None:
        """Add a tile; safe from many threads."""
        key = encode_id(handed.id)
        self.fresh[key] = handed.created_ms
        if handed.started_ms is not None:
            self.before[key] = handed.started_ms

    def adopt(self, handed: Handed) -> None:
        """Add a tile that an earlier run handed over; a change that finds it satisfied does not add it again."""
        self.add(handed)
        self.adopted.add(encode_id(handed.id))

    def has_adopted(self, handed: Handed) -> bool:
        """Tell whether the tile was handed over by an earlier run and is, or was, waited for as such."""
        return encode_id(handed.id) in self.adopted

    def age(self, now_s: float) -> None:
        """Have what is fresh looked for from now on. No thread may add tiles meanwhile."""
        self.pending.update(self.fresh)
        self.fresh.clear()
        self.aged_s = now_s

    def stop_watching(self) -> None:
        """Count what is fresh, and wait for it no more. No thread may add tiles meanwhile."""
        self.unwatched += len(self.fresh)
        self.fresh.clear()
        self.before.clear()

    def end(self, key: Key, *, failed: bool) -> None:
        """Count a tile whose end is known, and forget it."""
        for tiles in (self.pending, self.listed, self.before):
            tiles.pop(key, None)
        self.doubtful.discard(key)
        self.failed += failed
        self.ingested += not failed

    @property
    def waiting(self) -> int:
        """How many have to be looked for again."""
        return len(self.fresh) + len(self.pending)

    @property
    def unfinished(self) -> int:
        """How many are not known to have ended."""
        return self.unwatched + self.waiting + len(self.listed)

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

    def fail(self, batch: Batch, key: Key, cause: str | None, path: str) -> None:
        """Count a tile that FAILED, and why."""
        batch.end(key, failed=True)
        self.causes.add(cause or NO_CAUSE, path)

    @property
    def waiting(self) -> int:
        """How many tiles have to be looked for again."""
        return sum(batch.waiting for batch in self.batches.values())

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
