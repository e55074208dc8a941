"""Days with their counts in, the bars of a histogram out: days, months or years, as many as can be told apart. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EPOCH = date(1970, 1, 1)
MAX_BARS = 190
MONTHS_A_YEAR = 12
DECADE = 10


@dataclass(frozen=True, slots=True)
class Bins:
    """``labels`` of consecutive bars; ``edges`` are the days since 1970 on which they begin, and the last one's end."""

    labels: tuple[str, ...] = ()
    edges: tuple[int, ...] = ()


def make_bins(first: int, last: int) -> Bins:
    """Return bars from the day ``first`` to ``last``, both within; days count from 1970-01-01."""
    if last - first < MAX_BARS:
        days = range(first, last + 1)
        return Bins(tuple(_get_date(day).isoformat() for day in days), (*days, last + 1))
    start, end = _get_month(_get_date(first)), _get_month(_get_date(last))
    if end - start < MAX_BARS:
        return _make_months(start, end, 1)
    whole = MONTHS_A_YEAR if (end - start) // MONTHS_A_YEAR < MAX_BARS else MONTHS_A_YEAR * DECADE
    return _make_months(start // whole * whole, end, whole)


def count_bars(days: Mapping[int, int], edges: tuple[int, ...]) -> list[int]:
    """Return how many tiles each bar holds."""
    counts = [0] * (len(edges) - 1)
    for day, count in days.items():
        counts[bisect_right(edges, day) - 1] += count
    return counts


@lru_cache(maxsize=8192)
def get_month(day: int) -> int:
    """Return the month of a day since 1970, counted from year 0."""
    return _get_month(_get_date(day))


def _make_months(start: int, end: int, step: int) -> Bins:
    months = range(start, end + 1, step)
    names = [
        f"{month // MONTHS_A_YEAR:04}" + (f"-{month % MONTHS_A_YEAR + 1:02}" if step == 1 else "") for month in months
    ]
    return Bins(tuple(names), tuple(_get_first_day(month) for month in (*months, months[-1] + step)))


def _get_date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def _get_month(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _get_first_day(month: int) -> int:
    year = min(max(month // MONTHS_A_YEAR, 1), 9999)
    return (date(year, month % MONTHS_A_YEAR + 1, 1) - EPOCH).days
