"""The inventory cache before an apply: what a plan is to change is marked in it, to be read again by the next look.

Before the first write, so that no crash leaves a cache that holds what the run has changed. Touches the cache and files
of the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.errors import ByocplanError
from byocplan.model.change import Action, TileAction
from byocplan.sets.inventory import Header, UnusableError, mark_inventory, read_header, write_dropped
from byocplan.workflow.live import choose_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.sets import TileSets
    from byocplan.state import Inventory

#: What changes tiles that a later incremental listing would not look at again; those that are made are its newest.
OUTDATING = (TileAction.UPDATE, TileAction.REINGEST, TileAction.DELETE)


def mark_outdated(inventory: Inventory, plan: Plan, deployment: str, sets: TileSets) -> None:
    """Mark what the plan changes; what cannot be marked is removed. Raises StateError where that fails too."""
    for part in plan.collections:
        change = part.change
        if change.id is None:
            continue
        if change.action in {Action.REPLACE, Action.DELETE}:
            inventory.remove(change.id)
        elif change.payload is not None or _count_outdated(part):
            wanted = Header(change.id, deployment, 0, 0, 0)
            if not _mark(inventory, part, wanted, sets):
                inventory.remove(change.id)


def _mark(inventory: Inventory, part: CollectionPlan, wanted: Header, sets: TileSets) -> bool:
    """Mark the tiles of one collection, or drop them where they are many; False where the file is of no use."""
    engine, collection_id = sets.engine, wanted.collection_id
    source, marked = (sets.make_path(f"{engine.make_name(stem)}.parquet") for stem in ("kept", "marked"))
    try:
        if not inventory.fetch(collection_id, source):
            return False
        header = read_header(engine, source, wanted)
        touched = header.touched + _count_outdated(part)
        # The collection itself may be another one then.
        header = replace(header, touched=touched, collection=None)
        if header.is_dropped or touched > choose_few(header.tiles):
            write_dropped(engine, replace(header, tiles=0, is_dropped=True), marked)
        else:
            mark_inventory(engine, source, header, _iter_outdated(part), marked)
        inventory.store(collection_id, marked)
    except (ByocplanError, UnusableError):
        return False
    finally:
        source.unlink(missing_ok=True)
        marked.unlink(missing_ok=True)
    return True


def _count_outdated(part: CollectionPlan) -> int:
    return sum(part.count(action) for action in OUTDATING)


def _iter_outdated(part: CollectionPlan) -> Iterator[str]:
    """Yield the ids of what the plan changes, read from it as they are asked for."""
    for action in OUTDATING:
        if part.tiles is not None and part.count(action):
            yield from (change.id for change in part.tiles.iter_changes(action) if change.id is not None)
