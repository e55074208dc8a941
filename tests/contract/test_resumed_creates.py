"""A plan file applied in bounded runs: each run goes on where the last one ended, and the chain comes to its end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from byocplan.applier import apply_plan
from byocplan.applier.options import Budget
from byocplan.model.address import make_address
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from byocplan.model.tile import TilePayload
from byocplan.sets import TileSets
from byocplan.state import LocalState
from byocplan.workflow.live import LONG_COVER, list_tiles
from tests.support.faulty import Arena, count_repeats, ignore, open_arena
from tests.support.memory_tiles import BUCKET, DAY_MS, make_create, make_part, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan

TILES = 1500


@pytest.fixture(params=[False, True], ids=["409", "duplicates"])
def arena(request: pytest.FixtureRequest) -> Iterator[Arena]:
    with open_arena(accept_duplicates=request.param) as opened:
        yield opened


def make_creates(arena: Arena) -> Plan:
    with arena.open_client() as client:
        live = client.create_collection(CollectionPayload("s2", BUCKET))
    changes = [make_create(number) for number in range(TILES)]
    return make_plan(make_part(Action.KEEP, changes, live_id=live.id))


def go_on(arena: Arena, plan: Plan, folder: Path, **options: object) -> Outcome:
    """Resume the plan as ``apply --plan`` does."""
    with arena.open_client() as client, TileSets() as sets:
        list_live = partial(list_tiles, client=client.make_reader(), sets=sets, cover_length=LONG_COVER)
        told = replace(arena.make_apply_options(**options), is_resume=True, list_live=list_live)
        return apply_plan(plan, client, LocalState(folder, "mosaics", arena.emulator.base_url), told, ignore)


def test_bounded_runs_come_to_an_end(arena: Arena, tmp_path: Path) -> None:
    plan = make_creates(arena)
    budget = Budget(requests=600)

    codes = [7]
    while codes[-1] == 7 and len(codes) < 9:
        codes.append(go_on(arena, plan, tmp_path, budget=budget, wait=False).exit_code)

    # Up to 500 creates of each run look first: of 600 requests that leaves 300 creates.
    assert codes[-1] == 0
    assert count_repeats(arena.list_paths()) == (TILES, 0)


def test_what_is_there_costs_pages_and_no_look_each(arena: Arena, tmp_path: Path) -> None:
    plan = make_creates(arena)
    go_on(arena, plan, tmp_path, budget=Budget(requests=1600), wait=False)
    made = len(arena.list_paths())

    outcome = go_on(arena, plan, tmp_path)

    assert 1000 < made < TILES
    assert (outcome.exit_code, outcome.satisfied, outcome.ingested) == (0, made, TILES - made)
    assert outcome.requests < 2 * (TILES - made) + TILES / 100 + 20


def test_creates_of_a_smaller_collection_behind_a_large_one_look_for_their_tile(arena: Arena, tmp_path: Path) -> None:
    large = make_creates(arena).collections[0]
    with arena.open_client() as client:
        live = client.create_collection(CollectionPayload("small", BUCKET))
        client.create_tile(live.id, TilePayload("tile-0/(BAND).tif", DAY_MS))
    small = make_part(Action.KEEP, [make_create(number) for number in range(10)], name="small", live_id=live.id)

    outcome = go_on(arena, make_plan(large, small), tmp_path)

    assert (outcome.exit_code, outcome.satisfied) == (0, 1)
    assert count_repeats(arena.list_paths("small")) == (10, 0)


def test_a_stopped_run_lists_nothing_more(arena: Arena, tmp_path: Path) -> None:
    plan = make_creates(arena)
    other = replace(plan.collections[0], change=replace(plan.collections[0].change, address=make_address("other")))

    outcome = go_on(arena, make_plan(plan.collections[0], other), tmp_path, budget=Budget(requests=50), wait=False)

    lists = [
        each
        for each in arena.log()
        if each["method"] == "GET" and "viewtoken" not in str(each) and "count=" in str(each)
    ]
    assert outcome.exit_code == 7
    assert len(lists) <= 4


def test_a_tile_with_another_time_is_a_conflict_and_the_rest_goes_on(arena: Arena, tmp_path: Path) -> None:
    plan = make_creates(arena)
    with arena.open_client() as client:
        client.create_tile(plan.collections[0].change.id or "", TilePayload("tile-3/(BAND).tif", 5))

    outcome = go_on(arena, plan, tmp_path)

    assert (outcome.exit_code, outcome.conflict, outcome.applied) == (7, 1, {"tile.create": TILES - 1})
