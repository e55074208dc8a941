"""Where and why matching stopped."""

import pytest

from byocplan.model.pattern import Match, Miss, compile_pattern
from byocplan.model.pattern.matching import bind_alternatives
from byocplan.model.pattern.walk import walk_key

MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"

MISSES = [
    (MOSAIC, "x", None, 0, "4 digits for {year}", "expected 4 digits for {year}, found 'x'"),
    (MOSAIC, "2019", None, 4, "'/'", "expected '/', found the end of the key"),
    (MOSAIC, "2019/a/1/28V/B02.tif", None, 5, "digits for {month}", None),
    (MOSAIC, "2019/123/1/28V/B02.tif", None, 7, "'/'", "expected '/', found '3/1/28V/B02.tif'"),
    (MOSAIC, "2019/1/1//B02.tif", None, 9, "text without / for {grid}", None),
    (MOSAIC, "2019/1/1/28V/B02.tif.ovr", None, 20, "the end of the key", None),
    (MOSAIC, "2019/1/1/28V/B02.jp2", None, 20, "'.tif'", None),
    (MOSAIC, "2019/1/1/28V/B02.tif", {"B03", "B04"}, 13, "one of B03, B04 for (BAND)", None),
    (MOSAIC, "2019/2/30/28V/B02.tif", None, 7, "a time", "there is no date 2019-02-30"),
    ("{a}_(BAND).tif", "x_(BAND).tif", None, 2, "a key", "(BAND) cannot be part of a key"),
    ("{a}", "x.json", None, 6, ".tif or .tiff", "a tile's files end in .tif or .tiff, no others are ingested"),
    ("{a}/{a}.tif", "xy/xz.tif", None, 4, "'y'", "expected 'y', found 'z.tif'"),
    ("{n:d}/{w:w}/{h:2x}.tif", "1/a/0g.tif", None, 5, "2 hex digits for {h:2x}", None),
    ("{n:d}/{w:w}.tif", "1/é.tif", None, 2, "letters, digits or _ for {w:w}", None),
    ("{s:S2A|S2B}.tif", "S2C.tif", None, 0, "one of S2A, S2B for {s:S2A|S2B}", None),
    ("x/{**}/y/z.tif", "x/a/y/w.tif", None, 6, "'z.tif'", None),
    ("x/{**}/y/z.tif", "x/a/w.tif", None, 2, "'y/z.tif'", None),
    ("{s:A|AB}_{n:d}.tif", "AB_x.tif", None, 3, "digits for {n:d}", None),
    ("[{year}/]{n:3d}.tif", "2019/12.tif", None, 7, "3 digits for {n:3d}", None),
    ("{a:%Y}_{b:%Y%m}.tif", "2019_201913.tif", None, 9, "a time", "there is no date 2019-13-01"),
    ("{year}_{t:%Y}.tif", "0000_2019.tif", None, 0, "a time", "there is no date 0000-01-01"),
]


@pytest.mark.parametrize(("text", "key", "bands", "stopped_at", "expected", "reason"), MISSES)
def test_a_miss_tells_where_and_why(
    text: str, key: str, bands: set[str] | None, stopped_at: int, expected: str, reason: str | None
) -> None:
    miss = compile_pattern(text).explain(key, bands)

    assert isinstance(miss, Miss)
    assert (miss.stopped_at, miss.expected) == (stopped_at, expected)
    assert reason is None or miss.reason == reason


def test_a_long_key_is_shown_in_part() -> None:
    miss = compile_pattern("a/{x}.tif").explain("b" * 1000)

    assert isinstance(miss, Miss)
    assert miss.reason == f"expected 'a/', found '{'b' * 40}'"


def test_a_key_that_matches_is_explained_by_its_match() -> None:
    pattern = compile_pattern(MOSAIC)
    key = "2019/1/1/28V/B02.tif"

    assert pattern.explain(key, {"B02"}) == pattern.match(key, {"B02"})
    assert isinstance(pattern.explain(key), Match)


def test_steps_count_the_characters_looked_at() -> None:
    (pieces,) = bind_alternatives("ab{n:2d}.tif", None)

    steps = [walk_key(pieces, key).steps for key in ("", "ax", "ab1x.tif", "ab12.tif")]

    assert steps == [1, 2, 4, 8]
