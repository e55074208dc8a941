"""Tiles that are live and not desired: whose they are, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.change import Reason, TileAction
from byocplan.model.discovered import Discovered, SourceReport
from byocplan.model.path_set import PathSet
from byocplan.model.pattern import Where, compile_pattern, make_date_range
from byocplan.model.scope import PathScope, PatternScope, Scope
from byocplan.model.source import TableSource, TileOptions
from byocplan.planner import PlannedPart
from byocplan.planner.ownership import join_scopes, make_scope, make_source_scopes
from byocplan.sets import TileSets
from tests.support.planning import (
    ADDRESS,
    PATTERN,
    World,
    make_collection,
    make_path_source,
    make_source,
    make_tile,
    plan_world,
)

PATH = "2019/11/28V/(BAND).tif"
EVERYTHING = PatternScope(compile_pattern(PATTERN), Where())
OF_2020 = Where(date=make_date_range("2020-01-01", "2020-12-31"))


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def get_verdicts(part: PlannedPart) -> dict[str, tuple[str, str]]:
    assert part.part.tiles is not None
    return {
        change.path: (action.value, change.reason.value)
        for action in TileAction
        for change in part.part.tiles.iter_changes(action)
    }


@pytest.mark.parametrize(
    ("world", "action", "reason"),
    [
        pytest.param(World(), TileAction.DELETE, Reason.FILE_GONE, id="in scope, file gone"),
        pytest.param(
            World(make_collection(sources=(make_source(where=OF_2020),))),
            TileAction.UNMANAGED,
            Reason.NO_SCOPE,
            id="outside of where",
        ),
        pytest.param(
            World(make_collection(sources=(make_source(where=OF_2020),)), scopes=[EVERYTHING]),
            TileAction.DELETE,
            Reason.SCOPE_REMOVED,
            id="outside of where, but once inside",
        ),
        pytest.param(
            World(make_collection(sources=()), scopes=[PathScope(frozenset({PATH}))]),
            TileAction.DELETE,
            Reason.SCOPE_REMOVED,
            id="a path taken out",
        ),
        pytest.param(World(make_collection(sources=())), TileAction.UNMANAGED, Reason.NO_SCOPE, id="no sources"),
        pytest.param(
            World(make_collection(sources=()), scopes=[EVERYTHING], is_bound=True),
            TileAction.DELETE,
            Reason.SCOPE_REMOVED,
            id="a source taken out",
        ),
        pytest.param(
            World(make_collection(sources=(make_source(options=TileOptions(prune=False)),))),
            TileAction.UNMANAGED,
            Reason.SCOPE_RETAINED,
            id="not to be pruned",
        ),
        pytest.param(
            World(scopes=[PatternScope(compile_pattern("{year}/{**}/(BAND).tif"), Where(), prune=False)]),
            TileAction.UNMANAGED,
            Reason.SCOPE_RETAINED,
            id="a recorded scope says not to prune",
        ),
        pytest.param(
            World(scopes=[PatternScope(compile_pattern(PATTERN), Where(), prune=False)]),
            TileAction.DELETE,
            Reason.FILE_GONE,
            id="the manifest says to prune now",
        ),
        pytest.param(World(failures={0: "403"}), TileAction.KEEP, Reason.SOURCE_INCOMPLETE, id="a listing that failed"),
        pytest.param(
            World(empty=frozenset({0})), TileAction.KEEP, Reason.SOURCE_EMPTY, id="a listing that found nothing"
        ),
        pytest.param(
            World(make_collection(sources=(make_path_source(PATH),)), scopes=[PathScope(frozenset({PATH}))]),
            TileAction.DELETE,
            Reason.FILE_GONE,
            id="a path still asked for",
        ),
    ],
)
def test_a_live_tile_that_nobody_desires(sets: TileSets, world: World, action: TileAction, reason: Reason) -> None:
    part = plan_world(sets, replace(world, tiles=[make_tile("1", PATH)]))

    assert get_verdicts(part) == {PATH: (action.value, reason.value)}


def test_unmanaged_wins_over_what_ingestion_says(sets: TileSets) -> None:
    tiles = [make_tile("1", "x/a.tif", status="FAILED"), make_tile("2", "x/b.tif", status="WAITING")]

    part = plan_world(sets, World(tiles=tiles))

    assert {action for action, _ in get_verdicts(part).values()} == {"unmanaged"}
    assert (part.part.live_tiles, part.part.owned_tiles) == (2, 0)


def test_an_orphan_that_is_kept_back_and_failed_counts_as_failed(sets: TileSets) -> None:
    part = plan_world(sets, World(tiles=[make_tile("1", PATH, status="FAILED")], failures={0: "no"}))

    assert get_verdicts(part) == {PATH: ("failed", "source-incomplete")}


def test_the_group_of_an_orphan_is_the_first_field(sets: TileSets) -> None:
    source = make_source("a/{grid}/(BAND).tif")

    part = plan_world(sets, World(make_collection(sources=(source,)), tiles=[make_tile("1", "a/28V/(BAND).tif")]))

    assert part.part.sets[0].groups["prefix"] == {"28V": 1}


def test_an_old_scope_is_recorded_until_its_orphans_are_gone(sets: TileSets) -> None:
    collection = make_collection(sources=(make_source(where=OF_2020),))
    listed = PathScope(frozenset({PATH, "gone/(BAND).tif"}))

    before = plan_world(sets, World(collection, tiles=[make_tile("1", PATH)], scopes=[EVERYTHING, listed]))
    after = plan_world(sets, World(collection, scopes=[EVERYTHING, listed]))

    current = PatternScope(compile_pattern(PATTERN), OF_2020)
    assert before.part.scopes == (current, EVERYTHING, PathScope(frozenset({PATH})))
    assert after.part.scopes == (current,)


def test_scopes_of_another_collection_do_not_count(sets: TileSets) -> None:
    collection = make_collection(sources=(), id="new")
    world = World(collection, tiles=[make_tile("1", PATH)], scopes=[EVERYTHING])
    live = world.live
    assert live is not None

    moved = replace(world, live=replace(live, id="new"))

    assert get_verdicts(plan_world(sets, moved)) == {PATH: ("unmanaged", "no-scope")}


def test_a_folder_owns_every_form_its_path_may_take() -> None:
    scope = make_scope(make_path_source("a/b"), SourceReport("m.yaml:1", "a/b", path="a/b/x_(BAND).tif"))

    assert all(scope.owns(path) for path in ("a/b/(BAND).tif", "a/b/(BAND).TIFF", "a/b/x_(BAND).tif"))
    assert not scope.owns("a/b")


def test_listed_paths_are_gathered_and_patterns_kept_once() -> None:
    scopes: list[Scope] = [
        PathScope(frozenset({"a"})),
        EVERYTHING,
        PathScope(frozenset({"b"})),
        EVERYTHING,
        PathScope(frozenset({"c"}), prune=False),
    ]

    assert join_scopes(scopes) == (
        EVERYTHING,
        PathScope(frozenset({"a", "b"})),
        PathScope(frozenset({"c"}), prune=False),
    )


@pytest.mark.parametrize("prune", [True, False])
def test_a_table_owns_the_paths_it_lists_and_no_other(prune: bool) -> None:
    source = TableSource("t.csv", "t.csv", TileOptions(prune=prune), "s2.yaml:9")
    report = SourceReport("s2.yaml:9", "t.csv", listed=PathSet({"a.tif", "b.tif"}))

    (scope,) = make_source_scopes([source], Discovered(ADDRESS, (report,)))

    assert scope.scope == PathScope(frozenset({"a.tif", "b.tif"}), prune)
    assert make_scope(source) == PathScope(frozenset(), prune)
