"""Carrying out the tile sets of one collection, the canary before all. Touches the API through single writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from byocplan.applier.batch import Ingestion
from byocplan.applier.canary import pick_canary, share_out
from byocplan.applier.ingestion import RELEASE_EVERY, release_ended, wait_ingestion
from byocplan.applier.stream import run_bounded
from byocplan.applier.tally import name_tile_action
from byocplan.applier.tile_writes import write_tile
from byocplan.model.change import TileAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.applier.book import BindingBook
    from byocplan.applier.run import Run
    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.plan import CollectionPlan

#: What a canary is chosen from, in order.
INGESTS = (TileAction.CREATE, TileAction.REINGEST)


@dataclass(frozen=True, slots=True)
class TileWork:
    """What the writes of tiles share. ``early`` are the tiles that the canary has done, by address and path.

    ``settled`` are the addresses of which every change went well.
    """

    run: Run
    book: BindingBook
    ingestion: Ingestion = field(default_factory=Ingestion)
    early: set[tuple[Address, str]] = field(default_factory=set)
    settled: set[Address] = field(default_factory=set)

    def write_set(self, part: CollectionPlan, action: TileAction) -> None:
        """Carry out all changes of one action but those of the canary; let go of what has ended, now and then."""
        binding = self.book.find(part.address)
        if part.tiles is None or binding is None or not part.count(action):
            return
        batch = self.ingestion.get_batch(binding.id)
        rest = (each for each in part.tiles.iter_changes(action) if (part.address, each.path) not in self.early)
        for change in rest:
            self.write(part, action, chain((change,), islice(rest, RELEASE_EVERY - 1)))
            if self.run.stop.is_set:
                return
            release_ended(self.run, self.ingestion, batch)

    def write(self, part: CollectionPlan, action: TileAction, changes: Iterable[TileChange]) -> None:
        """Carry out changes of one action, until the run is stopped."""
        binding, run = self.book.find(part.address), self.run
        if binding is None or run.stop.is_set:
            return
        batch, key = self.ingestion.get_batch(binding.id), name_tile_action(action)

        def work(change: TileChange) -> None:
            result = run.attempt(partial(write_tile, run, binding.id, change))
            run.record(key, part.address, change.path, result)
            if result.handed is not None:
                batch.add(result.handed)

        run_bounded(run, changes, work)


def try_canary(work: TileWork, parts: Sequence[CollectionPlan], count: int) -> None:
    """Have ``count`` tiles ingested, spread over collections and groups; stop the run unless all of them are."""
    before = sum(work.run.tally.unwell.values())
    for action in INGESTS:
        shares = share_out(count - len(work.early), [part.count(action) for part in parts])
        for part, share in zip(parts, shares, strict=True):
            if part.tiles is not None and share:
                picked = pick_canary(part.tiles.iter_changes(action), share)
                work.early.update((part.address, change.path) for change in picked)
                work.write(part, action, picked)
    if not work.run.stop.is_set:
        wait_ingestion(work.run, work.ingestion)
    _judge_canary(work, refused=sum(work.run.tally.unwell.values()) - before)


def _judge_canary(work: TileWork, refused: int) -> None:
    ingestion = work.ingestion
    if work.early and (ingestion.failed or ingestion.unfinished or refused):
        what = f"{ingestion.failed} FAILED, {ingestion.unfinished} pending, {refused} refused"
        work.run.stop.stop(f"of the canary's {len(work.early)} tiles not all were ingested: {what}; mend that first")
