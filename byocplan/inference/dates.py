"""Columns in, the places that hold a time out. Pure.

A span is a run of columns that reads as a time: digits of a known width (``20180716``, ``2020153``), or numbers parted
by separators (``2019/11/27``, ``2018-01-19T07-42-27``). Each begins with a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.pattern.times import make_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from byocplan.inference.columns import Column

WIDTHS = {"Y": 4, "m": 2, "d": 2, "j": 3, "H": 2, "M": 2, "S": 2, "f": 3}
#: Units of one run of digits, by its width.
_RUNS = {17: "YmdHMSf", 14: "YmdHMS", 13: "YjHMS", 12: "YmdHM", 11: "YjHM", 10: "YmdH", 8: "Ymd", 7: "Yj", 6: "Ym"}
_DAYS = ("Ymd", "Yj")
_CLOCKS = {6: "HMS", 4: "HM"}
_YEAR_WIDTH = 4
#: Years that digits are taken for, where nothing else says that they are a time.
FIRST_MS, LAST_MS = 0, 4_102_444_800_000
#: Places in one name that agree in so many different times agree for a reason.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Span:
    """``units`` has the letters of each column from ``first`` on, every second one: separators stand between.

    ``places`` are the columns' indexes.
    """

    places: tuple[int, ...]
    units: tuple[str, ...]

    @property
    def first(self) -> int:
        """The first column."""
        return self.places[0]

    @property
    def last(self) -> int:
        """The last column."""
        return self.places[-1]

    @property
    def all_units(self) -> str:
        """One letter for each part of the time."""
        return "".join(self.units)

    def overlaps(self, other: Span) -> bool:
        """Tell whether a column is in both."""
        return self.first <= other.last and other.first <= self.last

    def get_texts(self, columns: Sequence[Column], row: int) -> tuple[str, ...]:
        """Return the text of each part in one path."""
        texts: list[str] = []
        for place, units in zip(self.places, self.units, strict=True):
            rest = columns[place].values[row]
            for unit in units[:-1]:
                texts.append(rest[: WIDTHS[unit]])
                rest = rest[WIDTHS[unit] :]
            texts.append(rest)
        return tuple(texts)


def iter_spans(columns: Sequence[Column]) -> Iterator[Span]:
    """Yield every run that could be a time, by its first column, the longest first."""
    for index, column in enumerate(columns):
        if column.is_number:
            yield from sorted(_iter_spans_at(columns, index), key=lambda span: -len(span.all_units))


def _iter_spans_at(columns: Sequence[Column], first: int) -> Iterator[Span]:
    width = columns[first].width
    if width in _RUNS:
        yield from _with_clock(columns, Span((first,), (_RUNS[width],)))
    if width != _YEAR_WIDTH:
        return
    yield Span((first,), ("Y",))
    second = _find_number(columns, first, "/-_.")
    if second is None:
        return
    widest = max(len(value) for value in columns[second].values)
    if columns[second].width == WIDTHS["j"]:
        yield from _with_clock(columns, Span((first, second), ("Y", "j")))
    elif columns[second].width == _YEAR_WIDTH:
        yield from _with_clock(columns, Span((first, second), ("Y", "md")))
    elif widest <= WIDTHS["m"]:
        yield Span((first, second), ("Y", "m"))
        third = _find_number(columns, second, "/-_.")
        if third is not None and max(len(value) for value in columns[third].values) <= WIDTHS["d"]:
            yield from _with_clock(columns, Span((first, second, third), ("Y", "m", "d")))


def _with_clock(columns: Sequence[Column], span: Span) -> Iterator[Span]:
    yield span
    if span.all_units not in _DAYS:
        return
    clock = _find_number(columns, span.last, "T_-/ ")
    if clock is None:
        return
    width = columns[clock].width
    if width in _CLOCKS:
        yield Span((*span.places, clock), (*span.units, _CLOCKS[width]))
    elif width == WIDTHS["H"]:
        yield from _with_parted_clock(columns, span, clock)


def _with_parted_clock(columns: Sequence[Column], span: Span, hour: int) -> Iterator[Span]:
    found = Span((*span.places, hour), (*span.units, "H"))
    for unit in "MS":
        place = _find_number(columns, found.last, "-_:.")
        if place is None or columns[place].width != WIDTHS[unit]:
            return
        found = Span((*found.places, place), (*found.units, unit))
        yield found


def _find_number(columns: Sequence[Column], after: int, separators: str) -> int | None:
    """Return the column after the next one, when that is one of the separators and this a number."""
    if after + 2 >= len(columns) or not columns[after + 2].is_number:
        return None
    between = columns[after + 1]
    is_parted = between.is_constant and len(between.values[0]) == 1 and between.values[0] in separators
    return after + 2 if is_parted else None


#: What says a day before what says a month or a year; ``2020/001`` is as often a path and row as a day of the year.
_PREFERENCES: tuple[Callable[[Span], bool], ...] = (
    lambda span: "d" in span.all_units or ("j" in span.all_units and span.units[0] != "Y"),
    lambda span: "j" in span.all_units,
    lambda span: "m" in span.all_units,
    lambda span: "Y" in span.all_units,
)


def choose_known(columns: Sequence[Column], times_ms: Sequence[int]) -> Span | None:
    """Return the first span that gives every path its time, None where none does."""
    return next(
        (
            span
            for span in iter_spans(columns)
            if _holds(columns, [span], lambda row, time_ms: time_ms == times_ms[row])
        ),
        None,
    )


def choose_likely(columns: Sequence[Column]) -> Span | None:
    """Return the span that is most likely the sensing time: the first day, or a later place that says it finer."""
    spans = [
        span
        for span in iter_spans(columns)
        if not _has_slashed_clock(columns, span)
        and _holds(columns, [span], lambda _, time_ms: FIRST_MS <= time_ms < LAST_MS)
    ]
    chosen = next((span for says in _PREFERENCES for span in spans if says(span)), None)
    if chosen is None:
        return None
    finer = (span for span in spans if _is_finer(span, chosen) and agrees(columns, chosen, span))
    return next(finer, chosen)


def find_agreeing(columns: Sequence[Column], chosen: Span) -> list[Span]:
    """Return the other places that say the same time, in order; none overlaps another.

    A later place counts where it lies in another folder, or agrees in three different times at least: dates of one name
    may be equal by chance.
    """
    times = {chosen.get_texts(columns, row) for row in range(len(columns[0].values))}
    found: list[Span] = []
    for span in iter_spans(columns):
        is_free = not any(span.overlaps(other) for other in (chosen, *found))
        is_meant = len(times) >= ENOUGH or span.last < chosen.first or _lies_apart(columns, chosen, span)
        if is_free and is_meant and agrees(columns, chosen, span):
            found.append(span)
    return found


def _lies_apart(columns: Sequence[Column], one: Span, other: Span) -> bool:
    """Tell whether a slash stands between."""
    return any(column.values[0] == "/" for column in columns[one.last : other.first])


def agrees(columns: Sequence[Column], one: Span, other: Span) -> bool:
    """Tell whether two places agree, as numbers, in every path."""
    return one == other or (not one.overlaps(other) and _holds(columns, [one, other], lambda *_: True))


def _holds(columns: Sequence[Column], spans: Sequence[Span], accepts: Callable[[int, int], bool]) -> bool:
    """Tell whether the spans, read together, are a time that is accepted in every row."""
    units = "".join(span.all_units for span in spans)
    for row in range(len(columns[0].values)):
        time = make_time(units, tuple(text for span in spans for text in span.get_texts(columns, row)))
        if isinstance(time, str) or not accepts(row, time):
            return False
    return True


def _is_finer(span: Span, than: Span) -> bool:
    return len(span.all_units) > len(than.all_units) and (set("YmdjHMS") & set(span.all_units)) != set()


def _has_slashed_clock(columns: Sequence[Column], span: Span) -> bool:
    return any(
        "H" in units and place > 0 and columns[place - 1].values[0] == "/"
        for place, units in zip(span.places, span.units, strict=True)
    )
