"""Synthetic tiles over HTTP: whole lists in every order, in agreement with the documented formula."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from byocplan.emulator.store.synthetic import MANY
from byocplan.emulator.synthetic import make_etag, make_id, make_path, make_place_box, make_sensing_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.emulator import Emulator
    from tests.support.service import Service

SOURCES = ("B01", "B02", "B03", "B04", "B08", "B11", "B12")
BANDS = {source: {"bitDepth": 16, "sampleFormat": "UINT"} for source in SOURCES}


def seed(service: Service, count: int, **fields: Any) -> str:
    document = {"name": "s", "s3Bucket": "seeds", "additionalData": {"bands": BANDS}, "synthetic": count} | fields
    (answer,) = service.admin("POST", "/seed", {"collections": [document]})["collections"]
    assert answer["tiles"] == count
    return str(answer["id"])


def iter_tiles(service: Service, collection: str, query: str = "") -> Iterator[dict[str, Any]]:
    url = f"{service.base}{service.prefix}/collections/{collection}/tiles?{query}"
    while url:
        page = service.session.get(url, timeout=10).json()
        yield from page["data"]
        url = page["links"].get("next", "")


def test_every_order_pages_through_all_tiles_once(service: Service) -> None:
    collection = seed(service, 1234)

    oldest = [tile["path"] for tile in iter_tiles(service, collection)]
    newest = [tile["path"] for tile in iter_tiles(service, collection, "sort=created%3Adesc")]
    by_path = [tile["path"] for tile in iter_tiles(service, collection, "sort=path%3Aasc&count=99")]
    ingested = [tile["path"] for tile in iter_tiles(service, collection, "status=INGESTED&count=7")]

    assert oldest == [make_path(number) for number in range(1234)]
    assert newest == oldest[::-1]
    assert by_path == oldest
    assert ingested == oldest


def test_lists_by_id_come_in_random_order_and_go_back(service: Service) -> None:
    collection = seed(service, 250)
    service.admin("POST", "/faults", {"faults": "GET */tiles order=uuid"})

    tiles = list(iter_tiles(service, collection))
    first = service.call("GET", f"/collections/{collection}/tiles").json()
    second = service.session.get(first["links"]["next"], timeout=5).json()
    third = service.session.get(second["links"]["next"], timeout=5).json()
    back = service.session.get(third["links"]["previous"], timeout=5).json()

    ids = [tile["id"] for tile in tiles]
    assert ids == sorted(str(UUID(bytes=make_id(collection, number))) for number in range(250))
    assert [tile["path"] for tile in tiles] != sorted(tile["path"] for tile in tiles)
    assert back["data"] == second["data"]


def test_a_tile_is_what_the_formula_says(service: Service) -> None:
    collection = seed(service, 700)

    tile = list(iter_tiles(service, collection))[628]

    epsg, (west, south, east, north) = make_place_box(28)
    assert tile["id"] == str(UUID(bytes=make_id(collection, 628)))
    assert (tile["path"], tile["sensingTime"]) == (make_path(628), make_sensing_time(628))
    assert tile["path"] == "2015/07/02/03W/(BAND).tif"
    assert tile["tileGeometry"]["crs"]["properties"]["name"] == f"urn:ogc:def:crs:EPSG::{epsg}"
    ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    assert tile["tileGeometry"]["coordinates"] == [ring]
    assert tile["coverGeometry"]["coordinates"][0][0] == pytest.approx([west, south], abs=1e-5)
    assert tile["coverGeometry"]["coordinates"][0][0] != [west, south]
    assert tile["additionalData"]["filesMetadata"] == {
        source: {"headerSize": 1328, "etag": make_etag(tile["path"], source)} for source in SOURCES
    }


def test_a_tile_is_as_large_as_a_real_one(service: Service) -> None:
    collection = seed(service, 1)

    (tile,) = iter_tiles(service, collection)

    assert 1200 < len(json.dumps(tile, separators=(",", ":"))) < 1600


def test_a_source_with_odd_letters_keeps_its_name(service: Service) -> None:
    odd = 'a "%s" \\ \u0001 é'
    collection = seed(service, 1, additionalData={"bands": {"X": {"bitDepth": 16, "source": odd}}})

    (tile,) = iter_tiles(service, collection)

    assert tile["additionalData"]["filesMetadata"] == {odd: {"headerSize": 1328, "etag": make_etag(make_path(0), odd)}}


def test_a_later_seed_goes_on_with_the_next_number(service: Service) -> None:
    collection = seed(service, 601)
    seed(service, 2, id=collection)

    paths = [tile["path"] for tile in iter_tiles(service, collection)]

    assert paths == [make_path(number) for number in range(603)]


def test_many_tiles_have_all_indexes_again_and_refuse_a_known_path(service: Service, emulator: Emulator) -> None:
    collection = seed(service, MANY)
    assert emulator.state is not None

    indexes = emulator.state.database.read_all("SELECT count(*) FROM sqlite_master WHERE name GLOB 'tile_*'")
    known = service.call("POST", f"/collections/{collection}/tiles", {"path": make_path(MANY - 1)})
    found = list(iter_tiles(service, collection, f"path={make_path(MANY - 1)}"))
    failed = list(iter_tiles(service, collection, "status=FAILED"))

    assert indexes == [(9,)]
    assert known.status_code == 409
    assert [tile["sensingTime"] for tile in found] == [make_sensing_time(MANY - 1)]
    assert failed == []


def test_metadata_follow_the_first_and_last_tile(service: Service) -> None:
    collection = seed(service, 1201)
    tiles = list(iter_tiles(service, collection))
    before = service.get_collection(collection)["additionalData"]

    service.call("DELETE", f"/collections/{collection}/tiles/{tiles[-1]['id']}")
    after = service.get_collection(collection)["additionalData"]

    assert (before["fromSensingTime"], before["toSensingTime"]) == ("2015-07-01T00:00:00Z", "2015-07-03T00:00:00Z")
    assert after["toSensingTime"] == "2015-07-02T00:00:00Z"
    assert before["hasSensingTimes"] == "YES"
    assert before["maxMetersPerPixel"] == 800.0
    assert after["extent"] == before["extent"]
    longitudes = [point[0] for point in before["extent"]["coordinates"][0]]
    assert -180 < min(longitudes) < -177
    assert 177 < max(longitudes) < 180


def test_the_log_tells_how_many_requests_it_forgot(service: Service) -> None:
    service.admin("DELETE", "/requests")
    service.call("GET", "/collections")

    log = service.admin("GET", "/requests")

    assert (len(log["requests"]), log["forgotten"]) == (1, 0)
