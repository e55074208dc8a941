"""The recorded answers of the live service decode, and what byocplan owns of them goes back unchanged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.api.wire_collection import decode_collection, encode_collection
from byocplan.api.wire_tile import decode_tile, decode_tile_page, encode_tile, encode_tile_update
from byocplan.model.collection import CollectionPayload, LiveCollection
from byocplan.model.instant import decode_instant
from byocplan.model.tile import TilePayload

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fixtures(test_data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((test_data / "byoc_recorded/test_byoc_fixtures.json").read_text())
    return loaded


@pytest.fixture
def records(test_data: Path) -> list[Any]:
    loaded = json.loads((test_data / "byoc_recorded/notebook_outputs.json").read_text())["records"]
    return [record["value"] for record in loaded if isinstance(record["value"], dict)]


def envelope(data: object) -> bytes:
    return json.dumps({"data": data}).encode()


def make_payload(live: LiveCollection) -> CollectionPayload:
    return CollectionPayload(
        live.name, live.s3_bucket, live.no_data, live.bands, live.storage_identifier, live.max_meters_per_pixel_override
    )


def test_the_recorded_collection_round_trips(fixtures: dict[str, Any]) -> None:
    recorded = fixtures["collection"]

    live = decode_collection(envelope(recorded))

    assert live.created_ms == decode_instant(recorded["created"])
    assert live.extent == recorded["additionalData"]["extent"]
    assert json.loads(encode_collection(make_payload(live))) == {
        "name": recorded["name"],
        "s3Bucket": recorded["s3Bucket"],
        "additionalData": {"bands": recorded["additionalData"]["bands"]},
    }


def test_recorded_band_configurations_round_trip(records: list[Any]) -> None:
    configurations = [record for record in records if "bands" in record]

    for recorded in configurations:
        data = {"id": "c", "name": "n", "s3Bucket": "b", "additionalData": recorded}
        sent = json.loads(encode_collection(make_payload(decode_collection(envelope(data)))))
        assert sent["additionalData"] == recorded
    assert len(configurations) == 3


def test_recorded_tiles_round_trip(fixtures: dict[str, Any], records: list[Any]) -> None:
    tiles = [fixtures["tile"], *(record for record in records if "status" in record)]

    for recorded in tiles:
        live = decode_tile(envelope(recorded))
        payload = TilePayload(live.path, live.sensing_time_ms, live.cover)
        owned = {key: recorded[key] for key in ("path", "sensingTime", "coverGeometry") if recorded.get(key)}
        assert json.loads(encode_tile(payload)) == owned
        assert json.loads(encode_tile_update(payload)) == {"sensingTime": None} | {
            key: value for key, value in owned.items() if key != "path"
        }
        assert (live.id, live.status) == (recorded["id"], recorded["status"])
    assert len(tiles) == 6


def test_the_recorded_page_and_its_tiles_agree(fixtures: dict[str, Any], records: list[Any]) -> None:
    tiles = [fixtures["tile"], *(record for record in records if "status" in record)]

    page = decode_tile_page(json.dumps({"data": tiles, "links": {}}).encode()).page

    singles = [decode_tile(envelope(tile)) for tile in tiles]
    assert page.ids == [tile.id for tile in singles]
    assert page.covers == [tile.cover for tile in singles]
    assert page.sensing_times_ms == [tile.sensing_time_ms for tile in singles]
    assert page.created_ms == [tile.created_ms for tile in singles]


def test_the_recorded_etags_come_without_their_quotes(records: list[Any]) -> None:
    (ingested,) = (record for record in records if "filesMetadata" in record.get("additionalData", {}))

    tile = decode_tile(envelope(ingested))

    assert tile.files["B02"] == "838a04acfa29e10b3b0a972f9ff2f658"
    assert len(tile.files) == 7
