"""Judging a change at write time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from byocplan.applier.judge import judge_collection, judge_delete, judge_found, judge_reingest, judge_update
from byocplan.applier.result import Result, Verdict
from byocplan.model.band import LiveBand
from byocplan.model.change import Action, CollectionChange, FieldChange, Precondition, TileAction
from byocplan.model.collection import CollectionPayload, LiveCollection
from byocplan.model.tile import LiveTile, TilePayload, encode_files, make_digest
from tests.support.memory_tiles import DAY_MS, make_change, make_create, make_part

COVER = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'
OTHER = '{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}'
NOISY = '{"type":"Polygon","coordinates":[[[0,0.00000000001],[1,0],[1,1],[0,0.00000000001]]]}'
MANY = json.dumps({"type": "Polygon", "coordinates": [[[number / 200, 0] for number in range(100)] + [[0, 1], [0, 0]]]})
LIVE = LiveTile("id-1", "tile-1/(BAND).tif", "INGESTED", DAY_MS, COVER)


def verdict(judged: object) -> Verdict | None:
    return judged.verdict if isinstance(judged, Result) else None


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ({"sensing_time_ms": 5, "sensing_managed": True}, TilePayload(LIVE.path, 5, COVER)),
        ({"sensing_time_ms": None, "sensing_managed": True}, TilePayload(LIVE.path, None, COVER)),
        ({"cover": OTHER, "cover_managed": True}, TilePayload(LIVE.path, DAY_MS, OTHER)),
        ({"cover": OTHER, "cover_managed": True, "sensing_time_ms": 5}, TilePayload(LIVE.path, DAY_MS, OTHER)),
    ],
)
def test_an_update_sends_the_wanted_and_keeps_the_rest(wanted: dict[str, Any], sent: TilePayload) -> None:
    assert judge_update(make_change(TileAction.UPDATE, "id-1", **wanted), LIVE) == sent


@pytest.mark.parametrize(
    "wanted",
    [
        {"sensing_time_ms": DAY_MS, "sensing_managed": True},
        {"sensing_time_ms": 5},
        {"cover": NOISY, "cover_managed": True},
        {"cover": OTHER},
    ],
)
def test_an_update_that_is_live_already_is_satisfied(wanted: dict[str, Any]) -> None:
    assert verdict(judge_update(make_change(TileAction.UPDATE, "id-1", **wanted), LIVE)) is Verdict.SATISFIED


def test_an_update_of_a_tile_that_is_gone_is_a_conflict() -> None:
    assert verdict(judge_update(make_change(TileAction.UPDATE, "id-1"), None)) is Verdict.CONFLICT


def test_a_live_cover_of_many_points_is_not_sent_back() -> None:
    live = replace(LIVE, cover=MANY)
    change = make_change(TileAction.UPDATE, "id-1", sensing_time_ms=5, sensing_managed=True)

    refused = judge_update(change, live)

    assert isinstance(refused, Result)
    assert refused.verdict is Verdict.FAILED
    assert "set coverGeometry" in refused.text
    managed = replace(change, cover=OTHER, cover_managed=True)
    assert judge_update(managed, live) == TilePayload(LIVE.path, 5, OTHER)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("WAITING", Verdict.SATISFIED), ("INGESTING", Verdict.SATISFIED), ("INGESTED", None), ("FAILED", None)],
)
def test_a_tile_is_not_reingested_while_it_is_ingested(status: str, expected: Verdict | None) -> None:
    assert verdict(judge_reingest(make_change(TileAction.REINGEST, LIVE.id), replace(LIVE, status=status))) is expected


BEFORE = Precondition(DAY_MS, make_digest(COVER), make_digest(encode_files({"B02": "e1"})), 1000)
SEEN = replace(LIVE, files={"B02": "e1"}, ingestion_start_ms=1000)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"sensing_time_ms": 5}, "sensing time"),
        ({"cover": OTHER}, "cover geometry"),
        ({"cover": None}, "cover geometry"),
        ({"files": {"B02": "e2"}}, "files"),
        ({"files": {}}, "files"),
        ({"ingestion_start_ms": 1001}, "ingestion"),
        ({"status": "WAITING"}, "ingestion"),
        ({"sensing_time_ms": 5, "cover": OTHER}, "sensing time, cover geometry"),
    ],
)
def test_only_the_tile_that_the_plan_saw_is_deleted(changes: dict[str, Any], told: str | None) -> None:
    change = make_change(TileAction.DELETE, LIVE.id, before=BEFORE)

    judged = judge_delete(change, replace(SEEN, **changes))

    assert verdict(judged) is (None if told is None else Verdict.CONFLICT)
    assert judged is None or f"({told})" in judged.text
    assert judge_delete(replace(change, before=None), replace(SEEN, **changes)) is None


def test_a_tile_that_is_gone_needs_no_delete() -> None:
    assert verdict(judge_delete(make_change(TileAction.DELETE, LIVE.id, before=BEFORE), None)) is Verdict.SATISFIED


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        ({}, None),
        ({"sensing_time_ms": 5}, Verdict.SATISFIED),
        ({"sensing_time_ms": 7}, Verdict.CONFLICT),
        ({"sensing_time_ms": None}, Verdict.CONFLICT),
        ({"cover": OTHER}, None),
        ({"files": {}, "ingestion_start_ms": 9}, None),
    ],
)
def test_an_update_overwrites_only_what_the_plan_saw(live: dict[str, Any], expected: Verdict | None) -> None:
    wanted: dict[str, Any] = {"sensing_time_ms": 5, "sensing_managed": True}

    judged = judge_update(make_change(TileAction.UPDATE, LIVE.id, before=BEFORE, **wanted), replace(SEEN, **live))

    assert verdict(judged) is expected


def test_an_update_that_somebody_carried_out_in_part_is_finished() -> None:
    wanted: dict[str, Any] = {"sensing_time_ms": 5, "sensing_managed": True, "cover": OTHER, "cover_managed": True}
    change = make_change(TileAction.UPDATE, LIVE.id, before=BEFORE, **wanted)

    assert judge_update(change, replace(SEEN, cover=OTHER)) == TilePayload(LIVE.path, 5, OTHER)


@pytest.mark.parametrize(
    ("live", "expected"),
    [({}, None), ({"ingestion_start_ms": 2000}, Verdict.SATISFIED), ({"sensing_time_ms": 5}, None)],
)
def test_a_reingest_that_was_done_is_satisfied(live: dict[str, Any], expected: Verdict | None) -> None:
    change = make_change(TileAction.REINGEST, LIVE.id, before=BEFORE)

    assert verdict(judge_reingest(change, replace(SEEN, **live))) is expected


@pytest.mark.parametrize(
    ("sensing_time_ms", "is_ours", "expected"),
    [
        (DAY_MS, True, Verdict.APPLIED),
        (DAY_MS, False, Verdict.SATISFIED),
        (0, True, Verdict.CONFLICT),
        (None, False, Verdict.CONFLICT),
    ],
)
def test_a_path_that_is_live_is_judged_by_its_sensing_time(
    sensing_time_ms: int | None, is_ours: bool, expected: Verdict
) -> None:
    found = replace(LIVE, sensing_time_ms=sensing_time_ms)

    assert judge_found(make_create(), found, is_ours=is_ours).verdict is expected


def make_collection_change(payload: CollectionPayload, *fields: FieldChange) -> CollectionChange:
    return replace(make_part(Action.UPDATE, live_id="id-1").change, payload=payload, fields=fields)


BANDS = {"B02": LiveBand("B02", "B02", 1, 16, "UINT", None)}
S2 = LiveCollection("id-1", "s2", "mosaics", no_data=0, bands=BANDS)


def test_a_rename_keeps_what_is_live_now_rather_than_at_the_plan() -> None:
    change = make_collection_change(CollectionPayload("new", "mosaics"), FieldChange("name", "s2", "new"))

    live = replace(S2, no_data=9, max_meters_per_pixel_override=240.0)
    assert judge_collection(change, live) == CollectionPayload(
        "new", "mosaics", 9, BANDS, max_meters_per_pixel_override=240.0
    )


def test_a_field_that_somebody_else_changed_meanwhile_is_a_conflict() -> None:
    change = make_collection_change(CollectionPayload("new", "mosaics"), FieldChange("name", "s2", "new"))

    assert verdict(judge_collection(change, replace(S2, name="theirs"))) is Verdict.CONFLICT


@pytest.mark.parametrize("bands", [None, BANDS])
def test_a_collection_that_is_as_wanted_already_is_satisfied(bands: dict[str, LiveBand] | None) -> None:
    change = make_collection_change(CollectionPayload("s2", "mosaics", 0, bands), FieldChange("name", "old", "s2"))

    assert verdict(judge_collection(change, S2)) is Verdict.SATISFIED


def test_a_payload_without_a_difference_is_not_sent() -> None:
    change = make_collection_change(CollectionPayload("s2", "mosaics"))

    assert verdict(judge_collection(change, S2)) is Verdict.SATISFIED


def test_changed_bands_are_sent_whole() -> None:
    bands = {"Blue": BANDS["B02"]}
    payload = CollectionPayload("s2", "mosaics", 0, bands)

    assert judge_collection(make_collection_change(payload, FieldChange("bands.Blue", None, {})), S2) == payload
