"""Plans of a collection of which tiles are selected by their paths."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.change import Action, Reason, TileAction
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.rail import Limit, RailLimits, Rule
from byocplan.model.scope import PathScope, PatternScope
from byocplan.model.selection import Selection
from byocplan.model.source import TileOptions
from byocplan.model.tile_paths import TilePaths
from byocplan.planner import PlannedPart, drop_unselected
from byocplan.planner.ownership import join_scopes
from byocplan.sets import TileSets
from tests.support.planning import (
    PATTERN,
    World,
    make_collection,
    make_live_collection,
    make_source,
    make_tile,
    plan_world,
)
from tests.support.tile_sets import Wanted

GRIDS = ("28V", "33U")
#: Twenty tiles of each of two grids.
PATHS = [f"{year}/1/{grid}/(BAND).tif" for year in range(2000, 2020) for grid in GRIDS]
ONE_GRID = TilePaths(("*/33U/*",))
SCOPE = PatternScope(compile_pattern(PATTERN), Where())


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def plan(sets: TileSets, selected: TilePaths, missing: int = 0, **changes: object) -> PlannedPart:
    """Plan live tiles of which the first ``missing`` of the grid 33U have no files any more."""
    gone = [path for path in PATHS if "/33U/" in path][:missing]
    wanted = [Wanted(path) for path in PATHS if path not in gone]
    tiles = [make_tile(path, path, sensing_time_ms=None) for path in PATHS]
    return plan_world(sets, replace(World(wanted=wanted, tiles=tiles, selected=selected), **changes))  # type: ignore[arg-type]


def list_scopes(planned: PlannedPart) -> list[TilePaths]:
    return [scope.selected for scope in planned.part.scopes if isinstance(scope, PatternScope)]


def test_percents_are_of_the_owned_live_tiles_that_are_selected(sets: TileSets) -> None:
    limits = RailLimits(max_delete_percent=Limit(40))
    collection = make_collection(rails=limits)

    whole = plan(sets, TilePaths(), missing=12, collection=collection)
    part = plan(sets, ONE_GRID, missing=12, collection=collection)

    deletes = [next(rail for rail in each.rails if rail.rule is Rule.DELETES) for each in (whole, part)]
    assert [(rail.value, rail.tripped) for rail in deletes] == [(30, False), (60, True)]
    assert (whole.part.owned_tiles, part.part.owned_tiles) == (40, 20)


def test_deletes_elsewhere_trip_nothing(sets: TileSets) -> None:
    part = plan(sets, TilePaths(("*/28V/*",)), missing=20)

    assert part.part.count(TileAction.DELETE) == 0
    assert not any(rail.tripped for rail in part.rails)


def test_the_reader_is_told_how_many_live_tiles_are_selected(sets: TileSets) -> None:
    part = plan(sets, TilePaths(("*/33U/*", "2020/*"), ("2019/1/*",)))

    assert [note.summary for note in part.diagnostics] == [
        "only 19 of 40 live tiles are selected, by */33U/*, 2020/*, not 2019/1/*",
        "no tile has a path like 2020/*, neither live nor asked for",
    ]
    assert part.part.live_tiles == 40


def test_fields_of_the_collection_are_changed_where_tiles_are_only_left_out(sets: TileSets) -> None:
    collection = make_collection(no_data=0)

    inside = plan(sets, ONE_GRID, collection=collection)
    outside = plan(sets, TilePaths((), ("*/33U/*",)), collection=collection)

    assert (inside.part.change.action, inside.part.change.reason) == (Action.KEEP, Reason.NOT_SELECTED)
    assert outside.part.change.action is Action.UPDATE


@pytest.mark.parametrize("selected", [ONE_GRID, TilePaths((), ("*/33U/*",))])
def test_a_collection_is_not_replaced_under_tiles_that_are_not_selected(sets: TileSets, selected: TilePaths) -> None:
    part = plan(sets, selected, live=make_live_collection(s3_bucket="other"))

    assert part.part.change.action is Action.KEEP
    assert not any(rail.tripped for rail in part.rails)


def test_a_collection_is_made_for_the_tiles_selected_or_not_at_all(sets: TileSets) -> None:
    made = plan(sets, ONE_GRID, live=None, is_bound=False)
    not_made = plan(sets, TilePaths(("2020/*",)), live=None, is_bound=False)

    kept, notes = drop_unselected([made, not_made], Selection())

    assert [part.part.change.action for part in kept] == [Action.CREATE]
    assert kept[0].part.count(TileAction.CREATE) == 20
    assert "no tile has a path like 2020/*" in notes[-1].summary


def test_what_is_recorded_is_the_part_of_the_scope_that_was_applied_and_all_that_was_recorded(sets: TileSets) -> None:
    old, listed = PatternScope(compile_pattern("old/{x}/(BAND).tif"), Where()), PathScope(frozenset({"y"}))

    first = plan(sets, ONE_GRID)
    second = plan(sets, TilePaths(("*/28V/*",)), scopes=first.part.scopes)
    kept = plan(sets, ONE_GRID, scopes=[SCOPE, old, listed])
    whole = plan(sets, TilePaths(), scopes=second.part.scopes)

    assert list_scopes(first) == [ONE_GRID]
    assert list_scopes(second) == [TilePaths(("*/28V/*",)), ONE_GRID]
    assert kept.part.scopes == (SCOPE, old, listed)
    assert whole.part.scopes == (SCOPE,)


def test_a_scope_recorded_in_part_owns_that_part_alone(sets: TileSets) -> None:
    collection = make_collection(sources=(make_source("new/{x}/(BAND).tif"),))
    recorded = replace(SCOPE, selected=ONE_GRID)

    part = plan(sets, TilePaths(), collection=collection, scopes=[recorded], wanted=[])

    assert part.part.count(TileAction.DELETE) == 20
    assert part.part.count(TileAction.UNMANAGED) == 20
    assert recorded.owns("2019/1/33U/(BAND).tif")
    assert not recorded.owns("2019/1/28V/(BAND).tif")


def test_part_of_a_scope_is_recorded_beside_one_of_another_kind_alone() -> None:
    part = replace(SCOPE, selected=ONE_GRID)
    retained = replace(SCOPE, prune=False)

    assert join_scopes([part, SCOPE]) == (SCOPE,)
    assert join_scopes([part, retained]) == (part, retained)


def test_what_is_kept_back_is_counted_among_the_tiles_selected(sets: TileSets) -> None:
    collection = make_collection(sources=(make_source(options=TileOptions()),))

    part = plan(sets, ONE_GRID, collection=collection, wanted=[], empty=frozenset({0}))

    rail = next(rail for rail in part.rails if rail.rule is Rule.SOURCE_EMPTY)
    assert (rail.count, part.part.count(TileAction.DELETE)) == (20, 0)
