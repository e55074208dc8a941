"""Carrying out the tile sets of one collection, the canary before all. Touches the API through single writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from byocplan.applier.batch import Ingestion
from byocplan.applier.canary import pick_canary, share_out
from byocplan.applier.ingestion import release_ended, wait_ingestion
from byocplan.applier.judge import judge_found
from byocplan.applier.made import list_made
from byocplan.applier.result import Verdict
from byocplan.applier.stream import run_bounded
from byocplan.applier.tally import name_tile_action
from byocplan.applier.tile_writes import write_tile
from byocplan.model.change import TileAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.applier.batch import Batch
    from byocplan.applier.book import BindingBook
    from byocplan.applier.result import Result
    from byocplan.applier.run import Run
    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.plan import CollectionPlan
    from byocplan.sets import LiveTiles

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
        """Carry out all changes of one action but those of the canary; let go of what has ended, now and then.

        Raises what listing the tiles that an earlier run made raises.
        """
        binding = self.book.find(part.address)
        if part.tiles is None or binding is None or not part.count(action):
            return
        batch = self.ingestion.get_batch(binding.id)
        made = list_made(self.run, binding.id, part) if action is TileAction.CREATE else None
        rest = (each for each in part.tiles.iter_changes(action) if (part.address, each.path) not in self.early)
        for change in rest:
            chunk: Iterable[TileChange] = chain((change,), islice(rest, self.run.options.release_every - 1))
            self.write(part, chunk if made is None else self._pass_made(part, batch, made, chunk))
            if self.run.stop.is_set:
                return
            release_ended(self.run, self.ingestion, batch)

    def _pass_made(
        self, part: CollectionPlan, batch: Batch, made: LiveTiles, changes: Iterable[TileChange]
    ) -> list[TileChange]:
        """Judge the creates whose tile is live already, without a request; return the others."""
        held = list(changes)
        found = made.find([change.path for change in held])
        for change in held:
            if change.path in found:
                self._record(part, batch, change, judge_found(change, found[change.path], is_ours=False))
        return [change for change in held if change.path not in found]

    def _record(self, part: CollectionPlan, batch: Batch, change: TileChange, result: Result) -> None:
        self.run.record(name_tile_action(change.action), part.address, change.path, result)
        if result.handed is not None and not (result.verdict is Verdict.SATISFIED and batch.has_adopted(result.handed)):
            batch.add(result.handed)

    def write(self, part: CollectionPlan, changes: Iterable[TileChange]) -> None:
        """Carry out changes, until the run is stopped."""
        binding, run = self.book.find(part.address), self.run
        if binding is None or run.stop.is_set:
            return
        batch = self.ingestion.get_batch(binding.id)

        def work(change: TileChange) -> None:
            self._record(part, batch, change, run.attempt(partial(write_tile, run, binding.id, change)))

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
                work.write(part, picked)
    if not work.run.stop.is_set:
        wait_ingestion(work.run, work.ingestion)
    _judge_canary(work, refused=sum(work.run.tally.unwell.values()) - before)


def _judge_canary(work: TileWork, refused: int) -> None:
    ingestion = work.ingestion
    if work.early and (ingestion.failed or ingestion.unfinished or refused):
        what = f"{ingestion.failed} FAILED, {ingestion.unfinished} pending, {refused} refused"
        work.run.stop.stop(f"of the canary's {len(work.early)} tiles not all were ingested: {what}; mend that first")
