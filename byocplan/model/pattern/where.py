"""What a tile source asks of the matches of its pattern: a range of dates and texts of fields. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from byocplan.model.instant import make_instant
from byocplan.model.pattern.values import Match

_DAY_MS = 86_400_000
_DATE_ALONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class DateRange:
    """Instants in epoch milliseconds UTC, both included; None is open."""

    from_ms: int | None = None
    to_ms: int | None = None

    def holds(self, time_ms: int) -> bool:
        """Tell whether the instant is in the range."""
        return (self.from_ms is None or time_ms >= self.from_ms) and (self.to_ms is None or time_ms <= self.to_ms)


def make_date_range(first: str | date | int | None, last: str | date | int | None) -> DateRange:
    """Return the range; a ``last`` without a time of day includes the whole day. Raises ValueError for other texts."""
    return DateRange(_make_ms(first, 0), _make_ms(last, _DAY_MS - 1))


def _make_ms(value: str | date | int | None, rest_of_day_ms: int) -> int | None:
    if value is None or isinstance(value, int):
        return value
    text = str(value).strip()
    return make_instant(text) + (rest_of_day_ms if _DATE_ALONE.fullmatch(text) else 0)


@dataclass(frozen=True, slots=True)
class Where:
    """A match is accepted when its time is in ``date`` and each field's text is like one of the wildcards given.

    ``*`` stands for any text, ``?`` for one character. ``time_name`` says which time ``date`` tests; it may be left out
    for a pattern with one time.
    """

    date: DateRange | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    time_name: str | None = None

    def accepts(self, match: Match) -> bool:
        """Tell whether the match is asked for; one without the time or a field tested is not."""
        if self.date is not None:
            time_ms = self._find_time(match)
            if time_ms is None or not self.date.holds(time_ms):
                return False
        return all(self.accepts_text(name, match.fields.get(name)) for name in self.fields)

    def accepts_text(self, name: str, text: str | None) -> bool:
        """Tell whether the text of one field is like one of its wildcards; no text is like none."""
        return text is not None and any(compile_wildcards(each).fullmatch(text) for each in self.fields[name])

    def _find_time(self, match: Match) -> int | None:
        if self.time_name is not None:
            return match.times.get(self.time_name)
        return next(iter(match.times.values())) if len(match.times) == 1 else None


@lru_cache(maxsize=4096)
def compile_wildcards(text: str) -> "re.Pattern[str]":
    """Return the expression for a text with ``*`` and ``?``; parts are taken where they first come."""
    first, *others = [re.escape(part).replace(r"\?", r"[\s\S]") for part in text.split("*")]
    if not others:
        return re.compile(first)
    between = "".join(rf"(?>[\s\S]*?{part})" for part in others[:-1])
    return re.compile(rf"{first}{between}[\s\S]*{others[-1]}")
