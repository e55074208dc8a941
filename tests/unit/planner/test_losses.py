"""Rails on what deletes take away and reingests cost: groups, files read again, proof that files are gone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.loss import Proof, Proofs
from byocplan.model.plan import Plan
from byocplan.model.rail import Ack, Limit, Rail, RailLimits, Rule
from byocplan.model.scope import PatternScope
from byocplan.planner import PlanRequest, add_proofs, make_plan
from byocplan.sets import TileSets
from tests.support.planning import (
    ADDRESS,
    NOW_MS,
    World,
    make_collection,
    make_source,
    make_tile,
    make_world_plan,
    plan_world,
)
from tests.support.tile_sets import Wanted

REQUEST = PlanRequest("p", "local", NOW_MS)
FREE = RailLimits(Limit(100), Limit(10_000), Limit(30, "s2.yaml:33"))


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def make_groups(**groups: tuple[int, int]) -> World:
    """Return a world of groups, each with tiles that lost their files and tiles that are as wanted."""
    gone = [f"2019/{month}/{name}/(BAND).tif" for name, (count, _) in groups.items() for month in range(1, count + 1)]
    kept = {f"2020/{month}/{name}/(BAND).tif": name for name, (_, n) in groups.items() for month in range(1, n + 1)}
    tiles = [make_tile(path, path) for path in (*gone, *kept)]
    return World(make_collection(rails=FREE), [Wanted(path, group=name) for path, name in kept.items()], tiles)


def make_changed(changed: int, kept: int) -> World:
    """Return a world in which the files of so many tiles differ from those ingested."""
    paths = [f"{number}/(BAND).tif" for number in range(changed + kept)]
    tiles = [make_tile(path, path, files={"B1": "old" if i < changed else "e1"}) for i, path in enumerate(paths)]
    return World(make_collection(rails=FREE), [Wanted(path) for path in paths], tiles)


def prove(sets: TileSets, proofs: Proofs, *acks: Ack, world: World | None = None) -> Plan:
    """Return the plan of a world, three deletes in it unless told otherwise, with proofs."""
    part = add_proofs(plan_world(sets, world or make_groups(T33=(3, 1))), proofs)
    return make_plan(replace(REQUEST, parts=(part,), acks=acks))


def get_rail(plan: Plan, rule: Rule) -> Rail:
    (rail,) = [rail for rail in plan.rails if rail.rule is rule]
    return rail


@pytest.mark.parametrize(
    ("gone", "kept", "is_gone"),
    [
        pytest.param(9, 0, False, id="a small group"),
        pytest.param(9, 1, True, id="nine of ten"),
        pytest.param(10, 2, False, id="five of six"),
        pytest.param(10, 0, True, id="all"),
    ],
)
def test_a_group_disappears_when_nine_of_ten_tiles_would_go(
    sets: TileSets, gone: int, kept: int, *, is_gone: bool
) -> None:
    plan = make_world_plan(sets, make_groups(T33=(gone, kept), T28=(0, 12)))

    assert [(rail.rule.value, rail.count, rail.ack) for rail in plan.tripped] == (
        [("groupDisappears", 1, "groupDisappears@collection/s2=1")] if is_gone else []
    )


def test_groups_are_named_largest_first_and_an_ack_names_their_number(sets: TileSets) -> None:
    world = make_groups(A=(10, 0), B=(12, 1), C=(11, 0), D=(10, 0), E=(3, 9))

    plan = make_world_plan(sets, world)
    short = make_world_plan(sets, world, replace(REQUEST, acks=(Ack(Rule.GROUP_DISAPPEARS, 3),)))
    acked = make_world_plan(sets, world, replace(REQUEST, acks=(Ack(Rule.GROUP_DISAPPEARS, 4),)))

    assert plan.tripped[0].text == (
        "12 of 13 tiles of B, 11 of 11 tiles of C, 10 of 10 tiles of A and 1 more group (first field of the pattern)"
    )
    assert (plan.is_applyable, short.is_applyable, acked.is_applyable) == (False, False, True)


def test_tiles_nobody_owns_belong_to_no_group(sets: TileSets) -> None:
    world = make_groups(T33=(9, 0))
    strange = [make_tile(f"x{i}", f"T33/{i}/(BAND).tif") for i in range(20)]

    assert make_world_plan(sets, replace(world, tiles=[*world.tiles, *strange])).tripped == ()


@pytest.mark.parametrize(
    ("changed", "kept", "tripped"),
    [
        pytest.param(0, 5, None, id="none"),
        pytest.param(9, 0, False, id="all, but very few"),
        pytest.param(12, 28, False, id="at the limit"),
        pytest.param(13, 27, True, id="over it"),
    ],
)
def test_files_read_again_trip_by_share(sets: TileSets, changed: int, kept: int, *, tripped: bool | None) -> None:
    plan = make_world_plan(sets, make_changed(changed, kept))

    assert [(rail.rule, rail.tripped, rail.source) for rail in plan.rails] == (
        [] if tripped is None else [(Rule.REINGESTS, tripped, "s2.yaml:33")]
    )
    if tripped:
        assert plan.tripped[0].text == "13 of 40 owned tiles = 32.5 % > maxReingestPercent 30"
        assert plan.tripped[0].ack == "reingests@collection/s2=13"


def test_tiles_to_update_whose_files_changed_too_are_read_again(sets: TileSets) -> None:
    world = make_changed(12, 0)
    moved = [replace(tile, sensing_time_ms=7) for tile in world.tiles]

    plan = make_world_plan(sets, replace(world, tiles=moved))

    assert [rail.ack for rail in plan.tripped] == ["reingests@collection/s2=12"]


def test_a_404_for_every_file_lets_deletes_pass(sets: TileSets) -> None:
    plan = prove(sets, Proofs(Proof(3, 3, gone=3)))

    assert plan.is_applyable
    assert get_rail(plan, Rule.EVIDENCE).text == "every file of 3 tiles to delete answers 404"


def test_one_file_that_exists_blocks_whatever_is_acked(sets: TileSets) -> None:
    proof = Proof(3, 3, gone=2, there=1, example="a/(BAND).tif")

    plan = prove(sets, Proofs(proof), Ack(Rule.EVIDENCE, 100, ADDRESS))

    assert [(rail.rule, rail.count, rail.ack) for rail in plan.tripped] == [(Rule.EVIDENCE, 1, "")]
    assert "such as a/(BAND).tif" in plan.tripped[0].text


def test_what_proves_nothing_blocks_until_it_is_acked(sets: TileSets) -> None:
    proofs = Proofs(Proof(3, 3, gone=1, example="a/(BAND).tif"))

    blocked, acked = prove(sets, proofs), prove(sets, proofs, Ack(Rule.EVIDENCE, 2))

    assert [(rail.rule, rail.count, rail.ack) for rail in blocked.tripped] == [
        (Rule.EVIDENCE, 2, "evidence@collection/s2=2")
    ]
    assert "only a 404 is one" in blocked.tripped[0].text
    assert acked.is_applyable


def test_a_sample_is_called_one(sets: TileSets) -> None:
    plan = prove(sets, Proofs(Proof(4170, 1000, gone=1000, seed="1a2b3c4d")))

    assert get_rail(plan, Rule.EVIDENCE).text == (
        "every file of a sample of 1,000 of 4,170 tiles to delete (seed 1a2b3c4d) answers 404"
    )


def test_tiles_not_asked_for_any_more_need_no_proof_but_it_is_told(sets: TileSets) -> None:
    source = make_source()
    scope = PatternScope(source.pattern, source.where)
    world = World(make_collection(sources=()), tiles=[make_tile("1", "2019/1/x/(BAND).tif")], scopes=[scope])

    plan = prove(sets, Proofs(scope_removed=Proof(1, 1, gone=1)), world=world)

    assert [rail.rule for rail in plan.tripped] == [Rule.SCOPE_REMOVED]
    assert plan.tripped[0].text.endswith("; the files of 1 of 1 looked at are gone too")


def test_a_part_without_tiles_has_nothing_to_prove(sets: TileSets) -> None:
    blocked = plan_world(sets, World(is_bound=False))

    assert add_proofs(blocked, Proofs()).rails == blocked.rails
