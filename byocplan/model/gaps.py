"""Times in, what is missing between the first and the last out: days of a short range, months of a long one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from byocplan.model.instant import EPOCH

DAY_MS = 86_400_000
#: Up to so many days, days are counted; beyond that, months.
MAX_DAYS = 92
#: Groups told apart; tiles of others count for the whole alone.
MAX_GROUPS = 10_000
MAX_RANGES = 10


@dataclass(slots=True)
class TimeTally:
    """Gathers the days on which tiles of each group were sensed; memory grows with days and groups, not with tiles."""

    days: set[int] = field(default_factory=set)
    groups: dict[str, set[int]] = field(default_factory=dict)
    first_ms: int | None = None
    last_ms: int | None = None
    timeless: int = 0

    def add(self, group: str, time_ms: int | None) -> None:
        """Count one tile."""
        if time_ms is None:
            self.timeless += 1
            return
        self.first_ms = time_ms if self.first_ms is None else min(self.first_ms, time_ms)
        self.last_ms = time_ms if self.last_ms is None else max(self.last_ms, time_ms)
        day = time_ms // DAY_MS
        self.days.add(day)
        if group in self.groups or len(self.groups) < MAX_GROUPS:
            self.groups.setdefault(group, set()).add(day)

    @property
    def unit(self) -> str:
        """``day`` or ``month``."""
        return "day" if self.days and max(self.days) - min(self.days) < MAX_DAYS else "month"


def find_gaps(days: set[int], unit: str) -> list[tuple[int, int]]:
    """Return first and last unit of each range without tiles, as ordinals: days, or months counted from year 0."""
    ordinals = sorted(days if unit == "day" else {_get_month(day) for day in days})
    return [(one + 1, other - 1) for one, other in pairwise(ordinals) if other - one > 1]


def count_missing(gaps: list[tuple[int, int]]) -> int:
    """Return how many units the ranges hold."""
    return sum(last - first + 1 for first, last in gaps)


def name_gaps(gaps: list[tuple[int, int]], unit: str) -> tuple[tuple[str, str], ...]:
    """Return the longest ranges in words, in order of time, at most ``MAX_RANGES``."""
    longest = sorted(gaps, key=lambda gap: (gap[0] - gap[1], gap))[:MAX_RANGES]
    return tuple((_name(first, unit), _name(last, unit)) for first, last in sorted(longest))


def _get_month(day: int) -> int:
    on = _make_date(day)
    return on.year * 12 + on.month - 1


def _make_date(day: int) -> date:
    return EPOCH.date() + timedelta(days=day)


def _name(ordinal: int, unit: str) -> str:
    return _make_date(ordinal).isoformat() if unit == "day" else f"{ordinal // 12:04}-{ordinal % 12 + 1:02}"
