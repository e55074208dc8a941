"""JSON to values and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.api.wire_collection import decode_collection, decode_collection_page, encode_collection
from byocplan.api.wire_tile import decode_tile, decode_tile_page, encode_tile, encode_tile_update
from byocplan.errors import AnswerError, ArgumentError
from byocplan.model.band import LiveBand
from byocplan.model.collection import CollectionPayload
from byocplan.model.instant import make_instant
from byocplan.model.tile import TilePayload
from tests.support.api import make_collection, make_tile

if TYPE_CHECKING:
    from collections.abc import Callable

COVER = '{"type":"Polygon", "coordinates":[[[0.10,1e-7],[1,0],[1,1],[0.10,1e-7]]]}'


def envelope(data: object, **more: object) -> bytes:
    return json.dumps({"data": data, **more}).encode()


def test_the_cover_geometry_keeps_its_text_byte_by_byte() -> None:
    body = b'{"data":{"id":"t","path":"p","status":"INGESTED","coverGeometry":' + COVER.encode() + b"}}"

    tile = decode_tile(body)

    assert tile.cover == COVER
    assert COVER.encode() in encode_tile_update(TilePayload("p", cover=tile.cover))


def test_quotes_of_etags_are_stripped_and_files_are_one_sorted_column() -> None:
    files = {"B03": {"headerSize": 1, "etag": '"bb"'}, "B02": {"etag": 'W/"aa"'}, "B04": None, "B05": {"etag": None}}
    data = make_tile(additionalData={"filesMetadata": files, "failedIngestionCause": None})

    tile, page = decode_tile(envelope(data)), decode_tile_page(envelope([data, make_tile(1)])).page

    assert tile.files == {"B02": "aa", "B03": "bb"}
    assert page.files == ["B02=aa\nB03=bb", None]


@pytest.mark.parametrize(
    "text",
    ["2021-06-29T18:02:34", "2021-06-29T18:02:34.000", "2021-06-29T18:02:34.000Z", "2021-06-29T20:02:34.000999+02:00"],
)
def test_each_spelling_of_a_time_is_one_instant(text: str) -> None:
    tile = decode_tile(envelope(make_tile(sensingTime=text)))

    assert tile.sensing_time_ms == make_instant("2021-06-29T18:02:34Z")


def test_a_page_may_mix_spellings_of_times() -> None:
    texts = ["2021-06-29T18:02:34", None, "2021-06-29T20:02:34.000999+02:00", "1950-01-01T00:00:00.999999Z"]
    body = envelope([make_tile(number, sensingTime=text) for number, text in enumerate(texts)])

    page = decode_tile_page(body).page

    moment_ms = make_instant("2021-06-29T18:02:34Z")
    assert page.sensing_times_ms == [moment_ms, None, moment_ms, make_instant("1950-01-01T00:00:00.999Z")]


def test_nulls_and_absent_and_unknown_keys_are_all_fine() -> None:
    nulls = dict.fromkeys(("created", "sensingTime", "ingestionStart", "coverGeometry", "additionalData"))

    assert decode_tile(envelope(make_tile() | nulls | {"otherData": {}})) == decode_tile(envelope(make_tile()))
    page = decode_collection_page(envelope([make_collection(additionalData=None, isConfigured=None)], links=None))
    assert page.collections == (decode_collection(envelope(make_collection(userId="u"))),)


@pytest.mark.parametrize(
    ("decode", "body", "word"),
    [
        (decode_tile, b"", "empty"),
        (decode_tile, b"<html></html>", "web page"),
        (decode_tile, b'{"data":', "no JSON"),
        (decode_tile, b'{"data":{"x":' + b"[" * 200_000, "nested"),
        (decode_tile, b'{"data":{"coverGeometry":{"x":' + b"[" * 200_000, "nested"),
        (decode_collection, b'{"data":{"additionalData":{"extent":{"x":' + b"[" * 200_000, "nested"),
        (decode_tile, b"[]", "got `array`"),
        (decode_tile, b'{"data":null}', "$.data"),
        (decode_tile, envelope({"path": "p", "status": "s"}), "`id`"),
        (decode_tile, envelope(make_tile(path=7)), "$.data.path"),
        (decode_tile, envelope(make_tile(sensingTime=7)), "$.data.sensingTime"),
        (decode_tile, envelope(make_tile(sensingTime="soon")), "$.data.sensingTime"),
        (decode_tile, envelope(make_tile(coverGeometry=[1])), "$.coverGeometry"),
        (decode_tile, envelope(make_tile(additionalData={"filesMetadata": []})), "filesMetadata"),
        (decode_tile_page, envelope({}), "$.data"),
        (decode_tile_page, b'{"links":{}}', "`data`"),
        (decode_tile_page, envelope([], links={"nextToken": 5}), "nextToken"),
        (decode_collection, envelope(make_collection(noData="NaN")), "$.data.noData"),
        (decode_collection, envelope(make_collection(additionalData={"bands": {"B": {"bitDepth": "8"}}})), "bitDepth"),
        (decode_collection, envelope(make_collection(created="x" * 9000)), "is no time"),
        (decode_collection, b'{"data":{"id":"\xff"}}', "no JSON"),
    ],
)
def test_a_wrong_answer_is_named_clearly(decode: Callable[[bytes], object], body: bytes, word: str) -> None:
    with pytest.raises(AnswerError) as caught:
        decode(body)

    assert word in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (CollectionPayload("n", "b"), {"name": "n", "s3Bucket": "b"}),
        (CollectionPayload("n", "b", no_data=0.0), {"name": "n", "s3Bucket": "b", "noData": 0}),
        (CollectionPayload("n", "b", bands={}), {"name": "n", "s3Bucket": "b", "additionalData": {"bands": {}}}),
        (
            CollectionPayload("n", "b", storage_identifier="eodata", max_meters_per_pixel_override=12.5),
            {
                "name": "n",
                "s3Bucket": "b",
                "additionalData": {"storageIdentifier": "eodata", "maxMetersPerPixelOverride": 12.5},
            },
        ),
        (
            CollectionPayload("n", "b", bands={"R": LiveBand("R", "RGB", 2, 16, "UINT", -9999.5), "G": LiveBand("G", "G", 1, None, None, None)}),
            {
                "name": "n",
                "s3Bucket": "b",
                "additionalData": {
                    "bands": {
                        "R": {"source": "RGB", "bandIndex": 2, "bitDepth": 16, "sampleFormat": "UINT", "noData": -9999.5},
                        "G": {"source": "G", "bandIndex": 1},
                    }
                },
            },
        ),
    ],
)  # fmt: skip
def test_a_collection_payload_leaves_out_what_is_none(payload: CollectionPayload, body: dict[str, Any]) -> None:
    assert json.loads(encode_collection(payload)) == body


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_no_data_that_json_cannot_hold_is_not_sent_as_null(number: float) -> None:
    band = LiveBand("R", "R", 1, 8, "UINT", number)

    with pytest.raises(ArgumentError):
        encode_collection(CollectionPayload("n", "b", no_data=number))
    with pytest.raises(ArgumentError):
        encode_collection(CollectionPayload("n", "b", bands={"R": band}))


def test_a_created_tile_sends_only_what_is_known_an_updated_one_always_its_time() -> None:
    bare, full = TilePayload("p/(BAND).tif"), TilePayload("p/(BAND).tif", make_instant("2019-11-27"), COVER)

    assert json.loads(encode_tile(bare)) == {"path": "p/(BAND).tif"}
    assert json.loads(encode_tile_update(bare)) == {"sensingTime": None}
    with_cover = {"sensingTime": "2019-11-27T00:00:00Z", "coverGeometry": json.loads(COVER)}
    assert json.loads(encode_tile(full)) == {"path": "p/(BAND).tif", **with_cover}
    assert json.loads(encode_tile_update(full)) == with_cover


@pytest.mark.parametrize("cover", ['{},"path":"elsewhere"', "[]", "{", '{"a":NaN}', ""])
def test_a_cover_that_is_no_json_object_cannot_slip_into_a_body(cover: str) -> None:
    with pytest.raises(ArgumentError):
        encode_tile(TilePayload("p", cover=cover))
