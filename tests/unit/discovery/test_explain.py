"""One key explained, without a bucket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.discovery.explain import encode_explained, explain_key
from byocplan.model.band import Band
from byocplan.model.pattern import Where
from tests.support.discovery import make_collection, make_path_source, make_pattern_source
from tests.support.tables import make_source

if TYPE_CHECKING:
    from pathlib import Path

KEY = "2019/11/27/28V/B02.tif"
MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"


def test_a_key_taken_by_a_pattern_shows_fields_band_tile_and_time() -> None:
    answer = encode_explained(explain_key(KEY, [make_collection([make_pattern_source(MOSAIC)])]))

    assert answer == {
        "key": KEY,
        "matches": [
            {
                "address": "collection/c",
                "source": MOSAIC,
                "fields": {"year": "2019", "month": "11", "day": "27", "grid": "28V"},
                "band": "B02",
                "path": "2019/11/27/28V/(BAND).tif",
                "sensingTime": "2019-11-27T00:00:00Z",
            }
        ],
        "misses": [],
    }


def test_a_miss_tells_where_matching_stopped_and_what_was_expected() -> None:
    explained = explain_key("2019/11/x/28V/B02.tif", [make_collection([make_pattern_source(MOSAIC)])])

    assert [(missed.stopped_at, missed.expected) for missed in explained.misses] == [(8, "digits for {day}")]


def test_a_key_that_only_where_leaves_out_is_a_miss_that_says_so() -> None:
    source = make_pattern_source(MOSAIC, Where(fields={"grid": ("29*",)}))

    explained = explain_key(KEY, [make_collection([source])])

    assert explained.matches == ()
    assert "`where`" in explained.misses[0].expected


def test_configured_bands_are_taken_by_source_or_name() -> None:
    plain = make_collection([make_pattern_source(MOSAIC)])
    blue = replace(plain, bands={"Blue": Band("Blue", source="B02")})
    other = replace(plain, bands={"B03": Band("B03")})

    assert explain_key(KEY, [blue]).matches[0].band == "B02"
    assert explain_key(KEY, [other]).misses[0].expected == "one of B03 for (BAND)"


def test_paths_are_explained_and_only_the_closest_miss_is_told() -> None:
    sources = [make_path_source(path) for path in ("s/one_(BAND).tif", "s/two_(BAND).tif", "elsewhere", "s/one.tif")]
    collection = make_collection(sources)

    taken = explain_key("s/one_B1.tif", [collection])
    missed = explain_key("s/two-B1.tif", [collection])

    assert [(match.source, match.band, match.path) for match in taken.matches] == [
        ("s/one_(BAND).tif", "B1", "s/one_(BAND).tif")
    ]
    assert [(miss.source, miss.stopped_at, miss.expected) for miss in missed.misses] == [("s/two_(BAND).tif", 5, "'_'")]


def test_a_folder_is_explained_with_the_extension_of_the_key() -> None:
    explained = explain_key("f/B1.TIF", [make_collection([make_path_source("f")])])

    assert [(match.band, match.path) for match in explained.matches] == [("B1", "f/(BAND).TIF")]


def test_a_table_takes_the_files_of_the_tiles_it_lists(tmp_path: Path) -> None:
    source = make_source(tmp_path, "t.csv", "path,sensingTime\nx/(BAND).tif,\na/(BAND).tif,2019-11-27\none.tif,\n")
    collection = make_collection([source])

    (taken,) = explain_key("a/B02.tif", [collection]).matches
    (single,) = explain_key("one.tif", [collection]).matches
    (missed,) = explain_key("b/B02.tif", [collection]).misses

    assert (taken.source, taken.band, taken.path, taken.sensing_time_ms) == (
        "t.csv",
        "B02",
        "a/(BAND).tif",
        1_574_812_800_000,
    )
    assert (single.band, single.sensing_time_ms) == ("", None)
    assert "the table lists" in missed.expected
