"""Pattern sources against a bucket in memory."""

from __future__ import annotations

import time
from dataclasses import replace

from byocplan.discovery.pattern_tiles import make_listings
from byocplan.discovery.taker import is_tile_path
from byocplan.errors import AccessError
from byocplan.model.instant import make_instant
from byocplan.model.pattern import Where, make_date_range
from byocplan.model.source import Incomplete, SensingKind, SensingTime, TileOptions
from byocplan.model.tile_paths import TilePaths
from tests.support.discovery import discover, make_pattern_source
from tests.support.memory_bucket import make_bucket

MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"


def test_files_of_one_folder_become_one_tile_with_their_etags_and_the_time_of_the_path() -> None:
    bucket = make_bucket(["2019/11/27/28V/B02.tif", "2019/11/27/28V/B03.tif"])

    result = discover(bucket, make_pattern_source(MOSAIC))

    row = result.tiles["2019/11/27/28V/(BAND).tif"]
    assert row.files == "B02=etag-2019/11/27/28V/B02.tif\nB03=etag-2019/11/27/28V/B03.tif"
    assert row.sensing_time_ms == make_instant("2019-11-27")
    assert row.group == "28V"
    assert (result.report.tiles, result.report.sources[0].tiles, result.report.sources[0].keys) == (1, 1, 2)


def test_a_month_without_padding_lists_only_the_prefixes_of_that_month() -> None:
    keys = [f"2020/{month}/{day}/B1.tif" for month in (1, 2, 10, 11, 12) for day in (1, 15)]
    bucket = make_bucket(keys)
    january = Where(date=make_date_range("2020-01-01", "2020-01-31"))

    result = discover(bucket, make_pattern_source("{year}/{month}/{day}/(BAND).tif", january))

    assert bucket.asked == ["2020/01/", "2020/1/"]
    assert result.complete == ["2020/1/1/(BAND).tif", "2020/1/15/(BAND).tif"]


def test_a_band_takes_none_of_the_files_whose_names_only_begin_alike() -> None:
    names = ["B1.TIF", "B10.TIF", "B1.TIF.ovr", "B01.TIF", "B01qa.TIF", "B1.tiff", "b1.TIF", "B1 .TIF", "B1,2.TIF", ""]
    bucket = make_bucket([f"s/x_{name}" for name in names] + ["s/", "ad hoc/"])

    result = discover(bucket, make_pattern_source("s/x_(BAND).TIF"), bands=["B1"])

    assert {path: row.files for path, row in result.tiles.items()} == {"s/x_(BAND).TIF": "B1=etag-s/x_B1.TIF"}
    # The literal head narrows the listing to what begins with "s/x_".
    assert result.report.leftover_keys == len(names) - 1


def test_a_missing_band_file_makes_the_tile_incomplete_and_extra_files_do_not_matter() -> None:
    bucket = make_bucket(["a/B1.tif", "a/B2.tif", "a/QA.tif", "b/B1.tif"])

    result = discover(bucket, make_pattern_source("{scene}/(BAND).tif"), bands=["B1", "B2"])

    assert result.complete == ["a/(BAND).tif"]
    assert result.tiles["a/(BAND).tif"].files == "B1=etag-a/B1.tif\nB2=etag-a/B2.tif"
    assert (result.report.tiles, result.report.incomplete, result.report.incomplete_samples) == (
        1,
        1,
        ("b/(BAND).tif",),
    )
    assert result.report.problems == ()


def test_incomplete_error_turns_incomplete_tiles_into_a_problem() -> None:
    bucket = make_bucket(["a/B1.tif"])
    source = make_pattern_source("{scene}/(BAND).tif", options=TileOptions(incomplete=Incomplete.ERROR))

    result = discover(bucket, source, bands=["B1", "B2"])

    assert len(result.report.problems) == 1
    assert "m.yaml:1: {scene}/(BAND).tif: tiles with a band file missing: 1" in result.report.problems[0]


def test_without_configured_bands_every_tile_is_complete_and_the_band_sets_are_counted() -> None:
    bucket = make_bucket(["a/B1.tif", "a/B2.tif", "b/B1.tif", "c/B1.tif"])

    result = discover(bucket, make_pattern_source("{scene}/(BAND).tif"))

    assert result.report.incomplete == 0
    assert result.report.band_sets == {"B1": 2, "B1,B2": 1}


def test_without_configured_bands_tiles_that_differ_in_theirs_are_noted() -> None:
    bucket = make_bucket(["a/B1.tif", "a/B2.tif", "b/B1.tif", "c/B1.tif", "dem.tif"])
    source = make_pattern_source("{scene}/(BAND).tif")

    (note,) = discover(bucket, source, make_pattern_source("{scene}.tif")).report.notes

    assert note.startswith("write `bands:`; ")
    assert note.endswith("these tiles have 3 sets: B1 in 2; one file without (BAND) in 1; B1,B2 in 1")
    assert discover(bucket, source, bands=["B1"]).report.notes == ()
    assert discover(make_bucket(["a/B1.tif", "b/B1.tif"]), source).report.notes == ()


def test_the_note_on_bands_stays_short_however_many_sets_there_are() -> None:
    keys = [f"{tile:03d}/{'band' * 30}{band}.tif" for tile in range(60) for band in range(tile)]

    (note,) = discover(make_bucket(keys), make_pattern_source("{scene}/(BAND).tif")).report.notes

    assert "20 sets or more" in note
    assert note.endswith("; and more")
    assert len(note) <= 300  # what a terminal is shown of a note


def test_a_pattern_without_a_band_makes_a_tile_of_each_file() -> None:
    bucket = make_bucket(["dem/N00/N00.tif", "dem/N01/N01.tif"])

    result = discover(bucket, make_pattern_source("dem/{id}/{id}.tif"), bands=["DEM"])

    assert result.complete == ["dem/N00/N00.tif", "dem/N01/N01.tif"]
    assert result.tiles["dem/N00/N00.tif"].files == "=etag-dem/N00/N00.tif"


def test_sensing_times_come_from_the_pattern_a_named_time_a_fixed_one_or_not_at_all() -> None:
    bucket = make_bucket(["20200101_20200202_B1.tif"])
    text = "{start:%Y%m%d}_{end:%Y%m%d}_(BAND).tif"
    fixed_ms = make_instant("2021-05-05")
    wanted = {
        SensingTime(SensingKind.AUTO): None,
        SensingTime(SensingKind.FIELD, field="end"): make_instant("2020-02-02"),
        SensingTime(SensingKind.FIXED, fixed_ms=fixed_ms): fixed_ms,
        SensingTime(SensingKind.FIXED): None,
        SensingTime(SensingKind.KEEP): None,
    }

    for sensing, expected_ms in wanted.items():
        result = discover(bucket, make_pattern_source(text, options=TileOptions(sensing_time=sensing)))

        assert [row.sensing_time_ms for row in result.tiles.values()] == [expected_ms]


def test_where_leaves_keys_over_that_the_pattern_alone_would_take() -> None:
    bucket = make_bucket(["28V/B1.tif", "29V/B1.tif"])

    result = discover(bucket, make_pattern_source("{grid}/(BAND).tif", Where(fields={"grid": ("28*", "29?X")})))

    assert result.complete == ["28V/(BAND).tif"]


def test_left_over_keys_are_counted_by_shape_with_a_real_key_each() -> None:
    bucket = make_bucket(["a/B1.tif", "a/preview.jpg", "b/1/meta.json", "b/2/meta.json"])

    result = discover(bucket, make_pattern_source("{scene}/(BAND).tif"))

    assert result.report.leftover_keys == 3
    assert result.report.left_over == {"b/#/meta.json": 2, "a/preview.jpg": 1}
    assert result.report.left_over_samples == {"b/#/meta.json": "b/1/meta.json", "a/preview.jpg": "a/preview.jpg"}


def test_overlapping_sources_list_the_bucket_once_and_a_key_of_either_is_not_left_over() -> None:
    bucket = make_bucket(["s/a/B1.tif", "s/a/B1.tiff", "s/x.txt"])
    sources = [make_pattern_source("s/{scene}/(BAND).tif"), make_pattern_source("s/a/(BAND).tiff", place="m.yaml:9")]

    result = discover(bucket, *sources)

    assert bucket.asked == ["s/"]
    assert result.complete == ["s/a/(BAND).tif", "s/a/(BAND).tiff"]
    assert result.report.left_over == {"s/x.txt": 1}


def test_two_sources_that_claim_one_tile_path_are_reported_with_both_places() -> None:
    bucket = make_bucket(["a/B1.tif"])
    sources = [make_pattern_source("{scene}/(BAND).tif"), make_pattern_source("a/(BAND).tif", place="m.yaml:9")]

    result = discover(bucket, *sources)

    assert result.report.overlap_count == 1
    assert result.report.overlaps[0].path == "a/(BAND).tif"
    assert result.report.overlaps[0].places == ("m.yaml:1", "m.yaml:9")


def test_keys_with_empty_folder_names_never_become_tile_paths() -> None:
    bucket = make_bucket(["a//B1.tif", "a/b/B1.tif"])

    result = discover(bucket, make_pattern_source("a/{**}/(BAND).tif"), make_pattern_source("a//(BAND).tif"))

    assert list(result.tiles) == ["a/b/(BAND).tif"]
    assert "takes: 1, such as 'a//B1.tif'" in result.report.notes[0]


def test_archived_files_stay_files_of_their_tiles_and_are_noted() -> None:
    bucket = make_bucket(["a/B1.tif"])
    bucket.archived = frozenset(["a/B1.tif"])

    result = discover(bucket, make_pattern_source("{scene}/(BAND).tif"))

    assert result.complete == ["a/(BAND).tif"]
    assert "files in an archive storage class: 1" in result.report.notes[0]


def test_listings_cover_all_prefixes_and_none_begins_with_another() -> None:
    listings = make_listings({0: ["a/b/", "c"], 1: ["a/", "a/b/c"], 2: ["c1"], 3: []})

    assert [(listing.prefix, listing.sources) for listing in listings] == [("a/", {0, 1}), ("c", {0, 2})]


def test_tile_paths_follow_the_rule_of_the_service() -> None:
    assert [path for path in ("", "a", "a/b", "/a", "a/", "a//b") if is_tile_path(path)] == ["", "a", "a/b"]


def test_twenty_thousand_keys_take_a_moment() -> None:
    keys = [
        f"2019/11/{day}/{grid:03}V/B{band:02}.tif" for day in range(1, 21) for grid in range(200) for band in range(5)
    ]
    bucket = make_bucket(keys)
    started = time.perf_counter()

    result = discover(bucket, make_pattern_source(MOSAIC), bands=[f"B{band:02}" for band in range(5)])

    assert (result.report.tiles, result.report.leftover_keys) == (4_000, 0)
    assert time.perf_counter() - started < 5


def test_selected_paths_narrow_what_is_listed_and_what_is_desired() -> None:
    keys = [f"2019/{month}/{day}/{grid}/B02.tif" for month in (1, 2) for day in (1, 2) for grid in ("28V", "33U")]
    bucket = make_bucket(keys)

    result = discover(bucket, make_pattern_source(MOSAIC), selected=TilePaths(("2019/1/*/33U/*",)))

    assert bucket.asked == ["2019/1/"]
    assert result.complete == ["2019/1/1/33U/(BAND).tif", "2019/1/2/33U/(BAND).tif"]
    assert (result.report.tiles, result.report.leftover_keys) == (2, 0)


def test_a_source_that_shows_nothing_of_what_is_selected_is_looked_at_beyond_until_it_shows_a_file() -> None:
    keys = [f"2019/1/{day}/28V/B02.tif" for day in range(1, 9)]
    bucket = replace(make_bucket(keys), page_size=3)

    result = discover(bucket, make_pattern_source(MOSAIC), selected=TilePaths(("2020/*",)))

    assert bucket.asked == ["2020/", ""]
    assert 0 < result.report.sources[0].keys <= 3
    assert result.tiles == {}


def test_a_source_that_shows_no_file_at_all_is_empty_also_beyond() -> None:
    bucket = make_bucket(["2019/readme.txt"])

    result = discover(bucket, make_pattern_source(MOSAIC), selected=TilePaths(("2020/*",)))

    assert result.report.sources[0].keys == 0


def test_a_look_beyond_that_fails_makes_the_source_incomplete() -> None:
    denied = AccessError("listing s3://bucket was denied", "ask its owner")
    bucket = replace(make_bucket(["2020/readme.txt"]), failures={"": denied})

    result = discover(bucket, make_pattern_source(MOSAIC), selected=TilePaths(("2020/*",)))

    assert "denied" in result.report.sources[0].failure


def test_a_source_that_cannot_hold_what_is_selected_is_not_listed() -> None:
    bucket = make_bucket(["a/x/B02.tif", "b/x/B02.tif"])

    result = discover(
        bucket,
        make_pattern_source("a/{grid}/(BAND).tif"),
        make_pattern_source("b/{grid}/(BAND).tif"),
        selected=TilePaths(("b/*",)),
    )

    assert bucket.asked == ["b/"]
    assert result.complete == ["b/x/(BAND).tif"]
