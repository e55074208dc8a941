"""The verdict on every real file of the test data, and the facts beside those that GDAL reads."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from byocplan.cog import tags
from byocplan.cog.header import read_header
from byocplan.cog.judge import judge_file
from tests.support.tiffs import ByteFile

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.cog.header import Header

#: File → rules it breaks; files that are not here pass.
REFUSED = {
    "cog_not_byoc/aiocogeo__cog.tif": {"blocks", "compression", "projection"},
    "cog_not_byoc/rasterio__cogeo.tif": {"compression"},
    "cog_not_byoc/rasterio__corrupt.tif": {"compression", "truncated"},
    "cog_not_byoc/rasterio__goes.tif": {"compression", "projection"},
    "cog_not_byoc/rasterio__rotated.tif": {"blocks", "projection", "orientation"},
    "cog_not_byoc/riocogeo__cog_band_tags.tif": {"blocks", "projection"},
    "cog_not_byoc/riocogeo__image_171px.tif": {"blocks"},
    "cog_not_byoc/riocogeo__image_webp.tif": {"blocks", "compression"},
    "cog_not_byoc/riotiler__cog_gcps_ovr.tif": {"projection"},
    "cog_not_byoc/riotiler__cog_hirise_mars.tif": {"compression", "projection"},
    "cog_not_byoc/riotiler__cog_uint8_rgb_nodata.tif": {"blocks"},
    "cog_not_byoc/riotiler__inverted_lat.tif": {"orientation"},
    "not_cog/made__bad_ifd_offset.tif": {"truncated"},
    "not_cog/made__empty.tif": {"format"},
    "not_cog/made__random.tif": {"format"},
    "not_cog/made__truncated_red.tif": {"truncated"},
    "not_cog/rasterio__all-nodata.tif": {"layout"},
    "not_cog/rasterio__byte.tif": {"layout", "blocks", "projection"},
    "not_cog/riocogeo__image_external.tif": {"blocks"},
    "not_cog/riocogeo__image_external.tif.ovr": {"blocks", "projection"},
    "not_cog/riocogeo__image_known_incompatible_ghost_headers.tif": {"projection"},
    "not_cog/riocogeo__image_sorted.tif": {"blocks", "layout"},
    "not_cog/riocogeo__nontiff.jpg": {"format"},
    "not_cog/riotiler__nocog.tif": {"blocks"},
}
#: A file that names no code: GDAL looks one up that has its parameters, and takes its one tile for a strip.
GUESSED = "riocogeo__image_known_incompatible_ghost_headers.tif"
UNREADABLE = {file for file, rules in REFUSED.items() if rules == {"format"}} | {"not_cog/made__bad_ifd_offset.tif"}


def read_entries(folder: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return entries


def test_every_real_file_gets_its_verdict(test_data: Path) -> None:
    entries = read_entries(test_data)

    verdicts = {
        entry["file"]: judge_file(entry["file"], ByteFile((test_data / entry["file"]).read_bytes()).read)[0]
        for entry in entries
    }

    assert len(verdicts) == 36
    assert {file: not verdict.is_refused for file, verdict in verdicts.items()} == {
        entry["file"]: entry["byoc_ok"] for entry in entries
    }
    broken = {
        file: {finding.rule for finding in verdict.findings if not finding.is_advice}
        for file, verdict in verdicts.items()
    }
    assert {file: rules for file, rules in broken.items() if rules} == REFUSED


def test_what_rio_cogeo_lets_pass_and_byoc_refuses_is_refused(test_data: Path) -> None:
    let_pass = {entry["file"] for entry in read_entries(test_data) if entry["rio_cogeo_valid"] and not entry["byoc_ok"]}

    assert len(let_pass) == 12
    assert let_pass <= REFUSED.keys()


def test_the_facts_are_those_that_gdal_reads(test_data: Path) -> None:
    import rasterio

    paths = [test_data / entry["file"] for entry in read_entries(test_data) if entry["file"] not in UNREADABLE]
    own, gdal = {}, {}
    for path in paths:
        own[path.name] = make_facts(read_header(ByteFile(path.read_bytes()).read))
        with warnings.catch_warnings(action="ignore"), rasterio.open(path) as dataset:
            gdal[path.name] = make_gdal_facts(dataset)

    assert len(own) == 32
    own[GUESSED] |= {"epsg": 3968, "block": None}
    assert own == gdal


def make_facts(header: Header) -> dict[str, Any]:
    main, place = header.main, header.main.place
    return {
        "size": main.size,
        "bands": main.bands,
        "sample": f"{main.kind.lower()}{main.bits[0]}",
        "transform": tuple(round(value, 9) for value in place.transform) if place else (1, 0, 0, 0, 1, 0),
        "epsg": place.epsg if place else None,
        "compression": tags.COMPRESSIONS[main.compression],
        "block": main.block,
        "has no data": main.no_data is not None,
        "overviews": len(header.overviews),
    }


def make_gdal_facts(dataset: Any) -> dict[str, Any]:
    has_outer = any(file.endswith(".ovr") and file != dataset.name for file in dataset.files)
    return {
        "size": (dataset.width, dataset.height),
        "bands": dataset.count,
        "sample": dataset.dtypes[0],
        "transform": tuple(round(value, 9) for value in tuple(dataset.transform)[:6]),
        "epsg": dataset.crs.to_epsg() if dataset.crs else None,
        "compression": get_compression(dataset),
        "block": dataset.block_shapes[0][::-1] if dataset.profile["tiled"] else None,
        "has no data": dataset.nodata is not None,
        "overviews": 0 if has_outer else len(dataset.overviews(1)),
    }


def get_compression(dataset: Any) -> str:
    names = {None: "no compression", "YCbCr JPEG": "JPEG"}
    tag = dataset.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION")
    return str(names.get(tag, tag))
