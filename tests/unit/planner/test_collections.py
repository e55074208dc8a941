"""Fields of a collection: what is a difference, what is not, what the service refuses in place."""

from typing import Any

import pytest

from byocplan.model.band import Band, LiveBand
from byocplan.model.change import Action, CollectionChange, Reason
from byocplan.model.collection import Collection, Lifecycle, LiveCollection, Replace
from byocplan.planner import LiveCollections, make_collection_change, resolve
from tests.support.planning import ID, make_binding, make_bindings, make_collection, make_live_collection

B1 = LiveBand("B1", "B1", 1, 16, "UINT", None)
B2 = LiveBand("B2", "B2", 1, 16, "UINT", 0)
IN_PLACE = Lifecycle(replace=Replace.IN_PLACE)


def plan(collection: Collection, live: LiveCollection | None = None, *, tiles: int = 5) -> CollectionChange:
    found = live or make_live_collection()
    resolution = resolve(collection, make_bindings(make_binding()), LiveCollections.index([found]))
    return make_collection_change(collection, resolution, tiles)


@pytest.mark.parametrize(
    ("manifest", "live"),
    [
        pytest.param({}, {}, id="equal"),
        pytest.param({}, {"no_data": 3}, id="noData not mentioned"),
        pytest.param({"no_data": 3}, {"no_data": 3.0}, id="one number, two spellings"),
        pytest.param({"no_data": None}, {}, id="noData null and none live"),
        pytest.param({"bands": None}, {}, id="bands not mentioned"),
        pytest.param({"bands": None}, {"bands": {}}, id="nothing configured"),
        pytest.param({}, {"bands": {"B1": LiveBand("B1", "b-one", 7, 32, "FLOAT", -1)}}, id="defaults filled in"),
        pytest.param(
            {}, {"requires_metadata_update": True, "extent": {"type": "Polygon"}}, id="computed by the service"
        ),
        pytest.param({}, {"storage_identifier": "eodata"}, id="storage not mentioned"),
        pytest.param({"bands": {"B1": Band("B1", "B1", 1, 16, "UINT", None)}}, {}, id="all said"),
        pytest.param({"bands": {"B1": Band("B1", previous_name="R")}}, {}, id="renamed before"),
        pytest.param({"name": "x", "lifecycle": Lifecycle(ignore_changes=frozenset({"name"}))}, {}, id="name ignored"),
        pytest.param(
            {"no_data": 5, "lifecycle": Lifecycle(ignore_changes=frozenset({"noData"}))}, {}, id="noData ignored"
        ),
        pytest.param(
            {"bands": {"X": Band("X")}, "lifecycle": Lifecycle(ignore_changes=frozenset({"bands"}))},
            {},
            id="bands ignored",
        ),
        pytest.param(
            {"s3_bucket": "x", "lifecycle": Lifecycle(ignore_changes=frozenset({"s3Bucket"}))}, {}, id="bucket ignored"
        ),
    ],
)
def test_what_is_no_difference(manifest: dict[str, Any], live: dict[str, Any]) -> None:
    change = plan(make_collection(**manifest), make_live_collection(**live))

    assert (change.action, change.reason, change.fields, change.payload) == (Action.KEEP, Reason.AS_DESIRED, (), None)


@pytest.mark.parametrize(
    ("manifest", "live", "fields"),
    [
        pytest.param({"name": "new"}, {}, {"name": ("byoc-s2", "new")}, id="name"),
        pytest.param({"no_data": 0}, {}, {"noData": (None, 0)}, id="noData set"),
        pytest.param({"no_data": None}, {"no_data": 0}, {"noData": (0, None)}, id="noData cleared"),
        pytest.param({"no_data": 0}, {"no_data": 1}, {"noData": (1, 0)}, id="noData changed"),
        pytest.param({"bands": {"B1": Band("B1", no_data=9)}}, {}, {"bands.B1.noData": (None, 9)}, id="band noData"),
        pytest.param(
            {"bands": {"Red": Band("Red", previous_name="B1")}},
            {},
            {"bands.Red.name": ("B1", "Red")},
            id="band renamed",
        ),
        pytest.param(
            {},
            {"bands": {"B1": B1, "B2": B2}},
            {"bands.B2": ({"source": "B2", "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT", "noData": 0}, None)},
            id="band removed",
        ),
        pytest.param(
            {"bands": {"B1": Band("B1", no_data=9)}},
            {"no_data": 0},
            {"noData": (0, None), "bands.B1.noData": (None, 9)},
            id="noData moves to the bands",
        ),
        pytest.param(
            {"no_data": 5, "bands": None},
            {"bands": {"B2": B2}},
            {"noData": (None, 5), "bands.B2.noData": (0, None)},
            id="noData moves to the collection",
        ),
    ],
)
def test_what_changes_in_place(
    manifest: dict[str, Any], live: dict[str, Any], fields: dict[str, tuple[object, object]]
) -> None:
    change = plan(make_collection(**manifest), make_live_collection(**live))

    assert (change.action, change.reason, change.id, change.blocked) == (Action.UPDATE, Reason.FIELD_CHANGED, ID, "")
    assert {field.path: (field.before, field.after) for field in change.fields} == fields


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        pytest.param({"s3_bucket": "other"}, "s3Bucket", id="bucket"),
        pytest.param(
            {"bands": {"B1": Band("B1"), "B9": Band("B9", bit_depth=8, sample_format="UINT")}}, "bands.B9", id="band"
        ),
        pytest.param({"bands": {"B1": Band("B1", bit_depth=8)}}, "bands.B1.bitDepth", id="bit depth"),
        pytest.param({"bands": {"B1": Band("B1", band_index=2)}}, "bands.B1.bandIndex", id="band index"),
        pytest.param({"bands": {"B1": Band("B1", source="x")}}, "bands.B1.source", id="source"),
        pytest.param({"bands": {"B1": Band("B1", sample_format="INT")}}, "bands.B1.sampleFormat", id="sample format"),
        pytest.param({"bands": {}}, "bands.B1", id="all bands"),
        pytest.param({"storage_identifier": "eodata"}, "storageIdentifier", id="storage"),
    ],
)
def test_what_needs_a_replacement_only_while_there_are_tiles(manifest: dict[str, Any], path: str) -> None:
    collection = make_collection(**manifest)

    denied, allowed = plan(collection), plan(make_collection(**manifest, lifecycle=IN_PLACE))
    empty = plan(collection, tiles=0)

    assert (denied.action, denied.reason) == (Action.REPLACE, Reason.IMMUTABLE_FIELD)
    assert path in denied.blocked
    assert f"byoc-{ID}" in denied.blocked
    assert [field.path for field in denied.fields if field.is_immutable] == [path]
    assert (allowed.action, allowed.blocked) == (Action.REPLACE, "")
    assert (empty.action, empty.blocked) == (Action.UPDATE, "")


def test_a_collection_named_by_its_id_is_never_replaced() -> None:
    change = plan(make_collection(id=ID, s3_bucket="other", lifecycle=IN_PLACE))

    assert "spec.id" in change.blocked


def test_a_collection_to_adopt_is_never_replaced() -> None:
    collection = make_collection(adopt=True, bands={"B1": Band("B1", bit_depth=8)}, lifecycle=IN_PLACE)
    resolution = resolve(collection, make_bindings(), LiveCollections.index([make_live_collection()]))

    change = make_collection_change(collection, resolution, 5)

    assert change.action is Action.REPLACE
    assert "to adopt" in change.blocked


def test_an_adoption_sends_only_what_differs() -> None:
    same, other = make_collection(adopt=True), make_collection(adopt=True, no_data=7)
    resolution = resolve(same, make_bindings(), LiveCollections.index([make_live_collection()]))

    bound, changed = make_collection_change(same, resolution, 5), make_collection_change(other, resolution, 5)

    assert (bound.action, bound.id, bound.payload) == (Action.ADOPT, ID, None)
    assert changed.action is Action.ADOPT
    assert changed.payload is not None
    assert changed.payload.no_data == 7


def test_an_update_sends_all_that_the_manifest_does_not_mention() -> None:
    live = make_live_collection(
        no_data=4, bands={"B1": B1}, storage_identifier="eodata", max_meters_per_pixel_override=500.0
    )

    payload = plan(make_collection(name="new", bands=None), live).payload

    assert payload is not None
    assert (payload.name, payload.s3_bucket, payload.no_data) == ("new", "mosaics", 4)
    assert (payload.bands, payload.storage_identifier) == ({"B1": B1}, "eodata")
    assert payload.max_meters_per_pixel_override == 500.0


def test_a_renamed_band_keeps_all_it_has() -> None:
    live = make_live_collection(bands={"B1": LiveBand("B1", "b-one", 2, 32, "FLOAT", -1)})

    payload = plan(make_collection(bands={"Red": Band("Red", previous_name="B1")}), live).payload

    assert payload is not None
    assert payload.bands == {"Red": LiveBand("Red", "b-one", 2, 32, "FLOAT", -1)}


def test_a_create_sends_defaults() -> None:
    collection = make_collection(bands={"B1": Band("B1", bit_depth=8, sample_format="UINT", no_data=0)})
    resolution = resolve(collection, make_bindings(), LiveCollections.index([]))

    change = make_collection_change(collection, resolution, 0)

    assert (change.action, change.id) == (Action.CREATE, None)
    assert change.payload is not None
    assert change.payload.no_data is None
    assert change.payload.bands == {"B1": LiveBand("B1", "B1", 1, 8, "UINT", 0)}


def test_a_create_without_bands_leaves_them_to_the_first_tile() -> None:
    collection = make_collection(bands=None, no_data=0)

    change = make_collection_change(collection, resolve(collection, make_bindings(), LiveCollections.index([])), 0)

    assert change.payload is not None
    assert (change.payload.bands, change.payload.no_data) == (None, 0)
