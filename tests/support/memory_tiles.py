"""Plans with tiles held in memory: a few words in, model values out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.address import make_address
from byocplan.model.change import WRITES, Action, CollectionChange, Reason, SetChange, TileAction, TileChange
from byocplan.model.collection import CollectionPayload
from byocplan.model.plan import CollectionPlan, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.scope import Scope

DAY_MS = 1_574_812_800_000
BUCKET = "mosaics"


@dataclass(frozen=True, slots=True)
class MemoryTiles:
    """Tile changes from a list."""

    changes: tuple[TileChange, ...]

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        """Yield the changes with the action."""
        return (change for change in self.changes if change.action is action)


def make_create(number: int = 1, sensing_time_ms: int | None = DAY_MS) -> TileChange:
    """Return the create of ``tile-NUMBER/(BAND).tif``."""
    path = f"tile-{number}/(BAND).tif"
    return TileChange(TileAction.CREATE, path, Reason.NOT_LIVE, None, sensing_time_ms, sensing_managed=True)


def make_change(action: TileAction, tile_id: str, number: int = 1, **more: object) -> TileChange:
    """Return a change of a live tile."""
    change = TileChange(action, f"tile-{number}/(BAND).tif", Reason.FIELD_CHANGED, tile_id)
    return replace(change, **more)  # type: ignore[arg-type] # names and types are those of TileChange


def make_part(
    action: Action = Action.CREATE,
    changes: Sequence[TileChange] = (),
    *,
    name: str = "s2",
    live_id: str | None = None,
    scopes: tuple[Scope, ...] = (),
) -> CollectionPlan:
    """Return one collection with its tiles."""
    payload = None if action in {Action.KEEP, Action.DELETE, Action.FORGET} else CollectionPayload(name, BUCKET)
    change = CollectionChange(make_address(name), action, Reason.AS_DESIRED, name, BUCKET, id=live_id, payload=payload)
    counts = Counter(each.action for each in changes)
    sets = tuple(SetChange(each, counts[each]) for each in WRITES if counts[each])
    return CollectionPlan(change, sets, scopes=scopes, tiles=MemoryTiles(tuple(changes)))


def make_plan(*parts: CollectionPlan) -> Plan:
    """Return a plan that nothing blocks."""
    return Plan("mosaics", "emulator", parts)
