"""Times in, what is missing between the first and the last out: days of a short range, months of a long one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from byocplan.model.instant import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_MS = 86_400_000
#: Up to so many days, days are counted; beyond that, months.
MAX_DAYS = 92
#: Groups told apart; tiles of others count for the whole alone.
MAX_GROUPS = 10_000
#: Bits that the groups take together, 32 MB: fewer are told apart where times are millennia away from each other.
MAX_BITS = 1 << 28
MAX_RANGES = 10


@dataclass(slots=True)
class TimeTally:
    """Gathers the days or months in which tiles of each group were sensed.

    ``first_ms`` and ``last_ms`` bound all times that come, None where none do; they decide the ``unit``. What is
    gathered is one number a group, whose bit ``n`` says whether there is a tile in the ``n``-th unit, so that memory
    grows with groups and the length of the range, not with tiles.
    """

    first_ms: int | None = None
    last_ms: int | None = None
    seen: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    unit: str = field(init=False)
    _start: int = field(init=False)
    _max_groups: int = field(init=False)

    def __post_init__(self) -> None:
        first, last = (self.first_ms or 0) // DAY_MS, (self.last_ms or 0) // DAY_MS
        self.unit = "day" if self.first_ms is not None and last - first < MAX_DAYS else "month"
        self._start = self._count_units(first)
        self._max_groups = min(MAX_GROUPS, MAX_BITS // (self._count_units(last) - self._start + 1))

    def add(self, group: str, time_ms: int) -> None:
        """Count one tile."""
        bit = 1 << (self._count_units(time_ms // DAY_MS) - self._start)
        self.seen |= bit
        if group in self.groups:
            self.groups[group] |= bit
        elif len(self.groups) < self._max_groups:
            self.groups[group] = bit

    def find_gaps(self, seen: int) -> list[tuple[int, int]]:
        """Return first and last unit of each range without tiles, as ordinals: days, or months counted from year 0."""
        return list(_iter_gaps(seen, self._start))

    def _count_units(self, day: int) -> int:
        return day if self.unit == "day" else _get_month(day)


def count_missing(gaps: list[tuple[int, int]]) -> int:
    """Return how many units the ranges hold."""
    return sum(last - first + 1 for first, last in gaps)


def name_gaps(gaps: list[tuple[int, int]], unit: str) -> tuple[tuple[str, str], ...]:
    """Return the longest ranges in words, in order of time, at most ``MAX_RANGES``."""
    longest = sorted(gaps, key=lambda gap: (gap[0] - gap[1], gap))[:MAX_RANGES]
    return tuple((_name(first, unit), _name(last, unit)) for first, last in sorted(longest))


def _iter_gaps(seen: int, start: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of zeros between the lowest and the highest one, lowest first."""
    bits = f"{seen:b}"[::-1]
    end = bits.find("1")
    while (first := bits.find("0", end)) > end >= 0:
        end = bits.find("1", first)
        yield start + first, start + end - 1


@lru_cache(maxsize=4096)
def _get_month(day: int) -> int:
    on = _make_date(day)
    return on.year * 12 + on.month - 1


def _make_date(day: int) -> date:
    return EPOCH.date() + timedelta(days=day)


def _name(ordinal: int, unit: str) -> str:
    return _make_date(ordinal).isoformat() if unit == "day" else f"{ordinal // 12:04}-{ordinal % 12 + 1:02}"
