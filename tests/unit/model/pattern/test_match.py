"""Which keys a pattern takes, and what it captures."""

import pytest

from byocplan.model.instant import make_instant
from byocplan.model.pattern import compile_pattern

MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"

#: Pattern, key, captured fields; None where the key is not taken.
CASES = [
    ("{a}.tif", "x y,z(1).tif", {"a": "x y,z(1)"}),
    ("{a}.tif", "x/y.tif", None),
    ("{a}.tif", ".tif", None),
    ("{a}.tif", "x.tif.tif", None),
    ("{a}.tif", "x.tiff", None),
    ("{a}.tif", "x.TIF", None),
    ("{a}.TIF", "x.TIF", {"a": "x"}),
    ("{a}", "x.TiFf", {"a": "x.TiFf"}),
    ("{a}", "x.jp2", None),
    ("{a}.{e:tif|TIF}", "x.TIF", {"a": "x", "e": "TIF"}),
    ("{a}_{b}.tif", "x_y_z.tif", {"a": "x", "b": "y_z"}),
    ("{a}_{b}.tif", "_y.tif", None),
    ("{a}/x.tif", "a/b/x.tif", None),
    ("{w:w}-x.tif", "a_1-x.tif", {"w": "a_1"}),
    ("{w:w}-x.tif", "é-x.tif", None),
    ("{n:d}.tif", "12.tif", {"n": "12"}),
    ("{n:d}.tif", "٣.tif", None),
    ("{n:d}00_.tif", "1000_.tif", {"n": "10"}),
    ("{n:d}00_.tif", "100_.tif", {"n": "1"}),
    ("{n:4d}.tif", "12345.tif", None),
    ("{n:4d}.tif", "1234.tif", {"n": "1234"}),
    ("{n:d}00_.tif", "00_.tif", None),
    ("{h:x}.tif", "0aF.tif", {"h": "0aF"}),
    ("{h:2x}{w:1w}.tif", "0ag.tif", {"h": "0a", "w": "g"}),
    ("{s:S2A|S2B}.tif", "S2B.tif", {"s": "S2B"}),
    ("{s:S2A|S2B}.tif", "S2C.tif", None),
    ("{s:A|AB|A_B}_x.tif", "A_B_x.tif", {"s": "A_B"}),
    ("{s:A|A_}_x.tif", "A_x.tif", {"s": "A"}),
    ("{a}{n:4d}.tif", "x_20192020.tif", {"a": "x_2019", "n": "2020"}),
    ("{a}{n:4d}", "x2020.tif", None),
    ("{a}{s:AB|CD}_{b}.tif", "xABCD_y.tif", {"a": "xAB", "s": "CD", "b": "y"}),
    ("{a}/{a}.tif", "x/x.tif", {"a": "x"}),
    ("{a}/{a}.tif", "x/y.tif", None),
    ("{n:2d}/{a}{n}.tif", "12/x12.tif", {"n": "12", "a": "x"}),
    ("{n:2d}/{a}{n}.tif", "12/x3412.tif", {"n": "12", "a": "x34"}),
    ("{s:a|bc}_{s}.tif", "bc_bc.tif", {"s": "bc"}),
    ("{a}[_{n:d}].tif", "x_1.tif", {"a": "x", "n": "1"}),
    ("{a}[_{n:d}].tif", "x_y.tif", {"a": "x_y"}),
    ("{a}[_x].tif", "a_x.tif", {"a": "a"}),
    ("[{a}_]{b}[-{c}].tif", "x-y.tif", {"b": "x", "c": "y"}),
    ("[{a:2d}_]{b}_{a}.tif", "x_12.tif", {"b": "x", "a": "12"}),
    ("[{a:2d}_]{b}_{a}.tif", "12_x_12.tif", {"b": "x", "a": "12"}),
    ("a/{**}/x.tif", "a/x.tif", {"**": ""}),
    ("a/{**}/x.tif", "a/b/c/x.tif", {"**": "b/c/"}),
    ("a/{**}/x.tif", "a/b//x.tif", None),
    ("{**}/{f}/{g}.tif", "a/b/c/d.tif", {"**": "a/b/", "f": "c", "g": "d"}),
    ("{**}/{f}/{g}.tif", "d.tif", None),
    ("a[/{**}]/b.tif", "a/x/b.tif", {"**": "x/"}),
    (r"\[a\]\{b\}\(c\)\*\\.tif", r"[a]{b}(c)*\.tif", {}),
    ("a(1).tif", "a(1).tif", {}),
    ("{t:%Y%%%m}.tif", "2019%02.tif", {"t": "2019%02"}),
]


@pytest.mark.parametrize(("text", "key", "fields"), CASES)
def test_fields_capture_their_text(text: str, key: str, fields: dict[str, str] | None) -> None:
    match = compile_pattern(text).match(key)

    assert (match and match.fields) == fields


def test_a_match_has_band_tile_path_and_time() -> None:
    match = compile_pattern(MOSAIC).match("2019/11/7/28V/B02.tif")

    assert match is not None
    assert match.band == "B02"
    assert match.tile_path == "2019/11/7/28V/(BAND).tif"
    assert match.times == {"time": make_instant("2019-11-07")}


def test_a_pattern_without_band_gives_a_tile_of_one_file() -> None:
    match = compile_pattern("{a}.tif").match("x.tif")

    assert match is not None
    assert match.band is None
    assert match.tile_path == match.key == "x.tif"


#: Pattern, key, sources of the configured bands, the band taken.
BANDS = [
    ("x_(BAND).tif", "x_B1.tif", {"B1", "B10"}, "B1"),
    ("x_(BAND).tif", "x_B10.tif", {"B1", "B10"}, "B10"),
    ("x_(BAND).tif", "x_B10.tif", {"B1"}, None),
    ("x_(BAND).tif", "x_B01qa.tif", {"B01"}, None),
    ("x_(BAND).tif", "x_B01.tif.ovr", {"B01"}, None),
    ("x_(BAND).tif", "x_B01.tiff", {"B01"}, None),
    ("x_(BAND).tif", "x_thumb.tif", {"B01"}, None),
    ("x_(BAND).tif", "x_B01.tif", set(), None),
    ("x_(BAND).tif", "x_.tif", {""}, None),
    ("x_(BAND).tif", "x_a/b.tif", {"a/b"}, None),
    ("x_(BAND).tif", "x_(BAND).tif", {"(BAND)"}, None),
    ("(BAND)_{t:%Y}.tif", "SR_B2_2019.tif", {"SR", "SR_B2"}, "SR_B2"),
    ("(BAND)_{t:%Y}.tif", "SR_B2_2019.tif", None, None),
    ("x(BAND)1.tif", "xB11.tif", {"B1", "B11"}, "B1"),
    ("x/(BAND)/{f}.tif", "x/red, near/1.tif", {"red, near"}, "red, near"),
    ("x_(BAND).tif", "x_B.tif.tif", None, None),
]


@pytest.mark.parametrize(("text", "key", "bands", "band"), BANDS)
def test_configured_bands_take_only_their_sources(
    text: str, key: str, bands: set[str] | None, band: str | None
) -> None:
    match = compile_pattern(text).match(key, bands)

    assert (match and match.band) == band


def test_bands_do_not_matter_without_band() -> None:
    pattern = compile_pattern("{a}.tif")

    assert pattern.match("x.tif", {"B01"}) == pattern.match("x.tif")


@pytest.mark.parametrize(
    ("text", "path", "owned"),
    [
        (MOSAIC, "2019/11/7/28V/(BAND).tif", True),
        (MOSAIC, "2019/11/7/28V/B02.tif", False),
        (MOSAIC, "2019/11/7/(BAND)/(BAND).tif", False),
        (MOSAIC, "2019/11/7/(BAND)/B02.tif", False),
        ("{a}.tif", "(BAND).tif", False),
        ("{a}.tif", "x_(BAND).tif", False),
        ("{a}.tif", "x.tif", True),
    ],
)
def test_tile_paths_match_with_the_band_literal(text: str, path: str, owned: bool) -> None:
    match = compile_pattern(text).match_tile(path)

    assert (match is not None) == owned
    assert match is None or (match.band, match.tile_path) == (None, path)


#: Pattern, key, the one time; None where the key is not taken.
TIMES = [
    ("{year}.tif", "2019.tif", "2019-01-01"),
    ("{year}/{day}.tif", "2019/9.tif", "2019-01-09"),
    ("{year:4d}{month:2d}{day:2d}.tif", "20190709.tif", "2019-07-09"),
    ("{year}/{doy:3d}.tif", "2020/060.tif", "2020-02-29"),
    ("{year}/{doy}.tif", "2019/366.tif", None),
    ("{year}/{doy}.tif", "2019/000.tif", None),
    ("{year}/{doy}.tif", "0000/001.tif", None),
    ("{year}/{doy}_{month}.tif", "2020/060_2.tif", "2020-02-29"),
    ("{year}/{doy}_{month}.tif", "2020/060_3.tif", None),
    ("{year}/{doy}_{day}.tif", "2020/060_28.tif", None),
    ("{year}/{month}/{day} {hour}-{minute}-{second}.tif", "2019/1/2 3-4-5.tif", "2019-01-02T03:04:05Z"),
    ("{year}/{month}/{day} {hour}-{minute}-{second}.tif", "2019/1/2 24-4-5.tif", None),
    ("{year}/{month}/{day} {hour}-{minute}-{second}.tif", "2019/1/2 3-60-5.tif", None),
    ("{year}/{month}/{day} {hour}-{minute}-{second}.tif", "2019/1/2 3-4-60.tif", None),
    ("{year}/{month}/{day}.tif", "2019/2/29.tif", None),
    ("{year}/{month}/{day}.tif", "2019/123/1.tif", None),
    ("{year}/{month}.tif", "2019/0.tif", None),
    ("{year}/{month}/{year}{month:2d}.tif", "2019/7/201907.tif", "2019-07-01"),
    ("{year}/{month}/{year}{month:2d}.tif", "2019/7/201908.tif", None),
    ("{year}/{time:%Y%m}.tif", "2019/201907.tif", "2019-07-01"),
    ("{date:%Y-%j}.tif", "2019-002.tif", "2019-01-02"),
    ("{t:%Y%m%dT%H%M%S.%f}.tif", "20190102T030405.6789.tif", "2019-01-02T03:04:05.678Z"),
    ("{t:%Y_%f}.tif", "2019_5.tif", "2019-01-01T00:00:00.5Z"),
    ("{t:%Y/%-m/%-d %-H}.tif", "2019/1/02 3.tif", "2019-01-02T03:00:00Z"),
    ("{t:%Y}/{t}_{t:%Y%m}.tif", "2019/2019_201905.tif", "2019-05-01"),
    ("{t:%Y}/{t}_{t:%Y%m}.tif", "2019/2018_201905.tif", None),
    ("[{year}_]{year}{month:2d}.tif", "201905.tif", "2019-05-01"),
]


@pytest.mark.parametrize(("text", "key", "time"), TIMES)
def test_times_are_instants(text: str, key: str, time: str | None) -> None:
    pattern = compile_pattern(text)

    match = pattern.match(key)

    assert (match and match.times.get(str(pattern.one_time()))) == (time and make_instant(time))


def test_an_absent_optional_time_is_no_time() -> None:
    match = compile_pattern("{a}[_{t:%Y}].tif").match("x.tif")

    assert match is not None
    assert match.times == {}


def test_each_place_of_a_spread_time_keeps_its_text() -> None:
    match = compile_pattern("{t:%Y}/{t:%-m}/x_{t:%Y%m}.tif").match("2019/5/x_201905.tif")

    assert match is not None
    assert match.fields == {"t": "2019", "t#2": "5", "t#3": "201905"}
