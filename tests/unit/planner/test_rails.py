"""Rails: when each trips, what its ack is, and when an ack does not reach."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.address import make_address
from byocplan.model.band import Band, LiveBand
from byocplan.model.change import Action, TileAction
from byocplan.model.collection import Lifecycle, OnRemove, Replace
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.plan import Plan
from byocplan.model.rail import Ack, Limit, Rail, RailLimits, Rule
from byocplan.model.scope import PatternScope
from byocplan.model.source import SensingKind, SensingTime, TileOptions
from byocplan.planner import LiveCollections, PlanRequest, make_plan, plan_removals
from byocplan.planner.plan import make_estimate
from byocplan.sets import TileSets
from tests.support.planning import (
    ADDRESS,
    ID,
    NOW_MS,
    PATTERN,
    World,
    make_binding,
    make_bindings,
    make_collection,
    make_live_collection,
    make_source,
    make_tile,
    make_world_plan,
)
from tests.support.tile_sets import Wanted

REQUEST = PlanRequest("p", "local", NOW_MS)
LIVE = LiveCollections.index([make_live_collection()])


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def make_tiles(count: int) -> tuple[list[Wanted], list[str]]:
    paths = [f"2019/11/{i:03d}/(BAND).tif" for i in range(count)]
    return [Wanted(path) for path in paths], paths


def make_gone(count: int, kept: int, **changes: object) -> World:
    """Return a world in which ``count`` of ``count + kept`` tiles have lost their files."""
    wanted, paths = make_tiles(count + kept)
    tiles = [make_tile(str(i), path) for i, path in enumerate(paths)]
    return World(make_collection(**changes), wanted[count:], tiles)


def find_rail(plan: Plan, rule: Rule) -> Rail | None:
    found = [rail for rail in plan.rails if rail.rule is rule]
    assert len(found) <= 1
    return found[0] if found else None


def get_tripped(plan: Plan) -> list[tuple[str, int, str]]:
    return [(rail.rule.value, rail.count, rail.ack) for rail in plan.tripped]


def make_limits(percent: float = 10, count: float = 1000) -> RailLimits:
    return RailLimits(Limit(percent, "s2.yaml:31"), Limit(count, "s2.yaml:32"))


@pytest.mark.parametrize(
    ("gone", "kept", "limits", "tripped"),
    [
        pytest.param(0, 10, make_limits(), None, id="none"),
        pytest.param(9, 1, make_limits(), False, id="most, but very few"),
        pytest.param(10, 90, make_limits(), False, id="at the limit"),
        pytest.param(11, 89, make_limits(), True, id="over the percentage"),
        pytest.param(9, 0, make_limits(count=8), True, id="over the number"),
        pytest.param(20, 20, make_limits(percent=50), False, id="at a limit of one's own"),
    ],
)
def test_deletes_trip_by_share_and_by_number(
    sets: TileSets, gone: int, kept: int, limits: RailLimits, *, tripped: bool | None
) -> None:
    rail = find_rail(make_world_plan(sets, make_gone(gone, kept, rails=limits)), Rule.DELETES)

    assert (rail.tripped if rail else None) == tripped
    if rail and rail.tripped:
        assert rail.count == gone
        assert rail.ack == f"deletes@collection/s2={gone}"
        assert rail.source.startswith("s2.yaml:3")


def test_what_was_measured_is_said_in_words(sets: TileSets) -> None:
    rail = find_rail(make_world_plan(sets, make_gone(30, 42, rails=make_limits())), Rule.DELETES)

    assert rail is not None
    assert rail.text == "30 of 72 owned tiles = 41.7 % > maxDeletePercent 10"
    assert (rail.value, rail.limit, rail.unit) == (41.7, 10, "percent")


def test_tiles_that_left_the_scope_always_need_an_ack(sets: TileSets) -> None:
    scope = PatternScope(compile_pattern(PATTERN), Where())
    world = World(make_collection(sources=()), tiles=[make_tile("1", "2019/1/x/(BAND).tif")], scopes=[scope])

    assert get_tripped(make_world_plan(sets, world)) == [("scopeRemoved", 1, "scopeRemoved@collection/s2=1")]


@pytest.mark.parametrize(
    ("rule", "change"), [("sourceEmpty", {"empty": frozenset({0})}), ("sourceIncomplete", {"failures": {0: "403"}})]
)
def test_a_listing_that_proves_nothing_turns_deletes_off_and_trips(
    sets: TileSets, rule: str, change: dict[str, object]
) -> None:
    world = replace(make_gone(3, 2), **change)  # type: ignore[arg-type]

    plan = make_world_plan(sets, world)

    assert plan.count_tiles(TileAction.DELETE) == 0
    assert plan.count_tiles(TileAction.KEEP) == 5
    assert get_tripped(plan) == [(rule, 3, f"{rule}@collection/s2=3")]


def test_a_listing_that_proves_nothing_is_no_trouble_without_orphans(sets: TileSets) -> None:
    world = replace(make_gone(0, 2), failures={0: "403"})

    assert make_world_plan(sets, world).tripped == ()


def test_two_sources_for_one_path_block_for_good(sets: TileSets) -> None:
    world = World(make_collection(sources=(make_source(), make_source())), [Wanted("p"), Wanted("p", source=1)])

    plan = make_world_plan(sets, world, replace(REQUEST, acks=(Ack(Rule.SOURCE_OVERLAP, 100),)))

    assert get_tripped(plan) == [("sourceOverlap", 1, "")]


@pytest.mark.parametrize(("points", "rules"), [(100, []), (101, ["coverPoints"])])
def test_a_live_cover_of_too_many_points_blocks_unless_managed(sets: TileSets, points: int, rules: list[str]) -> None:
    positions = ",".join(f"[{i},{i * i}]" for i in range(points))
    cover = f'{{"type":"Polygon","coordinates":[[{positions}]]}}'
    tile = make_tile("1", "p", cover=cover, sensing_time_ms=4)
    managed = make_source(options=TileOptions(cover='{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'))

    kept = make_world_plan(sets, World(wanted=[Wanted("p")], tiles=[tile]))
    replaced = make_world_plan(sets, World(make_collection(sources=(managed,)), [Wanted("p")], [tile]))

    assert [rail.rule.value for rail in kept.tripped] == rules
    assert replaced.tripped == ()


def test_covers_of_too_many_points_are_counted_and_the_first_is_named(sets: TileSets) -> None:
    paths, positions = ("a", "b", "c", "d"), ",".join(f"[{i},{i * i}]" for i in range(101))
    covers = dict.fromkeys(paths, f'{{"type":"Polygon","coordinates":[[{positions}]]}}')
    covers["a"] = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'
    tiles = [make_tile(path, path, cover=covers[path], sensing_time_ms=4) for path in paths]

    (rail,) = make_world_plan(sets, World(wanted=[Wanted(path) for path in paths], tiles=tiles)).tripped

    assert rail.text.startswith("3 of the tiles")
    assert "such as b;" in rail.text


def test_a_removed_band_needs_an_ack_and_a_renamed_one_does_not(sets: TileSets) -> None:
    live = make_live_collection(bands={name: LiveBand(name, name, 1, 8, "UINT", None) for name in ("B1", "B2")})
    renamed = make_collection(bands={"B1": Band("B1"), "Red": Band("Red", previous_name="B2")})

    assert get_tripped(make_world_plan(sets, World(live=live))) == [("bandRemoval", 1, "bandRemoval@collection/s2=1")]
    assert make_world_plan(sets, World(renamed, live=live)).tripped == ()


def test_a_twin_without_binding_blocks_for_good(sets: TileSets) -> None:
    plan = make_world_plan(sets, World(is_bound=False), replace(REQUEST, acks=(Ack(Rule.OWNERSHIP, 100),)))

    assert get_tripped(plan) == [("ownership", 1, "")]
    assert "`adopt: true`" in plan.tripped[0].text
    assert plan.collections[0].sets == ()


def test_a_denied_replacement_blocks_for_good(sets: TileSets) -> None:
    world = World(make_collection(s3_bucket="other"), tiles=[make_tile("1", "p")])

    assert get_tripped(make_world_plan(sets, world)) == [("replace", 1, "")]


def test_a_replacement_counts_as_a_deleted_collection(sets: TileSets) -> None:
    lifecycle = Lifecycle(replace=Replace.IN_PLACE)
    world = World(make_collection(s3_bucket="other", lifecycle=lifecycle), [Wanted("p")], [make_tile("1", "p")])
    guarded = replace(
        world, collection=make_collection(s3_bucket="other", lifecycle=replace(lifecycle, prevent_destroy=True))
    )

    plan = make_world_plan(sets, world)

    assert get_tripped(plan) == [("collectionDeletes", 1, "collectionDeletes@collection/s2=1")]
    assert [(each.action, dict(each.reasons)) for each in plan.collections[0].sets] == [
        (TileAction.CREATE, {"collection-replaced": 1})
    ]
    assert ("preventDestroy", 1, "") in get_tripped(make_world_plan(sets, guarded))


@pytest.mark.parametrize(
    ("binding", "live", "action", "rules"),
    [
        pytest.param(make_binding(), LIVE, Action.DELETE, ["collectionDeletes"], id="delete"),
        pytest.param(make_binding(on_remove=OnRemove.RETAIN), LIVE, Action.FORGET, [], id="retain"),
        pytest.param(make_binding(prevent_destroy=True), LIVE, Action.DELETE, ["preventDestroy"], id="prevented"),
        pytest.param(
            make_binding(prevent_destroy=True, on_remove=OnRemove.RETAIN),
            LIVE,
            Action.DELETE,
            ["preventDestroy"],
            id="both",
        ),
        pytest.param(make_binding(prevent_destroy=True), LiveCollections(), Action.FORGET, [], id="not live"),
    ],
)
def test_a_document_that_is_gone(binding: object, live: LiveCollections, action: Action, rules: list[str]) -> None:
    parts = plan_removals(make_bindings(binding), [], live)  # type: ignore[arg-type]

    plan = make_plan(replace(REQUEST, parts=parts))

    assert [part.change.action for part in plan.collections] == [action]
    assert [rail.rule.value for rail in plan.tripped] == rules


def test_described_addresses_are_not_removed_and_claimed_collections_forgotten() -> None:
    bindings = make_bindings(make_binding(), make_binding(address=make_address("old"), id="other"))

    parts = plan_removals(bindings, [ADDRESS], LiveCollections.index([make_live_collection(id="other")]), ["other"])

    assert [(part.part.address, part.part.change.action) for part in parts] == [("collection/old", Action.FORGET)]


def test_an_allowance_of_the_project_lets_collections_go() -> None:
    bindings = make_bindings(make_binding(), make_binding(address=make_address("b"), id="b"))
    live = LiveCollections.index([make_live_collection(), make_live_collection(id="b")])
    parts = plan_removals(bindings, [], live)

    few = make_plan(replace(REQUEST, parts=parts, max_collection_deletes=Limit(1, "p.yaml:3")))
    enough = make_plan(replace(REQUEST, parts=parts, max_collection_deletes=Limit(2, "p.yaml:3")))

    assert [rail.ack for rail in few.tripped] == [
        "collectionDeletes@collection/b=1",
        "collectionDeletes@collection/s2=1",
    ]
    assert enough.tripped == ()


@pytest.mark.parametrize(
    ("ack", "is_lifted"),
    [
        pytest.param(Ack(Rule.DELETES, 11, ADDRESS), True, id="exact"),
        pytest.param(Ack(Rule.DELETES, 12, ADDRESS), True, id="more"),
        pytest.param(Ack(Rule.DELETES, 10, ADDRESS), False, id="grown"),
        pytest.param(Ack(Rule.DELETES, 11), True, id="the only address"),
        pytest.param(Ack(Rule.DELETES, 11, make_address("other")), False, id="another address"),
        pytest.param(Ack(Rule.SCOPE_REMOVED, 11, ADDRESS), False, id="another rule"),
        pytest.param(Ack(Rule.DELETES, 11, ADDRESS, until_ms=NOW_MS), True, id="last moment"),
        pytest.param(Ack(Rule.DELETES, 11, ADDRESS, until_ms=NOW_MS - 1), False, id="ended"),
    ],
)
def test_an_ack_names_a_quantity(sets: TileSets, ack: Ack, *, is_lifted: bool) -> None:
    typed = make_world_plan(sets, make_gone(11, 4), replace(REQUEST, acks=(ack,)))
    in_git = make_world_plan(sets, make_gone(11, 4, acks=(replace(ack, source="s2.yaml:5"),)))

    assert typed.is_applyable is in_git.is_applyable is is_lifted
    if is_lifted:
        assert [rail.acked_by for rail in (*typed.rails, *in_git.rails)] == ["--ack", "s2.yaml:5"]


def test_an_ack_that_falls_short_is_told(sets: TileSets) -> None:
    plan = make_world_plan(sets, make_gone(11, 4), replace(REQUEST, acks=(Ack(Rule.DELETES, 9),)))

    assert plan.tripped[0].text.endswith("the ack of --ack is for 9 only")


def test_an_ack_without_address_is_for_one_address_alone() -> None:
    bindings = make_bindings(make_binding(), make_binding(address=make_address("b"), id="b"))
    live = LiveCollections.index([make_live_collection(), make_live_collection(id="b")])
    request = replace(REQUEST, parts=plan_removals(bindings, [], live))

    assert len(make_plan(replace(request, acks=(Ack(Rule.COLLECTION_DELETES, 5),))).tripped) == 2


def test_timeless_by_choice_keeps_the_live_time(sets: TileSets) -> None:
    source = make_source(options=TileOptions(sensing_time=SensingTime(SensingKind.KEEP)))
    world = World(make_collection(sources=(source,)), [Wanted("p")], [make_tile("1", "p", sensing_time_ms=4)])

    assert not make_world_plan(sets, world).has_changes


def test_a_create_after_a_deletion_behind_our_back_is_told(sets: TileSets) -> None:
    plan = make_world_plan(sets, World(live=None, wanted=[Wanted("p")]))

    assert plan.is_applyable
    assert [note.severity for note in plan.diagnostics] == ["warning"]
    assert ID in plan.diagnostics[0].summary
    assert plan.count_tiles(TileAction.CREATE) == 1


def test_the_estimate_counts_writes_and_the_reads_before_them(sets: TileSets) -> None:
    world = World(
        make_collection(name="new"),
        [Wanted("new"), Wanted("p"), Wanted("q")],
        [make_tile("1", "p", sensing_time_ms=4), make_tile("2", "q", files={"B1": "old"})],
    )

    plan = make_world_plan(sets, world, replace(REQUEST, requests_per_minute=60))

    assert (plan.estimate.writes, plan.estimate.reads) == (4, 2)
    assert plan.estimate.minutes == pytest.approx(0.1)
    assert make_estimate(plan.collections, None, looks_first=True).reads == 2 + plan.count_tiles(TileAction.CREATE)
