"""What to list: the alternatives of a pattern and a where in, listing prefixes out. Pure.

Prefixes grow piece by piece from the literal head, as long as the next piece can be spelled out: literal text, words,
texts that ``where`` asks for, and the parts of the time that ``where.date`` tests. A part of which every value is asked
for is not spelled out. No key that matches the pattern and the where is outside of the prefixes.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from types import MappingProxyType

from byocplan.model.pattern.pieces import Again, Chars, Literal, Piece, Words, get_width
from byocplan.model.pattern.where import DateRange, Where

MAX_PREFIXES = 400
_MAX_DAYS = 40_000
_DAY_MS = 86_400_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal()
_VALUES: Mapping[str, Callable[[date], int]] = MappingProxyType(
    {
        "Y": lambda day: day.year,
        "m": lambda day: day.month,
        "d": lambda day: day.day,
        "j": lambda day: day.timetuple().tm_yday,
    }
)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A prefix on its way.

    ``days`` are those it can still hold (None: dates do not narrow it), ``fixed`` the units of the time spelled so far,
    ``texts`` those of fields, and ``grows`` is false once something could not be spelled out.
    """

    prefix: str = ""
    days: tuple[date, ...] | None = None
    fixed: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    grows: bool = True


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked for: a where, the time its date tests, and the fields that are one piece."""

    where: Where
    time_name: str | None
    whole: frozenset[str]


def make_prefixes(alternatives: Sequence[Sequence[Piece]], where: Where, time_name: str | None) -> tuple[str, ...]:
    """Return the prefixes in order, at most MAX_PREFIXES, none the beginning of another.

    ``time_name`` is the time that ``where.date`` tests, None when it tests none. Empty when nothing can match.
    """
    days = _list_days(where.date) if where.date and time_name else None
    if days == ():
        return ()
    most = MAX_PREFIXES // len(alternatives)
    found: set[str] = set()
    for pieces in alternatives:
        names = [piece.field for piece in pieces if piece.field]
        ask = _Ask(where, time_name, frozenset(name for name in names if names.count(name) == 1))
        found.update(_grow(pieces, ask, _Branch(days=days), most))
    return tuple(_drop_covered(sorted(found)))


def _list_days(dates: DateRange) -> tuple[date, ...] | None:
    """Return the days that the range touches, None when they are without end or too many."""
    if dates.from_ms is None or dates.to_ms is None:
        return None
    first = max(dates.from_ms // _DAY_MS + _EPOCH_DAY, 1)
    last = min(dates.to_ms // _DAY_MS + _EPOCH_DAY, _LAST_DAY)
    if last - first >= _MAX_DAYS:
        return None
    return tuple(date.fromordinal(day) for day in range(first, last + 1))


def _grow(pieces: Sequence[Piece], ask: _Ask, branch: _Branch, most: int) -> Iterable[str]:
    branches = [branch]
    for piece in pieces:
        spelled = (
            after for before in branches for after in (_spell(before, piece, ask) if before.grows else (before,))
        )
        grown = list(islice(spelled, most + 1))
        if len(grown) > most:
            break
        branches = grown
    return (each.prefix for each in branches)


def _spell(branch: _Branch, piece: Piece, ask: _Ask) -> Iterable[_Branch]:
    name, unit = piece.field or "", piece.unit or ""
    match piece.atom:
        case Literal(text):
            return (replace(branch, prefix=branch.prefix + text),)
        case Again(first, _):
            return (replace(branch, prefix=branch.prefix + dict(branch.texts)[first]),)
        case Chars() as atom if unit in _VALUES and piece.time == ask.time_name and branch.days is not None:
            return _spell_unit(branch, branch.days, unit, get_width(atom))
        case Words(words):
            free = name not in ask.where.fields
            return _spell_texts(branch, name, [word for word in words if free or ask.where.accepts_text(name, word)])
        case _:
            return _spell_wanted(branch, name, ask)


def _spell_unit(branch: _Branch, days: Iterable[date], unit: str, width: int | None) -> Iterable[_Branch]:
    """Part the days by the value of the unit, unless all values are asked for."""
    if unit not in branch.fixed and _is_whole(branch):
        return (replace(branch, grows=False),)
    by_value: dict[int, list[date]] = {}
    for day in days:
        by_value.setdefault(_VALUES[unit](day), []).append(day)
    return [
        replace(branch, prefix=branch.prefix + text, days=tuple(kept), fixed=branch.fixed + unit)
        for value, kept in by_value.items()
        for text in sorted({f"{value:0{width or 1}}", f"{value:0{width or 2}}"})
    ]


def _is_whole(branch: _Branch) -> bool:
    """Tell whether the days are all of the year, or all of the month, that is spelled out."""
    days = branch.days or ()
    units = frozenset(branch.fixed)
    if units == {"Y"}:
        return len(days) == (366 if isleap(days[0].year) else 365)
    return units == {"Y", "m"} and len(days) == monthrange(days[0].year, days[0].month)[1]


def _spell_texts(branch: _Branch, name: str, texts: Iterable[str]) -> Iterable[_Branch]:
    return [replace(branch, prefix=branch.prefix + text, texts=(*branch.texts, (name, text))) for text in texts]


def _spell_wanted(branch: _Branch, name: str, ask: _Ask) -> Iterable[_Branch]:
    """Spell the texts that the where asks of this field; of wildcards, what stands before the first."""
    texts = ask.where.fields.get(name)
    if texts is None or name not in ask.whole:
        return (replace(branch, grows=False),)
    spelled: list[_Branch] = []
    for text in texts:
        head = re.split(r"[*?]", text)[0]
        spelled.extend(replace(each, grows=head == text) for each in _spell_texts(branch, name, [head]))
    return spelled


def _drop_covered(prefixes: Iterable[str]) -> Iterable[str]:
    last = None
    for prefix in prefixes:
        if last is None or not prefix.startswith(last):
            last = prefix
            yield prefix
