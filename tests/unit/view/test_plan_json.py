"""Plans as JSON: the published schema, Terraform's words, before and after."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from byocplan.model.change import (
    Action,
    CollectionChange,
    FieldChange,
    Origin,
    Reason,
    SetChange,
    TileAction,
    TileSample,
)
from byocplan.model.plan import CollectionPlan, Diagnostic, Estimate, Plan
from byocplan.model.rail import Rail, Rule
from byocplan.schemafiles import read_schema_file
from byocplan.view.plan_json import render_plan_json
from tests.support.plans import (
    ID,
    make_change,
    make_keep,
    make_part,
    make_payload,
    make_plan,
    make_rail,
    make_retimed,
    make_sample,
    make_set,
)

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
COUNTS = st.integers(0, 10**9)
COUNTED = st.dictionaries(TEXTS, COUNTS, max_size=3)
ADDRESSES = st.from_regex(r"collection/[a-z0-9-]{1,9}", fullmatch=True)
VALUES = st.none() | st.booleans() | st.floats() | st.integers() | TEXTS | st.dictionaries(TEXTS, TEXTS, max_size=2)
PATHS = st.sampled_from(["noData", "name", "s3Bucket", "bands", "bands.Red", "bands.B.1.noData", "bands.Red.bitDepth"])
FIELDS = st.builds(FieldChange, PATHS, VALUES, VALUES, st.booleans())
TIMES = st.none() | st.integers(-(10**12), 10**13)
SAMPLES = st.builds(TileSample, TEXTS, TIMES, TEXTS | st.sampled_from(Reason), TIMES)
SETS = st.builds(
    SetChange,
    st.sampled_from(TileAction),
    COUNTS,
    st.dictionaries(st.sampled_from(["prefix", "month"]), COUNTED),
    COUNTED,
    st.lists(SAMPLES, max_size=2).map(tuple),
    TEXTS,
)
CHANGES = st.builds(
    CollectionChange,
    ADDRESSES,
    st.sampled_from(Action),
    st.sampled_from(Reason),
    TEXTS,
    TEXTS,
    st.sampled_from(Origin),
    st.none() | TEXTS,
    st.lists(FIELDS, max_size=3).map(tuple),
    st.none() | st.builds(make_payload, TEXTS, st.none() | st.lists(TEXTS, max_size=2)),
    TEXTS,
)
PARTS = st.builds(CollectionPlan, CHANGES, st.lists(SETS, max_size=3).map(tuple), COUNTS, COUNTS, COUNTED, COUNTED)
RAILS = st.builds(
    Rail, st.sampled_from(Rule), ADDRESSES, COUNTS, st.floats(), st.floats(), TEXTS, TEXTS, st.booleans(), TEXTS, TEXTS
)
NOTES = st.builds(Diagnostic, st.sampled_from(["warning", "error"]), TEXTS, st.none() | ADDRESSES)
PLANS = st.builds(
    Plan,
    TEXTS,
    TEXTS,
    st.lists(PARTS, max_size=3).map(tuple),
    st.lists(RAILS, max_size=2).map(tuple),
    st.lists(NOTES, max_size=2).map(tuple),
    st.booleans(),
    TEXTS,
    TEXTS,
    st.builds(Estimate, COUNTS, COUNTS, st.none() | st.floats(0, 6000, allow_nan=False)),
)


def refuse_constant(name: str) -> None:
    """Fail on NaN and infinity, which are no JSON."""
    raise AssertionError(name)


def read_plan(plan: Plan) -> Any:
    """Render a plan and read it back, as strictly as any reader would."""
    return json.loads(render_plan_json(plan), parse_constant=refuse_constant)


def read_change(change: CollectionChange) -> Any:
    """Return the entry of a plan of that one change."""
    return read_plan(make_plan(make_part(change)))["resource_changes"][0]


def assert_keys_are_declared(document: Any, schema: Any, definitions: Any) -> None:
    """Every key of an object whose schema lists properties must be among them, all the way down."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(document, dict) and "properties" in schema:
        for key, value in document.items():
            if "additionalProperties" not in schema:
                assert key in schema["properties"]
            assert_keys_are_declared(value, schema["properties"].get(key, {}), definitions)
    if isinstance(document, list):
        for item in document:
            assert_keys_are_declared(item, schema.get("items", {}), definitions)


def test_the_schema_is_a_valid_draft_07_schema() -> None:
    Draft7Validator.check_schema(read_schema_file("plan"))


@settings(max_examples=60, deadline=None)
@given(PLANS)
def test_every_plan_keeps_to_the_published_schema_in_ascii(plan: Plan) -> None:
    text = render_plan_json(plan)
    document = json.loads(text, parse_constant=refuse_constant)

    Draft7Validator(read_schema_file("plan")).validate(document)
    assert text.isascii()


def test_every_key_of_a_plan_is_described_by_the_schema() -> None:
    tiles = make_set(TileAction.UPDATE, 1, samples=[make_retimed()])
    part = make_part(make_change(fields=[FieldChange("noData", None, 0)]), tiles, live=1)
    plan = make_plan(part, rails=[make_rail()], notes=[Diagnostic("warning", "x")])
    schema = read_schema_file("plan")

    assert_keys_are_declared(read_plan(plan), schema, schema["definitions"])


def test_samples_of_updates_have_the_time_before_where_it_differs() -> None:
    samples = [make_retimed(), make_retimed(None), make_sample("b", Reason.COVER_GEOMETRY)]
    document = read_plan(make_plan(make_part(make_change(), make_set(TileAction.UPDATE, 3, samples=samples), live=3)))

    path, after = "2019/11/27/28V/(BAND).tif", "2019-11-27T00:00:00Z"
    assert document["set_changes"][0]["samples"] == [
        {"path": path, "sensingTime": after, "liveSensingTime": "2020-01-01T00:00:00Z", "reason": "sensing-time"},
        {"path": path, "sensingTime": after, "liveSensingTime": None, "reason": "sensing-time"},
        {"path": "b", "sensingTime": after, "reason": "cover-geometry"},
    ]


def test_keys_come_in_the_published_order() -> None:
    assert list(read_plan(make_plan())) == read_schema_file("plan")["required"]


@pytest.mark.parametrize(
    ("action", "words", "reason"),
    [
        (Action.CREATE, ["create"], "field-changed"),
        (Action.UPDATE, ["update"], "field-changed"),
        (Action.REPLACE, ["delete", "create"], "field-changed"),
        (Action.ADOPT, ["no-op"], "adopt"),
        (Action.DELETE, ["delete"], "field-changed"),
        (Action.FORGET, ["forget"], "field-changed"),
        (Action.KEEP, ["no-op"], "field-changed"),
    ],
)
def test_actions_stand_in_terraforms_words(action: Action, words: list[str], reason: str) -> None:
    entry = read_change(make_change(action))

    assert entry["change"]["actions"] == words
    assert entry["action_reason"] == reason


def test_an_adopted_collection_that_also_changes_is_an_update() -> None:
    entry = read_change(make_change(Action.ADOPT, fields=[FieldChange("noData", None, 0)]))

    assert entry["change"]["actions"] == ["update"]
    assert entry["action_reason"] == "adopt"


def test_a_create_has_no_before_and_its_bands_are_unknown_until_ingestion() -> None:
    change = read_change(make_change(Action.CREATE, payload=make_payload(bands=None)))["change"]

    assert change["before"] is None
    assert change["after"] == {"name": "byoc-s2", "s3Bucket": "mosaics", "noData": None}
    assert change["after_unknown"] == {"id": True, "bands": True}


def test_a_create_with_bands_leaves_only_its_id_unknown() -> None:
    change = read_change(make_change(Action.CREATE, payload=make_payload()))["change"]

    assert list(change["after"]["bands"]) == ["B02", "B03"]
    assert change["after_unknown"] == {"id": True}


def test_before_and_after_differ_in_the_changed_fields_alone() -> None:
    fields = [FieldChange("noData", None, 0), FieldChange("bands.B02.noData", 1, None)]
    change = read_change(make_change(fields=fields, payload=make_payload()))["change"]

    before, after = change["before"], change["after"]
    assert (before["noData"], after["noData"]) == (None, 0)
    assert (before["bands"]["B02"].pop("noData"), after["bands"]["B02"].pop("noData")) == (1, None)
    assert before | {"noData": 0} == after
    assert after["id"] == ID


def test_a_band_that_comes_is_absent_before() -> None:
    added = FieldChange("bands.B03", None, {"source": "B03"})
    change = read_change(make_change(fields=[added], payload=make_payload()))["change"]

    assert list(change["before"]["bands"]) == ["B02"]
    assert list(change["after"]["bands"]) == ["B02", "B03"]


def test_a_dot_in_a_bands_name_does_not_split_it() -> None:
    change = read_change(make_change(fields=[FieldChange("bands.B.1.noData", 1, 2, is_immutable=True)]))["change"]

    assert change["after"]["bands"] == {"B.1": {"noData": 2}}
    assert change["replace_paths"] == [["bands", "B.1", "noData"]]


def test_a_delete_has_no_after() -> None:
    change = read_change(make_change(Action.DELETE))["change"]

    assert change["before"] == {"id": ID, "name": "byoc-s2", "s3Bucket": "mosaics"}
    assert change["after"] is None


def test_the_summary_counts_collections_and_tiles() -> None:
    part = make_part(make_change(), make_set(TileAction.CREATE, 12480), make_set(TileAction.FAILED, 214))

    document = read_plan(make_plan(part, make_keep("b", 300)))

    assert document["summary"]["collections"] == {
        "create": 0, "update": 1, "replace": 0, "adopt": 0, "delete": 0, "forget": 0, "keep": 1
    }  # fmt: skip
    assert document["summary"]["tiles"]["create"] == 12480
    assert document["summary"]["tiles"]["failed"] == 214
    assert document["summary"]["tiles"]["keep"] == 300
    assert [entry["address"] for entry in document["set_changes"]][-1] == "collection/b/tiles"


def test_moves_are_counted_beside_what_they_are() -> None:
    sets = (make_set(TileAction.CREATE, 3), make_set(TileAction.DELETE, 2))
    part = replace(make_part(make_change(), *sets), moves=2)

    document = read_plan(make_plan(part, make_keep("b", 300)))

    assert document["summary"]["moves"] == 2
    assert [change["moves"] for change in document["resource_changes"]] == [2, 0]
    assert (document["summary"]["tiles"]["create"], document["summary"]["tiles"]["delete"]) == (3, 2)


def test_a_tripped_rail_makes_the_plan_not_applyable() -> None:
    document = read_plan(make_plan(make_keep(), rails=[make_rail(ack="deletes@collection/s2=4170")]))

    assert document["applyable"] is False
    assert document["rails"][0]["ack"] == "deletes@collection/s2=4170"


def test_the_estimate_gives_minutes_where_a_rate_is_known() -> None:
    known = read_plan(make_plan(estimate=Estimate(12634, 12050, 600)))["estimate"]
    unknown = read_plan(make_plan(estimate=Estimate(1, 1)))["estimate"]

    assert known == {"writes": 12634, "reads": 12050, "minutes": 41.1, "requests_per_minute": 600}
    assert unknown["minutes"] is None
