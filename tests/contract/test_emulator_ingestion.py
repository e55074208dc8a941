"""The emulator against real files: every verdict of the test data, and real bucket layouts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.emulator import Emulator
    from tests.support.service import Service

#: What a cause must say for each reason of the manifest.
WORDS = {
    "compression:jpeg": "compression: JPEG is not supported",
    "compression:webp": "compression: WEBP is not supported",
    "crs": "projection: ",
    "block": "Ensure tiles of image at index 0 have width and height between 256 and 2048.",
    "not-tiled": "tiling: ",
    "rotated": "orientation: rotated",
    "south-up": "orientation: the file must have north up",
    "not-cog": "layout: ",
    "not-tiff": "format: the file is not a TIFF file",
    "no-overviews(warn)": "",
}
#: Files whose reason in the manifest is a summary; this is what the emulator says instead.
INSTEAD = {
    "cog_not_byoc/riotiler__cog_gcps_ovr.tif": "projection: the file has no geographic reference",
    "not_cog/made__bad_ifd_offset.tif": "truncated: the header reaches byte 4294967297 of a file of 8 bytes.",
    "not_cog/made__empty.tif": "format: the file is empty.",
    "not_cog/made__random.tif": "format: the file is not a TIFF file.",
    "not_cog/made__truncated_red.tif": "truncated: the blocks reach byte 156187 of a file of 60000 bytes.",
    "not_cog/riocogeo__image_external.tif": "tiling: ",
    "not_cog/riocogeo__image_external.tif.ovr": "projection: the file has no geographic reference",
    "not_cog/riocogeo__image_known_incompatible_ghost_headers.tif": "projection: EPSG:3968",
    "not_cog/riocogeo__nontiff.jpg": "format: the file is not a TIFF file.",
    "not_cog/riotiler__nocog.tif": "tiling: ",
}


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text())
    return entries


def make_expected_words(entry: dict[str, Any]) -> list[str]:
    """Return what the cause of a refused file must say."""
    if entry["file"] in INSTEAD:
        return [INSTEAD[entry["file"]]]
    return [WORDS[reason] if reason in WORDS else WORDS[reason.partition(":")[0]] for reason in entry["byoc_reasons"]]


def test_every_file_of_the_manifest_gets_its_verdict_and_the_cause_names_the_rule(
    emulator: Emulator, service: Service, test_data: Path
) -> None:
    entries = read_manifest(test_data)
    files = [(f"{number}/B1.tif", (test_data / entry["file"]).read_bytes()) for number, entry in enumerate(entries)]
    emulator.put_objects("verdicts", files)
    tiles = {}
    for number, entry in enumerate(entries):
        collection = service.create_collection("verdicts")
        tiles[entry["file"]] = (collection, service.create_tile(collection, f"{number}/(BAND).tif"))

    found = {file: service.wait(*ids) for file, ids in tiles.items()}

    verdicts = {file: tile["status"] for file, tile in found.items()}
    assert verdicts == {entry["file"]: "INGESTED" if entry["byoc_ok"] else "FAILED" for entry in entries}
    assert len(verdicts) == 36
    for entry in entries:
        cause = found[entry["file"]]["additionalData"].get("failedIngestionCause")
        expected = [] if entry["byoc_ok"] else make_expected_words(entry)
        assert [word for word in expected if word not in cause] == [], (entry["file"], cause)
        assert (cause is None) is entry["byoc_ok"]


def test_three_files_of_one_scene_are_one_tile(emulator: Emulator, service: Service, test_data: Path) -> None:
    names = ("red", "green", "blue")
    files = [(f"scene/{name}.tif", (test_data / f"byoc_valid/riotiler__{name}.tif").read_bytes()) for name in names]
    emulator.put_objects("scenes", files)
    collection = service.create_collection("scenes")

    tile = service.ingest(collection, "scene")

    assert (tile["status"], tile["path"]) == ("INGESTED", "scene/(BAND).tif")
    assert sorted(tile["additionalData"]["filesMetadata"]) == ["blue", "green", "red"]
    configured = service.get_collection(collection)
    assert list(configured["additionalData"]["bands"]) == ["blue", "green", "red"]
    assert configured["noData"] == 0


def test_two_bands_of_another_scene_are_one_tile(emulator: Emulator, service: Service, test_data: Path) -> None:
    files = [(f"s_band{n}_x.tif", (test_data / f"byoc_valid/riotiler__scene_band{n}.tif").read_bytes()) for n in (1, 2)]
    emulator.put_objects("pairs", files)
    collection = service.create_collection("pairs")

    tile = service.ingest(collection, "s_(BAND)_x.tif")

    assert tile["status"] == "INGESTED"
    assert list(tile["additionalData"]["filesMetadata"]) == ["band1", "band2"]


LAYOUTS = [
    (
        "sentinel-cogs",
        "sentinel-s2-l2a-cogs/29/R/KH/2020/2/S2A_29RKH_20200219_0_L2A/(BAND).tif",
        ("FAILED", "Ensure tiles of image at index 0"),
    ),
    (
        "landsat-pds",
        "c1/L8/016/037/LC08_L1TP_016037_20170813_20170814_01_RT/LC08_L1TP_016037_20170813_20170814_01_RT_(BAND).TIF",
        ("FAILED", "tiling"),
    ),
    (
        "modis-pds",
        "MCD43A4.006/21/11/2017006/MCD43A4.A2017006.h21v11.006.2017018074804_(BAND).TIF",
        ("FAILED", "projection"),
    ),
    (
        "sentinel-s1-l1c",
        "GRD/2023/8/9/S1/DV/S1A_S1_GRDH_1SDV_20230809T020729_20230809T020754_049792_05FCE6_1175/measurement/s1-(BAND).tiff",
        ("FAILED", "projection"),
    ),
    (
        "copernicus-dem-90m",
        "Copernicus_DSM_COG_30_S90_00_W164_00_DEM/Copernicus_DSM_COG_30_S90_00_W164_00_(BAND).tif",
        ("INGESTED", None),
    ),
]


@pytest.mark.parametrize(("bucket", "path", "expected"), LAYOUTS, ids=[layout[0] for layout in LAYOUTS])
def test_a_real_layout_is_ingested_or_refused_with_a_reason(
    emulator: Emulator, service: Service, test_data: Path, bucket: str, path: str, expected: tuple[str, str | None]
) -> None:
    from byocplan.emulator.s3_server import iter_folder

    emulator.put_objects(bucket, iter_folder(test_data / "real_layout" / bucket))

    tile = service.ingest(service.create_collection(bucket), path)

    status, word = expected
    assert tile["status"] == status, tile
    assert (word or "") in tile["additionalData"].get("failedIngestionCause", "")


def test_small_overview_blocks_are_refused_when_that_is_assumed(test_data: Path) -> None:
    from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
    from tests.support.service import Service

    settings = EmulatorSettings(port=0, assumptions=Assumptions(small_overview_blocks="refuse"))
    with Emulator(settings) as emulator, Service(emulator) as service:
        emulator.put_objects("blocks", [("B1.tif", (test_data / "byoc_valid/riotiler__scene_band1.tif").read_bytes())])

        tile = service.ingest(service.create_collection("blocks"), "(BAND).tif")

    assert tile["additionalData"]["failedIngestionCause"] == (
        "Ensure tiles of image at index 1 have width and height between 256 and 2048."
    )
