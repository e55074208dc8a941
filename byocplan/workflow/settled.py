"""The settled records of a project: what was live as desired when last seen or made so, kept with the state.

A look that may write keeps them up to date, and so does an apply. Reads and writes files of the state and of the run. A
record that cannot be read or written costs what it would tell, and a note.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.errors import ByocplanError
from byocplan.model.change import Action, TileAction
from byocplan.sets.engine import EngineError
from byocplan.sets.settled import Settled, SettledHeader, read_settled, write_applied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.sets import Comparison, TileSets
    from byocplan.state import Inventory

#: What moves tiles into the record or out of it, in the order in which it is read.
RECORDED = (TileAction.CREATE, TileAction.UPDATE, TileAction.DELETE)


@dataclass(frozen=True, slots=True)
class Records:
    """Where the records of a deployment are kept, and what holds them while they are looked at."""

    store: Inventory
    deployment: str
    sets: TileSets

    def find(self, collection_id: str) -> Settled | None:
        """Return the record of a collection, None where there is none that can be read."""
        path = self.sets.make_path(f"{self.sets.engine.make_name('settled')}.parquet")
        with suppress(ByocplanError, OSError):
            if self.store.fetch(collection_id, path):
                return read_settled(self.sets.engine, path, self._make_header(collection_id))
        return None

    def keep_seen(self, collection_id: str, comparison: Comparison, before: Settled | None) -> str:
        """Bring a record up to date with a whole look; return what went wrong, which is worth a note, no more."""
        path = self.sets.make_path("seen.parquet")
        try:
            if comparison.write_settled(before, self._make_header(collection_id), path):
                self.store.store(collection_id, path)
        except (ByocplanError, EngineError) as error:
            return f"what is live as desired is not kept on record: {error}"
        return ""

    def keep_applied(self, settled: Settled | None, header: SettledHeader, changes: Iterable[TileChange] = ()) -> None:
        """Keep a record with changes that were carried out. Raises ByocplanError and EngineError."""
        path = self.sets.make_path("applied.parquet")
        # It has the digest of no look, so that the next one writes it anew.
        write_applied(self.sets.engine, changes, settled, replace(header, digest=""), path)
        self.store.store(header.collection_id, path)

    def _make_header(self, collection_id: str) -> SettledHeader:
        return SettledHeader(collection_id, self.deployment)


@dataclass(frozen=True, slots=True)
class ApplyRecords:
    """The records before an apply, to be written again after it. ``live_ids`` are what addresses stood for."""

    records: Records
    live_ids: Mapping[Address, str]
    before: Mapping[Address, Settled]

    @classmethod
    def open(cls, records: Records, plan: Plan, live_ids: Mapping[Address, str]) -> ApplyRecords:
        """Return the records of what the plan changes, those of creates marked as not whole until all went well.

        Before the first write: what a run makes that then is killed is on no record, and is not taken for foreign.
        """
        before: dict[Address, Settled] = {}
        for part in plan.collections:
            if part.change.id is None or not _is_recorded(part):
                continue
            found = records.find(part.change.id)
            if found is not None:
                before[part.address] = found
            if found is not None and found.header.is_whole and part.count(TileAction.CREATE):
                with suppress(ByocplanError, EngineError):
                    records.keep_applied(found, replace(found.header, is_whole=False))
        return cls(records, live_ids, before)

    def keep(self, plan: Plan, outcome: Outcome) -> str:
        """Write the records of what went well and drop those of collections that are gone; return what went wrong."""
        try:
            for part in plan.collections:
                if part.address in outcome.settled:
                    self._keep_part(part, outcome.outputs[part.address])
            for collection_id in set(self.live_ids.values()) - set(outcome.outputs.values()):
                self.records.store.remove(collection_id)
        except (ByocplanError, EngineError) as error:
            return f"what is live as desired is not kept on record: {error}"
        return ""

    def _keep_part(self, part: CollectionPlan, collection_id: str) -> None:
        is_new = part.change.action in {Action.CREATE, Action.REPLACE}
        if not is_new and not _is_recorded(part):
            return
        before = None if is_new else self.before.get(part.address)
        header = before.header if before else SettledHeader(collection_id, self.records.deployment, is_whole=is_new)
        self.records.keep_applied(before, header, _iter_recorded(part))


def _is_recorded(part: CollectionPlan) -> bool:
    return any(part.count(action) for action in RECORDED)


def _iter_recorded(part: CollectionPlan) -> Iterator[TileChange]:
    for action in RECORDED:
        if part.tiles is not None and part.count(action):
            yield from part.tiles.iter_changes(action)
