"""Which matches a where accepts."""

from datetime import UTC, date, datetime

import pytest

from byocplan.model.instant import make_instant
from byocplan.model.pattern import DateRange, Where, compile_pattern, make_date_range

PATTERN = compile_pattern("{t:%Y%m%dT%H%M%S}[_{u:%Y%m%d}]_{grid}.tif")


def test_an_empty_where_accepts_every_match() -> None:
    match = PATTERN.match("20190102T030405_28V.tif")

    assert match is not None
    assert Where().accepts(match)


@pytest.mark.parametrize(
    ("first", "last", "accepted"),
    [
        ("2019-01-02", "2019-01-02", True),
        ("2019-01-03", None, False),
        (None, "2019-01-01", False),
        (None, "2019-01-02T03:04:05Z", True),
        (None, "2019-01-02T03:04:04.999Z", False),
        (None, "2019-01-02T00:00:00Z", False),
        ("2019-01-02T03:04:05Z", None, True),
        ("2019-01-02T03:04:05.001Z", None, False),
        (date(2019, 1, 2), date(2019, 1, 2), True),
        (datetime(2019, 1, 2, 4, tzinfo=UTC), None, False),
        (0, 1_546_398_245_000, True),
        (0, 1_546_398_244_999, False),
    ],
)
def test_a_date_range_includes_both_ends(
    first: str | date | int | None, last: str | date | int | None, accepted: bool
) -> None:
    match = PATTERN.match("20190102T030405_28V.tif")

    assert match is not None
    assert Where(make_date_range(first, last)).accepts(match) == accepted


def test_a_text_that_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        make_date_range("someday", None)


def test_a_last_day_includes_its_last_millisecond() -> None:
    assert make_date_range("2019-01-01", "2019-12-31") == DateRange(
        make_instant("2019-01-01"), make_instant("2020-01-01") - 1
    )


def test_a_date_without_its_time_is_not_accepted() -> None:
    with_both, with_one = (PATTERN.match(f"20190102T030405{part}_28V.tif") for part in ("_20200101", ""))
    dates = make_date_range("2020-01-01", None)

    assert with_both is not None
    assert with_one is not None
    assert not Where(dates).accepts(with_both)
    assert Where(dates, time_name="u").accepts(with_both)
    assert not Where(dates, time_name="u").accepts(with_one)
    assert not Where(dates, time_name="t").accepts(with_both)


@pytest.mark.parametrize(
    ("wildcards", "accepted"),
    [
        (("28V",), True),
        (("28v",), False),
        (("28",), False),
        (("5*", "2*"), True),
        (("2?V",), True),
        (("?",), False),
        (("*8*",), True),
        (("*",), True),
        (("[0-9]*",), False),
        ((), False),
    ],
)
def test_fields_are_compared_with_wildcards(wildcards: tuple[str, ...], accepted: bool) -> None:
    match = PATTERN.match("20190102T030405_28V.tif")

    assert match is not None
    assert Where(fields={"grid": wildcards}).accepts(match) == accepted


def test_an_absent_field_is_not_accepted() -> None:
    match = PATTERN.match("20190102T030405_28V.tif")

    assert match is not None
    assert not Where(fields={"u": ("*",)}).accepts(match)
