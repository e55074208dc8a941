"""Builders of plan files for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Precondition, TileAction
from byocplan.model.deployment import Deployment
from byocplan.model.plan import BindingMark, Plan, Provenance
from byocplan.planfile import open_plan_file, write_plan_file
from tests.support.memory_tiles import DAY_MS, make_change, make_create, make_part, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.model.plan import CollectionPlan

NOW_MS = 1_700_000_000_000
ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"
URL = "https://services.sentinel-hub.com"
BEFORE = Precondition(DAY_MS, "c" * 16, "f" * 16, NOW_MS - 5000)


def make_file_part(action: Action = Action.KEEP) -> CollectionPlan:
    """Return a collection with a create and a delete."""
    changes = [make_create(1), make_change(TileAction.DELETE, "id-2", 2, before=BEFORE)]
    return make_part(action, changes, live_id=None if action is Action.CREATE else ID)


def make_file_plan(*parts: CollectionPlan, **changes: object) -> Plan:
    """Return a plan with a provenance; ``changes`` are fields of it."""
    made = Provenance(
        made_ms=NOW_MS,
        deployment=Deployment("aws", URL, f"{URL}/token"),
        account_id="account",
        lineage="lineage",
        bindings={part.address: BindingMark(part.change.id, 1 if part.change.id else 0) for part in parts},
        manifests_digest="d" * 64,
        tool_version="0",
    )
    provenance = replace(made, **changes)  # type: ignore[arg-type] # names and types are those of Provenance
    return replace(make_plan(*parts), plan_hash="a" * 64, guard_hash="b" * 64, provenance=provenance)


def read_members(path: Path) -> dict[TileAction, int]:
    """Return how many tile changes a plan file holds; every one is read."""
    with open_plan_file(path) as file:
        counts = {
            action: sum(1 for part in file.plan.collections if part.tiles for _ in part.tiles.iter_changes(action))
            for action in TileAction
        }
    return {action: count for action, count in counts.items() if count}


def write_small_file(path: Path) -> bytes:
    """Write a small plan file and return its bytes."""
    write_plan_file(path, make_file_plan(make_file_part()))
    return path.read_bytes()
