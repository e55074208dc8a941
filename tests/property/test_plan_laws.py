"""Laws of planning, on small worlds with every kind of tile in them."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byocplan.model.change import WRITES, TileAction
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.scope import PathScope, PatternScope, Scope
from byocplan.model.source import TileOptions
from byocplan.model.tile import LiveTile
from byocplan.model.tile_paths import TilePaths
from byocplan.sets import TileSets
from tests.support.planning import PATTERN, World, make_collection, make_source, make_world_plan
from tests.support.tile_sets import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.plan import Plan

#: Wildcards that take every path once.
SLICES = ("2019/1/*", "2019/2/33U/(BAND).tif", "2019/2/*V/*", "2019/2/?X/*", "else*", "y")
PATHS = [f"2019/{month}/{grid}/(BAND).tif" for month in (1, 2) for grid in ("28V", "33U", "5X")] + ["else/x.tif", "y"]
ETAGS = st.sampled_from(["e1", "e2"])
TIMES = st.sampled_from([None, 0, 1_574_812_800_000])
INGESTED_MS = 10_000
COVER = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'


@st.composite
def wanted_tiles(draw: st.DrawFn) -> list[Wanted]:
    paths = draw(st.lists(st.sampled_from(PATHS[:6]), unique=True))
    return [
        Wanted(
            path,
            draw(st.one_of(st.just({}), st.builds(lambda etag: {"B1": etag}, ETAGS))),
            draw(TIMES),
            group=path[:4],
            modified_ms=draw(st.sampled_from([1, 2 * INGESTED_MS])),
        )
        for path in paths
    ]


@st.composite
def live_tiles(draw: st.DrawFn) -> list[LiveTile]:
    paths = draw(st.lists(st.sampled_from(PATHS), unique=True))
    return [
        LiveTile(
            f"id-{path}",
            path,
            draw(st.sampled_from(["INGESTED", "INGESTED", "FAILED", "WAITING"])),
            draw(TIMES),
            draw(st.sampled_from([None, COVER])),
            INGESTED_MS,
            INGESTED_MS,
            draw(st.one_of(st.just({}), st.builds(lambda etag: {"B1": etag}, ETAGS))),
        )
        for path in paths
    ]


ANYTHING = PatternScope(compile_pattern("{**}/{x}.tif"), Where())
LISTED = PathScope(frozenset({"y"}))
SCOPES: st.SearchStrategy[list[Scope]] = st.sampled_from([[], [ANYTHING], [LISTED], [ANYTHING, LISTED]])
WORLDS = st.builds(
    lambda wanted, tiles, scopes, prune, cover, empty: World(
        make_collection(sources=(make_source(PATTERN, TileOptions(prune=prune, cover=COVER if cover else None)),)),
        wanted,
        tiles,
        scopes=scopes,
        empty=frozenset({0}) if empty and not wanted else frozenset(),
    ),
    wanted_tiles(),
    live_tiles(),
    SCOPES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def list_members(plan: Plan) -> dict[TileAction, list[str]]:
    tiles = plan.collections[0].tiles
    assert tiles is not None
    return {action: [change.path for change in tiles.iter_changes(action)] for action in TileAction}


def carry_out(plan: Plan, world: World) -> World:
    """Return the world after a service has done what the plan says, and ingested all of it."""
    files = {tile.path: tile.files for tile in world.wanted}
    live = {tile.id: tile for tile in world.tiles}
    tiles = plan.collections[0].tiles
    assert tiles is not None
    for action in WRITES:
        for change in tiles.iter_changes(action):
            if action is TileAction.DELETE:
                del live[change.id or ""]
                continue
            made = live.get(change.id or "") or LiveTile(f"new-{change.path}", change.path, "WAITING", cover=COVER)
            if action is not TileAction.REINGEST:
                made = replace(made, sensing_time_ms=change.sensing_time_ms, cover=change.cover or made.cover)
            if action is not TileAction.UPDATE or change.also_reingest:
                made = replace(made, status="INGESTED", files=files[change.path], ingestion_start_ms=9 * INGESTED_MS)
            live[made.id] = made
    return replace(world, tiles=list(live.values()), scopes=plan.collections[0].scopes)


@given(world=WORLDS)
@settings(max_examples=12, deadline=None)
def test_a_plan_carried_out_is_followed_by_an_empty_one(sets: TileSets, world: World) -> None:
    plan = make_world_plan(sets, world)

    after = make_world_plan(sets, carry_out(plan, world))

    assert not after.has_changes


@given(world=WORLDS)
@settings(max_examples=12, deadline=None)
def test_every_live_tile_and_every_desired_tile_is_in_exactly_one_class(sets: TileSets, world: World) -> None:
    plan = make_world_plan(sets, world)
    members = list_members(plan)

    alone = {*members.pop(TileAction.CREATE), *members.pop(TileAction.INCOMPLETE)}
    live = [path for paths in members.values() for path in paths]

    assert sorted(live) == sorted(tile.path for tile in world.tiles)
    assert alone == {tile.path for tile in world.wanted} - set(live)
    assert sum(plan.count_tiles(action) for action in TileAction) == len(live) + len(alone)


@given(world=WORLDS)
@settings(max_examples=12, deadline=None)
def test_nothing_is_deleted_that_is_desired_or_in_no_scope(sets: TileSets, world: World) -> None:
    deleted = set(list_members(make_world_plan(sets, world))[TileAction.DELETE])

    asked = [PatternScope(compile_pattern(PATTERN), Where()), *world.scopes]

    assert not deleted & {tile.path for tile in world.wanted}
    assert all(any(scope.owns(path) for scope in asked) for path in deleted)


@given(world=WORLDS, seed=st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_the_order_of_listings_and_the_ids_of_tiles_do_not_count(sets: TileSets, world: World, seed: int) -> None:
    shuffled = random.Random(seed)
    wanted, tiles = list(world.wanted), [replace(tile, id=f"other-{tile.id}") for tile in world.tiles]
    shuffled.shuffle(wanted)
    shuffled.shuffle(tiles)

    plan, other = make_world_plan(sets, world), make_world_plan(sets, replace(world, wanted=wanted, tiles=tiles))

    assert (plan.plan_hash, plan.guard_hash) == (other.plan_hash, other.guard_hash)
    assert plan.collections[0].sets == other.collections[0].sets
    assert plan.rails == other.rails


@given(world=WORLDS, etag=st.sampled_from(["e1", "e2", "e3"]))
@settings(max_examples=12, deadline=None)
def test_imagery_that_came_or_changed_moves_the_plan_hash_alone(sets: TileSets, world: World, etag: str) -> None:
    more = [*world.wanted, Wanted("2019/3/60Z/(BAND).tif")]
    changed = [replace(tile, files={"B1": etag}) if tile.files else tile for tile in more]
    world = replace(world, empty=frozenset())

    plan, other = make_world_plan(sets, world), make_world_plan(sets, replace(world, wanted=changed))

    assert plan.guard_hash == other.guard_hash
    assert plan.plan_hash != other.plan_hash


@given(world=WORLDS)
@settings(max_examples=8, deadline=None)
def test_plans_of_all_slices_of_the_paths_are_together_the_whole_plan(sets: TileSets, world: World) -> None:
    slices = [make_world_plan(sets, replace(world, selected=TilePaths((each,)))) for each in SLICES]

    whole = make_world_plan(sets, world)

    for action in TileAction:
        assert list_changes(whole, action) == sorted(each for part in slices for each in list_changes(part, action))
    assert sum(part.collections[0].owned_tiles for part in slices) == whole.collections[0].owned_tiles


@given(world=WORLDS, index=st.integers(0, len(SLICES) - 1))
@settings(max_examples=8, deadline=None)
def test_a_slice_and_what_it_leaves_out_are_together_the_whole_plan(sets: TileSets, world: World, index: int) -> None:
    inside = make_world_plan(sets, replace(world, selected=TilePaths((SLICES[index],))))
    outside = make_world_plan(sets, replace(world, selected=TilePaths((), (SLICES[index],))))

    whole = make_world_plan(sets, world)

    for action in TileAction:
        assert list_changes(whole, action) == sorted(list_changes(inside, action) + list_changes(outside, action))


@given(world=WORLDS, order=st.permutations(SLICES))
@settings(max_examples=4, deadline=None)
def test_slices_carried_out_one_by_one_leave_the_whole_plan_empty(
    sets: TileSets, world: World, order: list[str]
) -> None:
    for each in order:
        part = replace(world, selected=TilePaths((each,)))
        world = replace(carry_out(make_world_plan(sets, part), part), selected=TilePaths())

    assert not make_world_plan(sets, world).has_changes


def list_changes(plan: Plan, action: TileAction) -> list[str]:
    tiles = plan.collections[0].tiles
    assert tiles is not None
    return sorted(str(change) for change in tiles.iter_changes(action))
