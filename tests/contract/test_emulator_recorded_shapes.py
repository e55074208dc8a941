"""The emulator's answers have the shape of recorded ones: the same keys in the same order, the same formats."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.support.cogs import make_cog

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.emulator import Emulator
    from tests.support.service import Service

MICROSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SOURCES = ("B02", "B03", "B04", "B08", "B11", "B12", "dataMask")


def read_record(folder: Path, cell: int) -> Any:
    records = json.loads((folder / "byoc_recorded/notebook_outputs.json").read_text())["records"]
    return next(each["value"] for each in records if each["cell"] == cell)


def make_shape(value: Any) -> Any:
    """Return a value with every leaf replaced by its kind, lists by their first item's shape, keys in order."""
    if isinstance(value, dict):
        return [(key, make_shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [make_shape(value[0])] if value else []
    return type(value).__name__


def put_mosaic(emulator: Emulator) -> None:
    sizes = {"epsg": 32628, "origin": (300000.0, 7100040.0), "size": (2501, 1668), "dtype": "uint8"}
    pixels = make_cog(**sizes, blocksize=512)
    emulator.put_objects("recorded", [(f"2019/11/27/28V/{source}.tif", pixels) for source in SOURCES])


def test_a_created_tile_has_the_recorded_shape(service: Service, test_data: Path) -> None:
    collection = service.create_collection("nothing-there")
    payload = {"path": "2019/11/27/28V/(BAND).tif", "sensingTime": "2019-11-27T00:00:00Z"}

    created = service.call("POST", f"/collections/{collection}/tiles", payload).json()["data"]

    recorded = read_record(test_data, 50)
    assert make_shape(created) == make_shape(recorded)
    assert created | {"id": "", "created": "", "ingestionStart": ""} == recorded | {
        "id": "",
        "created": "",
        "ingestionStart": "",
    }
    assert UUID.fullmatch(created["id"])
    assert MICROSECONDS.fullmatch(created["created"])
    assert created["created"] == created["ingestionStart"]


def test_an_ingested_tile_has_the_recorded_shape_and_values(
    emulator: Emulator, service: Service, test_data: Path
) -> None:
    put_mosaic(emulator)
    collection = service.create_collection("recorded")

    tile = service.ingest(collection, "2019/11/27/28V/(BAND).tif", sensingTime="2019-11-27T00:00:00Z")

    recorded = read_record(test_data, 60)
    assert make_shape(tile) == make_shape(recorded)
    assert tile["tileGeometry"] == recorded["tileGeometry"]
    assert tile["coverGeometry"] != recorded["coverGeometry"]
    ours, theirs = (each["coverGeometry"]["coordinates"][0] for each in (tile, recorded))
    assert all(abs(a - b) < 1e-2 for p, q in zip(ours, theirs, strict=True) for a, b in zip(p, q, strict=True))
    resolutions = ("minMetersPerPixel", "maxMetersPerPixel")
    assert [tile["additionalData"][key] for key in resolutions] == [
        recorded["additionalData"][key] for key in resolutions
    ]
    assert all(each["etag"].startswith('"') for each in tile["additionalData"]["filesMetadata"].values())


def test_a_configured_collection_has_the_recorded_bands(emulator: Emulator, service: Service, test_data: Path) -> None:
    emulator.put_objects("recorded-rgb", [("RGB_COG.tiff", make_cog(bands=3, dtype="uint8"))])
    collection = service.create_collection("recorded-rgb")

    service.ingest(collection, "(BAND)_COG.tiff")

    bands = service.get_collection(collection)["additionalData"]["bands"]
    assert make_shape(bands) == make_shape(read_record(test_data, 103)["bands"])
    assert bands == read_record(test_data, 103)["bands"]


def test_a_collection_has_every_key_of_the_recorded_fixture(
    emulator: Emulator, service: Service, test_data: Path
) -> None:
    emulator.put_objects("fixture", [("maps/si_lulc_reference.tiff", make_cog(dtype="uint8"))])
    collection = service.create_collection("fixture")
    service.ingest(collection, "maps/si_(BAND).tiff")

    found = service.get_collection(collection)

    recorded = json.loads((test_data / "byoc_recorded/test_byoc_fixtures.json").read_text())["collection"]
    assert set(recorded) <= set(found)
    assert set(recorded["additionalData"]) <= set(found["additionalData"])
    assert make_shape(found["additionalData"]["extent"]) == make_shape(recorded["additionalData"]["extent"])
    assert found["additionalData"]["hasSensingTimes"] == "NO"
    assert MICROSECONDS.fullmatch(found["created"])
