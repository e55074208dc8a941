"""Budgets and the canary, at their edges: what has nothing left to do is done, and a canary answers for itself alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from byocplan.applier import apply_plan
from byocplan.applier.options import Budget
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from byocplan.state import LocalState
from tests.support.faulty import Arena, ignore, open_arena
from tests.support.memory_tiles import BUCKET, make_create, make_part, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import CollectionPlan

GONE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def arena() -> Iterator[Arena]:
    with open_arena() as opened:
        yield opened


def make_live_part(arena: Arena, name: str, creates: int) -> CollectionPlan:
    """Return the plan of a live collection that gets so many tiles."""
    with arena.open_client() as client:
        live = client.create_collection(CollectionPayload(name, BUCKET))
    return make_part(Action.KEEP, [make_create(number) for number in range(creates)], name=name, live_id=live.id)


def apply_parts(arena: Arena, folder: Path, *parts: CollectionPlan, **options: object) -> Outcome:
    with arena.open_client() as client:
        state = LocalState(folder, "mosaics", arena.emulator.base_url)
        return apply_plan(make_plan(*parts), client, state, arena.make_apply_options(**options), ignore)


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_a_run_whose_budget_is_just_enough_is_done(arena: Arena, tmp_path: Path, spare: int) -> None:
    folders = [tmp_path / name for name in ("measured", "bounded")]
    for folder in folders:
        folder.mkdir()
    first, second = ([make_live_part(arena, f"{name}-{turn}", 10 * (name == "b")) for name in "abc"] for turn in "12")
    needed = apply_parts(arena, folders[0], *first, wait=False).requests

    budget = Budget(requests=needed + spare)
    outcome = apply_parts(arena, folders[1], *second, wait=False, parallelism=1, budget=budget)

    assert (outcome.exit_code, outcome.skipped) == ((0, 0) if spare >= 0 else (7, 1))


def test_a_run_without_changes_is_done_however_late_it_is(arena: Arena, tmp_path: Path) -> None:
    outcome = apply_parts(arena, tmp_path, make_live_part(arena, "a", 0), budget=Budget(end_s=0.0))

    assert (outcome.exit_code, outcome.is_stopped) == (0, False)


def test_a_conflict_elsewhere_does_not_stop_a_canary(arena: Arena, tmp_path: Path) -> None:
    gone = make_part(Action.UPDATE, [], name="a", live_id=GONE)

    outcome = apply_parts(arena, tmp_path, gone, make_live_part(arena, "b", 20), canary=3)

    assert (outcome.applied, outcome.conflict, outcome.ingested) == ({"tile.create": 20}, 1, 20)
