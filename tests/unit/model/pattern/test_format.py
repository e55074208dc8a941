"""Captured texts in, keys out; and the texts that are refused."""

import pytest

from byocplan.errors import FormatError
from byocplan.model.pattern import compile_pattern

MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"


def test_a_match_formats_to_its_key_with_optional_parts_as_they_were() -> None:
    pattern = compile_pattern("[old/][{n:d}-]{a}/{t:%Y%m}_{a}[_x]_(BAND).tif")
    keys = ["old/1-b/201901_b_x_B1.tif", "b/201901_b_B1.tif", "old/b/201901_b_x_B1.tif"]

    matches = [pattern.match(key) for key in keys]

    assert [match and pattern.format(match) for match in matches] == keys


def test_a_match_of_a_tile_path_formats_to_the_tile_path() -> None:
    pattern = compile_pattern(MOSAIC)
    match = pattern.match_tile("2019/1/2/28V/(BAND).tif")

    assert match is not None
    assert pattern.format(match) == "2019/1/2/28V/(BAND).tif"


def test_fields_format_to_a_tile_path_and_with_a_band_to_a_key() -> None:
    pattern = compile_pattern(MOSAIC)
    fields = {"year": "2019", "month": "01", "day": "2", "grid": "28V"}

    assert pattern.format(fields) == "2019/01/2/28V/(BAND).tif"
    assert pattern.format(fields, band="B02") == "2019/01/2/28V/B02.tif"


def test_whole_segments_format_with_their_slash() -> None:
    assert compile_pattern("{**}/{a}.tif").format({"**": "x/y/", "a": "z"}) == "x/y/z.tif"


REFUSED = [
    (MOSAIC, {"year": "2019"}, None, "the fields given are year, those of the pattern year, month, day, grid"),
    ("a[_{n}].tif", {"m": "1"}, None, "the fields given are m, those of the pattern n (optional)"),
    ("{a}.tif", {}, None, "the fields given are none"),
    ("{a}_{b}.tif", {"a": "x_y", "b": "z"}, None, "the field a could not have captured 'x_y'"),
    ("{a}.tif", {"a": "x/y"}, None, "it does not take 'x/y.tif', which these values give"),
    ("{a}.tif", {"a": "x(BAND)"}, None, "it does not take"),
    ("{n:2d}.tif", {"n": "123"}, None, "it does not take"),
    ("{t:%Y%m}.tif", {"t": "201913"}, None, "it does not take"),
    ("x_(BAND).tif", {}, "a/b", "it does not take"),
    ("[{a}_]{b}.tif", {"b": "x_y"}, None, "the field b could not have captured 'x_y'"),
]


@pytest.mark.parametrize(("text", "fields", "band", "words"), REFUSED)
def test_values_that_could_not_be_captured_are_refused(
    text: str, fields: dict[str, str], band: str | None, words: str
) -> None:
    with pytest.raises(FormatError) as caught:
        compile_pattern(text).format(fields, band=band)

    assert words in caught.value.message
    assert caught.value.text == text


def test_a_match_of_another_pattern_is_refused() -> None:
    match = compile_pattern("{a}[_x].tif").match("b_x.tif")
    assert match is not None

    with pytest.raises(FormatError, match="the match is of another pattern"):
        compile_pattern("{a}.tif").format(match)


def test_a_match_with_other_fields_is_refused() -> None:
    match = compile_pattern("{a}.tif").match("x.tif")
    assert match is not None

    with pytest.raises(FormatError, match="those of the pattern b"):
        compile_pattern("{b}.tif").format(match)
