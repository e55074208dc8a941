"""Columns and the places of a time in, the text of a path pattern out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.inference.columns import CELL, GRID
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.inference.columns import Column
    from byocplan.inference.dates import Span

TIME_NAME = "sensed"
_SPECIAL = re.compile(r"([\\\[\]{}*])")
_HEX = re.compile(r"(?=.*[0-9])[0-9A-Fa-f]{8,}(?:-[0-9A-Fa-f-]+)?")
_PARTS = {"Y": "year", "m": "month", "d": "day", "j": "doy"}
#: Units that come with one digit or two.
_SHORT = frozenset("mdH")
#: So many words at most are listed in a field, and each must have come so often.
MAX_WORDS, MIN_TIMES = 4, 4


@dataclass(slots=True)
class _Writer:
    """A pattern being written. ``codes`` are the time codes of columns, ``named`` what earlier columns are called."""

    columns: Sequence[Column]
    codes: Mapping[int, str]
    is_plain: bool
    is_sample: bool
    named: dict[tuple[str, ...], str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def write(self) -> str:
        parts: list[str] = []
        index = 0
        while index < len(self.columns):
            end = self._find_end(index)
            parts.append(self._write_time(index, end) if index in self.codes else self._write_column(index))
            index = end
        return "".join(parts)

    def _find_end(self, index: int) -> int:
        """Return the column after what is written as one: a time goes on over separators, but not over a slash."""
        end = index + 1
        if index not in self.codes or self.is_plain:
            return end
        while True:
            after = end if end in self.codes else end + 1
            if after not in self.codes or (after > end and not self._is_inner(end)):
                return end
            end = after + 1

    def _is_inner(self, index: int) -> bool:
        """Tell whether the column stands within a time: a constant that is no slash, and between two of its parts."""
        column = self.columns[index]
        return column.is_constant and column.values[0] not in {"/", BAND} and index - 1 in self.codes

    def _write_time(self, index: int, end: int) -> str:
        if self.is_plain:
            return self.codes[index]
        codes = (self.codes.get(each) or self.columns[each].values[0].replace("%", "%%") for each in range(index, end))
        return f"{{{TIME_NAME}:{''.join(codes)}}}"

    def _write_column(self, index: int) -> str:
        column = self.columns[index]
        if column.is_constant:
            return BAND if column.values[0] == BAND and column.is_fixed else escape(column.values[0])
        key = tuple(column.values)
        if key in self.named:
            return f"{{{self.named[key]}}}"
        name = self._choose_name(column)
        self.named[key] = name
        return f"{{{name}{_make_loose_type(column) if self.is_sample else _make_type(column)}}}"

    def _choose_name(self, column: Column) -> str:
        for name, shape in (("grid", GRID), ("cell", CELL), ("id", _HEX)):
            if name not in self.used and not column.is_number and all(map(shape.fullmatch, column.values)):
                self.used.add(name)
                return name
        stem = "n" if column.is_number else "w"
        number = sum(name.startswith(stem) and name[1:].isdigit() for name in self.used) + 1
        self.used.add(f"{stem}{number}")
        return f"{stem}{number}"


def render_pattern(columns: Sequence[Column], spans: Sequence[Span], *, is_sample: bool = False) -> str:
    """Return the text; ``spans`` are the places of the one time, in any order.

    ``is_sample``: there are more paths than these, so fields are wider than what was seen.
    """
    is_plain = len(spans) == 1 and _is_plain(columns, spans[0])
    make = _make_part if is_plain else _make_code
    codes = {
        place: make(units, is_padded=_is_padded(columns, span))
        for span in spans
        for place, units in zip(span.places, span.units, strict=True)
    }
    return _Writer(columns, codes, is_plain, is_sample).write()


def escape(text: str) -> str:
    """Return literal text as a pattern writes it."""
    return _SPECIAL.sub(r"\\\1", text).replace("(BAND)", r"\(BAND)")


def _is_plain(columns: Sequence[Column], span: Span) -> bool:
    """Tell whether ``{year}/{month}/{day}`` says it: parts in folders of their own, or a year alone."""
    between = {columns[index].values[0] for index in range(span.first, span.last) if index not in span.places}
    return all(len(units) == 1 and units in _PARTS for units in span.units) and between <= {"/"}


def _is_padded(columns: Sequence[Column], span: Span) -> bool:
    """Tell whether months and days have two digits, as one of them that begins with 0 shows."""
    short = [columns[place] for place, units in zip(span.places, span.units, strict=True) if units in _SHORT]
    return all(column.width for column in short) and any(column.is_padded for column in short)


def _make_part(unit: str, *, is_padded: bool) -> str:
    width = ":2d" if unit in _SHORT and is_padded else ""
    return f"{{{_PARTS[unit]}{width}}}"


def _make_code(units: str, *, is_padded: bool) -> str:
    if units in _SHORT and not is_padded:
        return f"%-{units}"
    return "".join(f"%{unit}" for unit in units)


def _make_loose_type(column: Column) -> str:
    if not column.is_number:
        return ""
    return f":{column.width}d" if column.is_padded else ":d"


def _make_type(column: Column) -> str:
    """Return ``:4d``, ``:S2A|S2B`` or nothing: as narrow as what was seen allows."""
    words = sorted(set(column.values))
    if column.is_number:
        return f":{column.width}d" if column.width and (column.is_padded or column.width >= MAX_WORDS - 1) else ":d"
    is_named = any(shape.fullmatch(word) for word in words for shape in (GRID, CELL))
    if is_named or not all(word.isascii() and word.isalnum() for word in words):
        return ""
    if len(words) <= MAX_WORDS and len(column.values) >= MIN_TIMES * len(words):
        return f":{'|'.join(words)}"
    return f":{column.width or ''}w"
