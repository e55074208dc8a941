"""The JSON of tiles that share little with others, written out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from byocplan.emulator.service.tile_json import encode_tile
from byocplan.emulator.store.tiles import TileRow
from byocplan.emulator.synthetic import make_etag

ID = bytes.fromhex("00112233445546678899aabbccddeeff")
BARE = TileRow(1, 1, ID, "a/b", "INGESTED", 1_679_000_182_000_007, 1_679_000_182_000_007)
PLACED = {"epsg": 32633, "west": 1.0, "south": 2.0, "east": 3.0, "north": 4.5, "min_mpp": 10.0, "max_mpp": 160.0}
COVER = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'
RING = [[1.0, 4.5], [3.0, 4.5], [3.0, 2.0], [1.0, 2.0], [1.0, 4.5]]
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}


def show(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(encode_tile(BARE._replace(**changes)))
    return document


def test_a_tile_of_which_nothing_is_known_has_no_more_than_its_times() -> None:
    assert encode_tile(BARE._replace(status="WAITING", started_us=7)) == (
        '{"id":"00112233-4455-4667-8899-aabbccddeeff","created":"2023-03-16T20:56:22.000007Z",'
        '"ingestionStart":"1970-01-01T00:00:00.000007Z","sensingTime":null,"path":"a/b","status":"WAITING"}'
    )


@pytest.mark.parametrize("path", ["\x01", "a\x01\x02/b", '"\\', "é/\u2028", "%s{}"])
@pytest.mark.parametrize("files", [None, '{"B1": {"etag": "x"}}', "synthetic:B1,B2"])
def test_any_path_is_shown_as_it_is(path: str, files: str | None) -> None:
    document = show(path=path, files=files, cover=COVER, **PLACED)

    assert document["path"] == path
    assert document["coverGeometry"] == json.loads(COVER)
    assert document["tileGeometry"] == {"type": "Polygon", "crs": CRS, "coordinates": [RING]}


def test_files_and_covers_are_each_tiles_own_where_all_else_is_shared() -> None:
    files = [{name: {"etag": f'"{name}"'}} for name in ("B1", "B2")]

    read = [show(files=json.dumps(each), **PLACED)["additionalData"]["filesMetadata"] for each in files]
    made = [show(path=path, files="synthetic:B1,B2")["additionalData"]["filesMetadata"] for path in ("one", "two")]
    covers = [show(cover=cover, **PLACED)["coverGeometry"] for cover in (COVER, COVER.replace("1", "2"), None)]

    assert read == files
    assert [{source: each["etag"] for source, each in one.items()} for one in made] == [
        {source: make_etag(path, source) for source in ("B1", "B2")} for path in ("one", "two")
    ]
    assert covers[:2] == [json.loads(COVER), json.loads(COVER.replace("1", "2"))]
    assert covers[2]["coordinates"] != RING


def test_a_failed_tile_shows_its_cause_and_where_it_was() -> None:
    document = show(status="FAILED", cause='no "x"\x01', files="synthetic:B1", **PLACED)

    assert document["additionalData"] == {"failedIngestionCause": 'no "x"\x01'}
    assert document["tileGeometry"]["coordinates"] == [RING]


def test_no_files_are_no_data_but_points_and_resolutions_are() -> None:
    assert "additionalData" not in show()
    assert show(**PLACED)["additionalData"] == {
        "hasAddedPoints": True, "minMetersPerPixel": 10.0, "maxMetersPerPixel": 160.0,
    }  # fmt: skip


@pytest.mark.parametrize("side", ["west", "south", "east", "north"])
def test_an_edge_at_zero_stays_there(side: str) -> None:
    box = {"west": -1.0, "south": -2.0, "east": 3.0, "north": 4.5, side: 0.0}

    document = show(**{**PLACED, **box})

    west, south, east, north = (box[each] for each in ("west", "south", "east", "north"))
    ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    assert document["tileGeometry"]["coordinates"] == [ring]
