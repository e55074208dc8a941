"""Bars of a histogram: every day in exactly one, never too many."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byocplan.view.report.bins import EPOCH, MAX_BARS, count_bars, make_bins

DAYS = st.integers((date.min - EPOCH).days, (date.max - EPOCH).days)


def make_day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2019-02-27", "2019-03-01", ("2019-02-27", "2019-02-28", "2019-03-01")),
        ("2019-11-30", "2019-11-30", ("2019-11-30",)),
        (
            "2018-12-31",
            "2019-07-31",
            ("2018-12", "2019-01", "2019-02", "2019-03", "2019-04", "2019-05", "2019-06", "2019-07"),
        ),
        ("1990-05-01", "1990-05-01", ("1990-05-01",)),
    ],
)
def test_a_short_span_has_days_and_a_longer_one_months(first: str, last: str, labels: tuple[str, ...]) -> None:
    assert make_bins(make_day(first), make_day(last)).labels == labels


def test_a_long_span_has_years_and_a_very_long_one_decades() -> None:
    years, decades = make_bins(make_day("1984-03-01"), make_day("2024-03-01")), make_bins(make_day("1700-01-01"), 0)

    assert years.labels[:2] == ("1984", "1985")
    assert decades.labels[:2] == ("1700", "1710")


@given(st.lists(DAYS, min_size=1, max_size=20).filter(lambda days: max(days) - min(days) < 600_000))
def test_bars_hold_all_days(days: list[int]) -> None:
    bins = make_bins(min(days), max(days))

    assert len(bins.labels) == len(bins.edges) - 1 <= MAX_BARS + 1
    assert list(bins.edges) == sorted(set(bins.edges))
    assert sum(count_bars(dict.fromkeys(set(days), 2), bins.edges)) == 2 * len(set(days))
