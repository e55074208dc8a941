"""Each rule of ingestion on a real small file that breaks it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from byocplan.emulator.ingest.configure import add_no_data, configure_collection
from byocplan.emulator.ingest.facts import FileFacts, read_facts
from byocplan.emulator.ingest.rules import check_file
from byocplan.emulator.ingest.tiff import read_header
from byocplan.emulator.ingest.tile_rules import check_tile
from byocplan.emulator.settings import Assumptions
from byocplan.emulator.store.collections import Collection
from tests.support.cogs import make_cog

COLLECTION = Collection(1, "id", "account", 0, "name", "bucket")


def make_facts(source: str = "B1", **changes: Any) -> FileFacts:
    data = make_cog(**changes)
    header, seen = read_header(lambda end: data[:end], len(data), 1_000_000)
    return read_facts(source, len(data), '"e"', header, seen)


def make_cut(facts: FileFacts) -> FileFacts:
    return dataclasses.replace(facts, size=facts.size // 2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"epsg": 4326, "origin": (10.0, 50.0), "resolution": 0.001},
        {"epsg": 3857, "origin": (0.0, 0.0)},
        {"epsg": 3035, "origin": (4_000_000.0, 3_000_000.0)},
        {"epsg": 32733},
        {"compress": "NONE"},
        {"compress": "LZW"},
        {"compress": "ZSTD"},
        {"dtype": "int8"},
        {"dtype": "float32", "nodata": -9999.0},
        {"bands": 10},
        {"bands": 12, "interleave": "BAND"},
        {"blocksize": 2048},
    ],
    ids=str,
)
def test_a_file_within_the_rules_has_no_cause(changes: dict[str, Any]) -> None:
    assert check_file(make_facts(**changes), Assumptions()) == []


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"blocksize": 128}, "Ensure tiles of image at index 0 have width and height between 256 and 2048."),
        ({"blocksize": 4096}, "Ensure tiles of image at index 0 have width and height between 256 and 2048."),
        ({"compress": "JPEG", "dtype": "uint8"}, "compression: JPEG is not supported"),
        ({"compress": "LERC"}, "compression: LERC is not supported"),
        ({"epsg": 25833}, "projection: EPSG:25833 is not supported"),
        ({"dtype": "float64"}, "sample type: FLOAT64 is not supported"),
        ({"dtype": "uint32"}, "sample type: UINT32 is not supported"),
        ({"dtype": "complex64"}, "sample type: COMPLEX64 is not supported"),
        ({"bands": 11}, "interleave: the file has 11 bands in chunky (pixel) format"),
        ({"bands": 101, "interleave": "BAND"}, "bands: the file has 101 bands"),
        ({"epsg": 4326, "origin": (0.0, 90.1), "resolution": 0.01}, "pole: "),
        ({"epsg": 32633, "origin": (499_000.0, 9_998_000.0), "resolution": 100.0}, "pole: "),
    ],
    ids=str,
)
def test_a_file_that_breaks_one_rule_has_one_cause_that_names_it(changes: dict[str, Any], cause: str) -> None:
    (found,) = check_file(make_facts(**changes), Assumptions())

    assert found.startswith(cause)


def test_a_file_shorter_than_its_blocks_is_truncated() -> None:
    (found,) = check_file(make_cut(make_facts()), Assumptions())

    assert found.startswith("truncated: the blocks reach byte ")


def test_32_bit_integers_are_taken_when_that_is_assumed() -> None:
    assert check_file(make_facts(dtype="int32"), Assumptions(int32_samples="accept")) == []


@pytest.mark.parametrize(
    ("other", "causes"),
    [
        ({}, []),
        ({"resolution": 60.0, "size": (128, 128)}, []),
        ({"size": (65, 64)}, []),
        ({"size": (66, 64)}, ["bounding box: B2 differs from the intersection of all files by more than one pixel."]),
        ({"epsg": 32634}, ["projection: all files of a tile must be in the same coordinate system."]),
    ],
    ids=str,
)
def test_the_files_of_a_tile_cover_the_same_place(other: dict[str, Any], causes: list[str]) -> None:
    assert check_tile([make_facts("B1"), make_facts("B2", **other)], {}) == causes


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"bitDepth": 8}, "bit depth: band R has 8 bits and its file B1 has 16."),
        ({"sampleFormat": "INT"}, "sample format: band R is INT and its file B1 is UINT."),
        ({"bandIndex": 3}, "band index: band R is band 3 of B1, which has 2."),
    ],
)
def test_a_file_must_fit_the_configured_band(changes: dict[str, Any], cause: str) -> None:
    bands = {"R": {"source": "B1", "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT"} | changes}

    assert check_tile([make_facts("B1", bands=2)], bands) == [cause]


@pytest.mark.parametrize(
    ("first", "second", "collection_no_data", "band_no_data"),
    [(0, 0, 0, [None, None]), (0, 1, None, [0, 1]), (None, 1, None, [None, 1]), (None, None, None, [None, None])],
)
def test_no_data_of_the_files_goes_to_the_collection_when_all_agree(
    first: float | None, second: float | None, collection_no_data: float | None, band_no_data: list[float | None]
) -> None:
    files = [make_facts("B1", nodata=first), make_facts("B2", nodata=second)]

    configured = add_no_data(configure_collection(COLLECTION, files), files)

    assert configured.no_data == collection_no_data
    assert [band.get("noData") for band in configured.bands.values()] == band_no_data


def test_no_data_of_nan_is_never_configured_and_the_users_own_stays() -> None:
    files = [make_facts("B1", dtype="float32", nodata=float("nan"))]
    own = dataclasses.replace(COLLECTION, no_data=7)

    configured = [add_no_data(configure_collection(each, files), files) for each in (COLLECTION, own)]

    assert [each.no_data for each in configured] == [None, 7]
    assert configured[0].bands["B1"]["sampleFormat"] == "FLOAT"
