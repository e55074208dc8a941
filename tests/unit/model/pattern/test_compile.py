"""What compiling a pattern tells of it, and what it refuses."""

import pytest

from byocplan.errors import PatternError
from byocplan.model.pattern import Field, compile_pattern

REFUSED = [
    ("", 0, "the pattern is empty"),
    ("x" * 1021 + ".tif", 1024, "shorten the pattern"),
    ("{a}{b}.tif", 3, "{a} and {b} stand side by side"),
    ("{a}(BAND).tif", 3, "{a} and (BAND) stand side by side"),
    ("x_{month}{day}/{year}.tif", 9, "{month} and {day} stand side by side"),
    ("{t:%Y%-m%-d}.tif", 0, "%-m of {t:%Y%-m%-d} and %-d of {t:%Y%-m%-d} stand side by side"),
    ("{a}[_x]{b}.tif", 7, "{a} and {b} stand side by side"),
    ("{a}_{b}{a}.tif", 7, "{b} and {a} stand side by side"),
    ("{s:a|bc}{n:d}.tif", 8, "neither has a fixed width"),
    ("{a:int}.tif", 0, "{a:int} has no known type: write one of w"),
    ("{a:}.tif", 0, "{a:} has no known type"),
    ("{a:0d}.tif", 0, "write a width of 1 or more"),
    ("{a:x||y}.tif", 0, "has an empty word"),
    ("{a:x|x}.tif", 0, "has a word twice"),
    ("{a:x/y|z}.tif", 0, "has a / in a word"),
    ("{1a}.tif", 0, "'1a' is no field name"),
    ("{}.tif", 0, "'' is no field name"),
    ("{time}.tif", 0, "{time} is the time that {year}"),
    ("{date}.tif", 0, "{date} is what `where.date` tests"),
    ("{Band}.tif", 0, "would be taken for the band"),
    ("{year:w}.tif", 0, "year is a part of the time; write {year} or {year:4d}"),
    ("{month:3d}/{year}.tif", 0, "write {month} or {month:2d}"),
    ("{year:%Y}.tif", 0, "write {t:%Y}"),
    ("{t:%Y%q}.tif", 0, "%q in the time {t} is not known"),
    ("{t:%Y%}.tif", 0, "% in the time {t} is not known"),
    ("{month}/(BAND).tif", 0, "the time 'time' has no year"),
    ("x/{t:%m%d}/(BAND).tif", 2, "the time 't' has no year"),
    ("[{year}/]{month}.tif", 9, "the time 'time' has no year"),
    ("{a:d}/{a:w}.tif", 6, "{a} has another type before"),
    ("{a}/{a:d}.tif", 4, "{a} has another type before"),
    ("{a}/{a:%Y}.tif", 4, "{a} is a plain field already"),
    ("{a:%Y}/{a:d}.tif", 7, "{a} is a time already"),
    ("a{b.tif", 1, "{ is not closed"),
    ("a}b.tif", 1, "} closes nothing"),
    ("a[b.tif", 1, "[ is not closed"),
    ("a]b.tif", 1, "] closes nothing"),
    ("a[]b.tif", 2, "the optional part is empty"),
    ("a[b[c]].tif", 3, "an optional part within another"),
    ("[a][b][c][d][e].tif", 12, "more than 4 optional parts"),
    ("(BAND)_(BAND).tif", 7, "(BAND) stands here a second time"),
    ("x[_(BAND)].tif", 3, "(BAND) cannot be optional"),
    ("(band).tif", 0, "(band) is not the band: write (BAND)"),
    (r"\(BAND).tif", 0, "(BAND) cannot be part of a key"),
    ("*.tif", 0, "* is no wildcard here"),
    (r"a\b.tif", 1, r"\ must stand before one of"),
    ("a.tif\\", 5, r"\ must stand before one of"),
    ("a{**}/b.tif", 1, "{**} takes whole folders"),
    ("a/{**}b.tif", 2, "{**} takes whole folders"),
    ("a/{**}", 2, "{**} takes whole folders"),
    ("a/{**}{t:/%Y}.tif", 2, "{**} takes whole folders"),
    ("{a}/{**}{b}.tif", 4, "{**} takes whole folders"),
    ("{**}/a/{**}/b.tif", 7, "{**} stands here a second time"),
    ("/a.tif", 0, "write the pattern without the / before it"),
    ("[a.tif]", 0, "a tile's path begins with a name"),
    ("(BAND).jp2", 9, "a tile's files end in .tif or .tiff"),
    ("(BAND).tif.ovr", 13, "write one of them for '.tif.ovr'"),
    ("(BAND)/", 6, "a tile's files end in .tif or .tiff"),
]


@pytest.mark.parametrize(("text", "position", "words"), REFUSED, ids=[case[0][:24] for case in REFUSED])
def test_refusals_say_where_and_what_to_write(text: str, position: int, words: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(text)

    assert words in caught.value.message
    assert caught.value.position == position
    assert caught.value.text == text
    assert caught.value.problems[0].column == position + 1
    assert str(caught.value).startswith(f"path pattern {text!r}, character {position + 1}: ")


def test_a_pattern_tells_its_fields_in_order() -> None:
    pattern = compile_pattern("{year}/{month}/[{part:2d}_]{grid}_{year}_(BAND).tif")

    assert pattern.fields == (
        Field("year", "{year}", time="time"),
        Field("month", "{month}", time="time"),
        Field("part", "{part:2d}", optional=True),
        Field("grid", "{grid}"),
        Field("year#2", "{year}", time="time"),
    )
    assert pattern.first_field == "part"
    assert pattern.has_band
    assert pattern.time_names == ("time",)
    assert pattern.one_time() == "time"


def test_a_field_written_twice_is_one_field() -> None:
    pattern = compile_pattern("[{a:2d}/]{b}/{a}_{b}.tif")

    assert pattern.fields == (Field("a", "{a:2d}", optional=True), Field("b", "{b}"))


def test_a_pattern_without_fields_is_one_tile() -> None:
    pattern = compile_pattern("special/scene.tif")

    assert pattern.fields == ()
    assert pattern.first_field is None
    assert not pattern.has_band
    assert pattern.one_time() is None


def test_several_times_have_no_one_time() -> None:
    pattern = compile_pattern("{start:%Y%m%d}_{end:%Y%m%d}_(BAND).tif")

    assert pattern.time_names == ("start", "end")
    assert pattern.one_time() is None


def test_patterns_are_equal_by_their_text() -> None:
    one, same, other = (compile_pattern(text) for text in ("{a}.tif", "{a}.tif", "{b}.tif"))

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
