"""Where changes of a collection come from: what the manifest asked for at the last apply is beside what it asks now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from byocplan.model.address import make_address
from byocplan.model.band import Band, LiveBand
from byocplan.model.change import Action, Origin, Reason, TileAction
from byocplan.model.collection import Collection, Lifecycle, LiveCollection
from byocplan.model.scope import PathScope, PatternScope
from byocplan.model.selection import Selection
from byocplan.model.source import TableSource
from byocplan.planner import (
    CollectionState,
    LiveCollections,
    PlannedPart,
    drop_unselected,
    is_unrecorded,
    list_unrecorded,
    plan_collection,
    resolve,
)
from byocplan.planner.asked import make_asked
from byocplan.planner.ownership import Ownership, make_source_scopes
from byocplan.sets import TileSets
from tests.support.planning import (
    ID,
    World,
    make_binding,
    make_bindings,
    make_collection,
    make_live_collection,
    make_path_source,
    make_source,
    make_tile,
    plan_world,
)
from tests.support.tile_sets import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.binding import Binding
    from byocplan.model.scope import Scope
    from byocplan.model.source import TileSource

BEFORE = make_collection(no_data=0, storage_identifier="a")
LIVE = make_live_collection(no_data=0, storage_identifier="a")
B1 = LiveBand("B1", "B1", 1, 16, "UINT", None)
DRIFT = Selection(origins=frozenset({Origin.LIVE}))
ALL = Selection()


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def plan(
    now: Collection,
    live: LiveCollection | None,
    before: Collection | None = BEFORE,
    selection: Selection = ALL,
    **binding: object,
) -> PlannedPart:
    """Plan a collection that was applied as ``before``; no tiles are looked at."""
    bound = make_binding(asked={} if before is None else make_asked(before), **binding)
    resolution = resolve(now, make_bindings(bound), LiveCollections.index([live] if live else []))
    return plan_collection(now, CollectionState(resolution, bound, selection=selection))


def get_origins(part: PlannedPart) -> dict[str, str]:
    return {field.path: field.origin.value for field in part.part.change.fields}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"name": "theirs"}, {"name": "live"}, id="name"),
        pytest.param({"s3_bucket": "theirs"}, {"s3Bucket": "live"}, id="bucket"),
        pytest.param({"no_data": 7}, {"noData": "live"}, id="noData"),
        pytest.param({"storage_identifier": "b"}, {"storageIdentifier": "live"}, id="storage"),
        pytest.param({"bands": {"B1": B1, "B9": replace(B1, name="B9")}}, {"bands.B9": "live"}, id="a band more"),
        pytest.param({"bands": {"B1": replace(B1, no_data=1)}}, {"bands.B1.noData": "live"}, id="noData of a band"),
    ],
)
def test_what_the_manifest_asked_for_before_was_changed_outside(
    changes: Mapping[str, object], expected: dict[str, str]
) -> None:
    part = plan(BEFORE, replace(LIVE, **changes))  # type: ignore[arg-type]

    assert get_origins(part) == expected
    assert part.part.change.origin is Origin.LIVE
    assert part.part.is_drifted


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"name": "new"}, {"name": "manifest"}, id="name"),
        pytest.param({"no_data": 7}, {"noData": "manifest"}, id="noData"),
        pytest.param(
            {"bands": {"B1": Band("B1", no_data=3)}, "no_data": BEFORE.no_data},
            {"bands.B1.noData": "manifest"},
            id="noData of a band",
        ),
        pytest.param({"bands": {"B1": Band("B1", bit_depth=8)}}, {"bands.B1.bitDepth": "manifest"}, id="band"),
        pytest.param({"bands": {"B2": Band("B2", previous_name="B1")}}, {"bands.B2.name": "manifest"}, id="band name"),
    ],
)
def test_what_the_manifest_asks_for_anew_comes_from_it(changes: Mapping[str, object], expected: dict[str, str]) -> None:
    part = plan(replace(BEFORE, **changes), LIVE)  # type: ignore[arg-type]

    assert get_origins(part) == expected
    assert part.part.change.origin is Origin.MANIFEST
    assert not part.part.is_drifted


def test_one_of_each_is_drift_and_drift_alone_is_left_of_it() -> None:
    now, live = replace(BEFORE, no_data=7), replace(LIVE, name="theirs")

    whole, drift = plan(now, live), plan(now, live, selection=DRIFT)

    assert get_origins(whole) == {"name": "live", "noData": "manifest"}
    assert get_origins(drift) == {"name": "live"}
    assert drift.part.change.action is Action.UPDATE


def test_what_is_left_of_a_replacement_is_an_update() -> None:
    now, live = replace(BEFORE, s3_bucket="new"), replace(LIVE, name="theirs")
    change = plan(now, live).part.change
    bound = make_binding(asked=make_asked(BEFORE))
    resolution = resolve(now, make_bindings(bound), LiveCollections.index([live]))

    drift = plan(now, live, selection=DRIFT).part.change

    assert resolution.live == live
    assert {field.path for field in change.fields} == {"name", "s3Bucket"}
    assert (drift.action, [field.path for field in drift.fields]) == (Action.UPDATE, ["name"])


def test_a_field_that_is_no_longer_ignored_is_asked_for_anew() -> None:
    before = replace(BEFORE, lifecycle=Lifecycle(ignore_changes=frozenset({"name"})))

    part = plan(BEFORE, replace(LIVE, name="theirs"), before)

    assert get_origins(part) == {"name": "manifest"}


def test_a_binding_without_digests_knows_name_and_bucket() -> None:
    live = replace(LIVE, name="theirs", no_data=7)

    part = plan(BEFORE, live, None)

    assert get_origins(part) == {"name": "live", "noData": "manifest"}


def test_a_previous_name_of_a_band_is_not_asked_for() -> None:
    renamed = replace(BEFORE, bands={"B1": Band("B1", previous_name="B0")})

    assert make_asked(renamed) == make_asked(BEFORE)


def test_what_is_left_open_has_no_digest() -> None:
    assert make_asked(make_collection(bands=None)).keys() == {"name", "s3Bucket"}


def test_a_bound_collection_that_is_gone_was_deleted_outside() -> None:
    gone = plan(BEFORE, None)
    other = plan(BEFORE, replace(LIVE, id="other"))

    assert (gone.part.change.action, gone.part.change.origin) == (Action.CREATE, Origin.LIVE)
    assert (other.part.change.blocked != "", other.part.change.origin) == (True, Origin.LIVE)


def test_a_named_collection_that_was_bound_and_is_gone_was_deleted_outside() -> None:
    named = replace(BEFORE, id=ID)

    bound, unbound = plan(named, None), plan(replace(named, id="other"), None)

    assert (bound.part.change.origin, unbound.part.change.origin) == (Origin.LIVE, Origin.MANIFEST)


def test_a_collection_that_was_never_bound_comes_from_the_manifest() -> None:
    resolution = resolve(BEFORE, make_bindings(), LiveCollections())

    part = plan_collection(BEFORE, CollectionState(resolution))

    assert part.part.change.origin is Origin.MANIFEST


def test_an_adopted_collection_is_changed_by_the_manifest() -> None:
    now = replace(BEFORE, adopt=True, no_data=7)
    resolution = resolve(now, make_bindings(), LiveCollections.index([LIVE]))

    part = plan_collection(now, CollectionState(resolution))

    assert (part.part.change.action, part.part.change.origin) == (Action.ADOPT, Origin.MANIFEST)


@pytest.mark.parametrize(
    ("now", "selection", "is_new"),
    [
        pytest.param(BEFORE, ALL, True, id="as desired"),
        pytest.param(replace(BEFORE, no_data=7), ALL, True, id="updated"),
        pytest.param(replace(BEFORE, no_data=7), DRIFT, False, id="left out"),
        pytest.param(replace(BEFORE, no_data=7), Selection(frozenset({TileAction.CREATE})), False, id="not selected"),
        pytest.param(replace(BEFORE, id="other"), ALL, False, id="blocked"),
    ],
)
def test_what_is_carried_out_is_what_will_be_recorded(now: Collection, selection: Selection, is_new: bool) -> None:
    part = plan(now, LIVE, selection=selection).part

    assert part.asked == (make_asked(now) if is_new else make_asked(BEFORE))


def test_what_is_no_drift_is_left_out_of_the_plan() -> None:
    created = plan_collection(BEFORE, CollectionState(resolve(BEFORE, make_bindings(), LiveCollections()), None))
    kept, gone = plan(BEFORE, LIVE, selection=DRIFT), plan(BEFORE, None, selection=DRIFT)

    left, _ = drop_unselected([created, kept, gone], DRIFT)

    assert left == [kept, gone]


#: Sources of one collection, scopes of the last apply, and where their creates come from.
KNOWN = (make_source().pattern, make_source().where)
ORIGINS: list[tuple[TileSource, Scope, str]] = [
    (make_source(), PatternScope(*KNOWN, prune=False), "bucket"),
    (make_source("{year}/(BAND).tif"), PatternScope(*KNOWN), "manifest"),
    (make_path_source("a/(BAND).tif"), PathScope(frozenset({"a/(BAND).tif", "b/(BAND).tif"})), "bucket"),
    (make_path_source("c/(BAND).tif"), PathScope(frozenset({"a/(BAND).tif"})), "manifest"),
    (make_path_source("c/(BAND).tif"), PatternScope(*KNOWN), "manifest"),
    (make_source(), PathScope(frozenset({"a/(BAND).tif"})), "manifest"),
    (TableSource("t.csv", "t.csv"), PathScope(frozenset()), "manifest"),
]


@pytest.mark.parametrize(("source", "recorded", "expected"), ORIGINS)
def test_creates_of_a_source_that_the_last_apply_had_come_from_the_bucket(
    source: TileSource, recorded: Scope, expected: str
) -> None:
    ownership = Ownership(make_source_scopes([source], None), [recorded])

    assert ownership.list_create_origins(Origin.BUCKET) == (Origin(expected),)


@pytest.mark.parametrize(("scopes", "expected"), [((PatternScope(*KNOWN),), "bucket"), ((), "manifest")])
def test_a_tile_without_files_is_the_manifests_where_its_source_is_new(
    sets: TileSets, scopes: tuple[Scope, ...], expected: str
) -> None:
    world = World(tiles=[make_tile("1", "2019/01/28V/(BAND).tif")], scopes=scopes)

    [found] = [each for each in plan_world(sets, world).part.sets if each.action is TileAction.DELETE]

    assert dict(found.origins) == {expected: 1}


def test_the_tiles_of_a_collection_that_is_gone_went_with_it(sets: TileSets) -> None:
    world = World(wanted=[Wanted("2019/01/28V/(BAND).tif")], live=None, scopes=(PatternScope(*KNOWN),))

    [found] = plan_world(sets, world).part.sets

    assert (found.action, dict(found.origins)) == (TileAction.CREATE, {"live": 1})


@pytest.mark.parametrize(
    ("binding", "live", "expected"),
    [
        pytest.param(make_binding(asked={"name": "1"}), LIVE, True, id="no record of tiles"),
        pytest.param(make_binding(), None, True, id="gone"),
        pytest.param(None, LIVE, False, id="not ours"),
    ],
)
def test_a_collection_of_ours_should_be_on_record(
    binding: Binding | None, live: LiveCollection | None, expected: bool
) -> None:
    bindings = make_bindings(*([binding] if binding else []))
    resolution = resolve(BEFORE, bindings, LiveCollections.index([live] if live else []))

    assert is_unrecorded(resolution, binding, None) is expected


def test_what_is_not_on_record_is_said_once_and_shortly() -> None:
    base = plan(replace(BEFORE, no_data=7), LIVE)
    parts = [
        replace(
            base,
            part=replace(base.part, change=replace(base.part.change, address=make_address(f"c{number}"))),
            is_unrecorded=True,
        )
        for number in range(5)
    ]

    [note] = list_unrecorded(parts, ALL)

    assert "no earlier look at collection/c0, collection/c1, collection/c2 and 2 more is on record" in note.summary


def test_what_is_not_on_record_matters_where_something_changes_or_drift_is_looked_for() -> None:
    kept = replace(plan(BEFORE, LIVE), is_unrecorded=True)

    assert list(list_unrecorded([kept], ALL)) == []
    assert [note.severity for note in list_unrecorded([kept], DRIFT)] == ["warning"]
    assert kept.part.change.reason is Reason.AS_DESIRED
