"""Which listing prefixes a pattern and a where need."""

import pytest

from byocplan.model.pattern import Where, compile_pattern, make_date_range

MOSAIC = "{year}/{month}/{day}/{grid}/(BAND).tif"


def find_prefixes(text: str, first: str | None, last: str | None, **fields: tuple[str, ...]) -> tuple[str, ...]:
    return compile_pattern(text).prefixes(Where(make_date_range(first, last), fields))


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        (MOSAIC, ("",)),
        ("a/b_{grid}/(BAND).tif", ("a/b_",)),
        ("a/b.tif", ("a/b.tif",)),
        ("x/{s:S2B|S2A}/{s}_{a}.tif", ("x/S2A/S2A_", "x/S2B/S2B_")),
        ("[old/]{a}.tif", ("",)),
        ("x/[old/]{a}.tif", ("x/",)),
        ("{s:a|ab}.{n}.tif", ("a.", "ab.")),
        ("{s:a|b}[x]{**}/c.tif", None),
        ("x/{**}/c.tif", ("x/",)),
        ("x(BAND).tif", ("x",)),
    ],
)
def test_without_where_the_literal_head_is_listed(text: str, prefixes: tuple[str, ...] | None) -> None:
    if prefixes is not None:
        assert compile_pattern(text).prefixes() == prefixes


@pytest.mark.parametrize(
    ("text", "first", "last", "prefixes"),
    [
        (MOSAIC, "2019-11-01", "2019-11-30", ("2019/11/",)),
        (MOSAIC, "2019-02-01", "2019-02-28", ("2019/02/", "2019/2/")),
        (MOSAIC, "2020-02-01", "2020-02-28T23:00:00Z", None),
        (MOSAIC, "2018-01-01", "2020-12-31", ("2018/", "2019/", "2020/")),
        (MOSAIC, "2019-12-31", "2020-01-31", ("2019/12/31/", "2020/01/", "2020/1/")),
        (MOSAIC, "2019-11-27", "2019-11-27", ("2019/11/27/",)),
        (MOSAIC, "2019-11-28", "2019-11-27", ()),
        (MOSAIC, "2019-11-28", None, ("",)),
        (MOSAIC, None, "2019-11-28", ("",)),
        (MOSAIC, "0001-01-01", "9999-12-31", ("",)),
        ("x/{year}{month:2d}{day:2d}_(BAND).tif", "2019-11-09", "2019-11-10", ("x/20191109_", "x/20191110_")),
        ("{t:%Y}/{t:%-m}/S_{t:%Y%m%d}_(BAND).tif", "2019-12-31", "2019-12-31", ("2019/12/S_20191231_",)),
        ("{year}/{doy}/(BAND).tif", "2019-12-30", "2019-12-31", ("2019/364/", "2019/365/")),
        ("{year}/{doy}/(BAND).tif", "2020-01-01", "2020-12-31", ("2020/",)),
        ("{grid}/{year}/(BAND).tif", "2019-01-01", "2019-01-31", ("",)),
        ("{t:%Y-%m-%dT%H}/(BAND).tif", "2019-12-30", "2019-12-30T10:00:00Z", ("2019-12-30T",)),
        ("{day}.{year}/(BAND).tif", "2019-01-09", "2019-01-10", ("09.2019/", "10.2019/", "9.2019/")),
        ("{a:%Y}/{b:%Y}/(BAND).tif", "2019-01-01", "2019-12-31", ("",)),
        ("x[/{year}].tif", "2019-01-01", "2019-12-31", ("x.tif", "x/2019.tif")),
    ],
)
def test_dates_narrow_the_listing(
    text: str, first: str | None, last: str | None, prefixes: tuple[str, ...] | None
) -> None:
    found = find_prefixes(text, first, last)

    assert prefixes is None or found == prefixes


def test_the_named_time_narrows_the_listing() -> None:
    pattern = compile_pattern("{a:%Y}/{b:%Y}/(BAND).tif")
    dates = make_date_range("2018-01-01", "2019-12-31")

    assert pattern.prefixes(Where(dates, time_name="a")) == ("2018/", "2019/")
    assert pattern.prefixes(Where(dates, time_name="b")) == ("",)


def test_texts_asked_for_narrow_the_listing() -> None:
    text = "x/{year}/{grid}/{s:A|B}/{grid}_(BAND).tif"

    assert find_prefixes(text, "2019-01-01", "2019-12-31", grid=("28V", "5*", "5?")) == (
        "x/2019/28V/A/28V_",
        "x/2019/28V/B/28V_",
        "x/2019/5",
    )
    assert find_prefixes(text, "2019-01-01", "2019-12-31", grid=("1",), s=("A*",)) == ("x/2019/1/A/1_",)
    assert compile_pattern(text).prefixes(Where(fields={"year": ("2018", "2019")})) == ("x/2018/", "x/2019/")
    assert compile_pattern("{t:%Y%m}.tif").prefixes(Where(fields={"t": ("201901",)})) == ("",)


def test_too_many_days_are_listed_by_month() -> None:
    prefixes = find_prefixes("{year}/{month:2d}_{day:2d}/(BAND).tif", "2019-01-02", "2024-12-30")

    assert "2019/01_02/" in prefixes
    assert "2020/" in prefixes
    assert len(prefixes) == 4 + 30 + 30 + 11 + 11


def test_the_number_of_prefixes_is_bounded() -> None:
    grids = tuple(f"{number:03}" for number in range(401))

    assert find_prefixes("x/{grid}/(BAND).tif", None, None, grid=grids) == ("x/",)
    assert len(find_prefixes("x/{grid}/(BAND).tif", None, None, grid=grids[:400])) == 400
    assert find_prefixes("x/{grid}/(BAND)[_v2].tif", None, None, grid=grids[:201]) == ("x/",)
    assert find_prefixes("{day}-{month}-{year}_(BAND).tif", "2000-01-01", "2019-12-31")[:2] == ("01-", "02-")
