"""Explicit paths against a bucket in memory."""

from __future__ import annotations

import pytest

from byocplan.model.instant import make_instant
from byocplan.model.source import Incomplete, SensingKind, SensingTime, TileOptions
from byocplan.model.tile_paths import TilePaths
from tests.support.discovery import discover, make_path_source, make_pattern_source
from tests.support.memory_bucket import make_bucket


def test_a_path_with_a_band_takes_its_own_files_and_not_those_of_a_longer_name() -> None:
    bucket = make_bucket(
        ["s/tile_1_B1_2019.tiff", "s/tile_1_B2_2019.tiff", "s/tile_11_B1_2019.tiff", "s/tile_2_B1_2019.tiff"]
    )

    result = discover(bucket, make_path_source("s/tile_1_(BAND)_2019.tiff"))

    files = "B1=etag-s/tile_1_B1_2019.tiff\nB2=etag-s/tile_1_B2_2019.tiff"
    assert {path: row.files for path, row in result.tiles.items()} == {"s/tile_1_(BAND)_2019.tiff": files}
    assert bucket.asked == ["s/tile_1_"]


def test_a_path_takes_the_fixed_time_and_is_timeless_otherwise() -> None:
    bucket = make_bucket(["a/B1.tif"])
    fixed = TileOptions(sensing_time=SensingTime(SensingKind.FIXED, make_instant("2019-11-27T10:00:00Z")))

    timed = discover(bucket, make_path_source("a/(BAND).tif", fixed))
    timeless = discover(bucket, make_path_source("a/(BAND).tif"))

    assert timed.tiles["a/(BAND).tif"].sensing_time_ms == make_instant("2019-11-27T10:00:00Z")
    assert timeless.tiles["a/(BAND).tif"].sensing_time_ms is None


@pytest.mark.parametrize("extension", ["tif", "tiff", "TIF", "TIFF"])
def test_a_folder_becomes_the_path_with_the_extension_of_its_files(extension: str) -> None:
    keys = [
        f"f/B1.{extension}",
        f"f/B2.{extension}",
        "f/preview.jpg",
        "f/",
        f"f/sub/B1.{extension}",
        f"f/B1.{extension}.ovr",
    ]

    result = discover(make_bucket(keys), make_path_source("f"))

    assert result.complete == [f"f/(BAND).{extension}"]
    assert result.tiles[f"f/(BAND).{extension}"].files == f"B1=etag-f/B1.{extension}\nB2=etag-f/B2.{extension}"
    assert result.report.sources[0].path == f"f/(BAND).{extension}"


def test_a_folder_with_files_of_two_extensions_is_a_problem_and_no_tile() -> None:
    bucket = make_bucket(["f/B1.tiff", "f/B2.TIF"])

    result = discover(bucket, make_path_source("f"))

    assert result.tiles == {}
    assert "several extensions (.TIF, .tiff)" in result.report.problems[0]


def test_configured_bands_decide_which_files_of_a_folder_count() -> None:
    bucket = make_bucket(["f/B1.tiff", "f/QA.TIF"])

    result = discover(bucket, make_path_source("f"), bands=["B1"])

    assert result.complete == ["f/(BAND).tiff"]


def test_a_path_without_any_file_is_incomplete_and_noted() -> None:
    result = discover(make_bucket(["other.tif"]), make_path_source("a/(BAND).tif"), make_path_source("f"))

    assert {path: row.is_complete for path, row in result.tiles.items()} == {
        "a/(BAND).tif": False,
        "f/(BAND).tiff": False,
    }
    assert result.report.incomplete == 2
    assert "m.yaml:2: path a/(BAND).tif: there is no such file in the bucket" in result.report.notes


def test_a_missing_path_is_a_problem_when_incomplete_is_an_error() -> None:
    source = make_path_source("a/(BAND).tif", TileOptions(incomplete=Incomplete.ERROR))

    result = discover(make_bucket(["other.tif"]), source)

    assert len(result.report.problems) == 1


def test_a_path_of_one_file_is_that_file_alone() -> None:
    result = discover(
        make_bucket(["a/B11_cog.tiff", "a/B11_cog.tiff.ovr"]), make_path_source("a/B11_cog.tiff"), bands=["B"]
    )

    assert result.complete == ["a/B11_cog.tiff"]
    assert result.tiles["a/B11_cog.tiff"].files == "=etag-a/B11_cog.tiff"


def test_a_band_in_a_folder_name_is_looked_up_below_it() -> None:
    bucket = make_bucket(["s/B1/x.tif", "s/B2/x.tif", "s/B2/y.tif"])

    result = discover(bucket, make_path_source("s/(BAND)/x.tif"))

    assert result.tiles["s/(BAND)/x.tif"].files == "B1=etag-s/B1/x.tif\nB2=etag-s/B2/x.tif"


def test_a_path_with_another_extension_is_a_problem() -> None:
    result = discover(make_bucket(["s/B1.jp2"]), make_path_source("s/(BAND).jp2"))

    assert result.tiles == {}
    assert "ends with .tif or .tiff" in result.report.problems[0]


def test_paths_of_one_folder_share_one_listing() -> None:
    keys = [f"s/tile-{number}_{band}.tif" for number in range(3000) for band in ("B1", "B2")]
    bucket = make_bucket(keys)

    result = discover(bucket, *(make_path_source(f"s/tile-{number}_(BAND).tif") for number in range(3000)))

    assert bucket.asked == ["s/tile-"]
    assert (result.report.tiles, len(result.tiles)) == (3000, 3000)


def test_keys_of_explicit_paths_are_not_left_over_in_the_listing_of_a_pattern() -> None:
    bucket = make_bucket(["a/B1.tif", "special/scene.tif", "special/other.txt"])

    result = discover(bucket, make_pattern_source("{scene:1d}/(BAND).tif"), make_path_source("special/scene.tif"))

    assert result.report.left_over == {"a/B#.tif": 1, "special/other.txt": 1}


def test_the_same_path_twice_is_an_overlap() -> None:
    sources = [make_path_source("a/(BAND).tif"), make_path_source("a/(BAND).tif", place="m.yaml:7")]

    result = discover(make_bucket(["a/B1.tif"]), *sources)

    assert [overlap.places for overlap in result.report.overlaps] == [("m.yaml:2", "m.yaml:7")]


def test_paths_that_are_not_selected_are_not_looked_up_and_folders_are() -> None:
    bucket = make_bucket(["a/B1.tif", "b/B1.tif", "c/B1.TIF", "d/B1.tif"])
    paths = ["a/(BAND).tif", "b/(BAND).tif", "c", "d"]

    result = discover(bucket, *map(make_path_source, paths), selected=TilePaths(("b/*", "c/*")))

    assert bucket.asked == ["b/", "c/", "d/"]
    assert list(result.tiles) == ["b/(BAND).tif", "c/(BAND).TIF"]
