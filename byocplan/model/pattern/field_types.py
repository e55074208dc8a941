"""The text between braces in, a field declaration out. Pure.

``{grid}`` ``{n:d}`` ``{n:4d}`` ``{x:A|B}`` ``{month:2d}`` ``{t:%Y%m%d}`` ``{**}``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from byocplan.model.pattern.pieces import (
    DIGITS,
    HEX_DIGITS,
    NO_SLASH,
    SEGMENTS_NAME,
    WORD_CHARACTERS,
    Chars,
    Literal,
    Segments,
    Words,
)

_CLASSES = {"w": WORD_CHARACTERS, "d": DIGITS, "x": HEX_DIGITS}
_ONE_OR_TWO = Chars(DIGITS, 1, 2)


def _make_digits(width: int) -> Chars:
    return Chars(DIGITS, width, width)


#: The parts of the time called ``time``: unit and digits taken.
TIME_PARTS: Mapping[str, tuple[str, Chars]] = MappingProxyType(
    {
        "year": ("Y", _make_digits(4)),
        "month": ("m", _ONE_OR_TWO),
        "day": ("d", _ONE_OR_TWO),
        "doy": ("j", _make_digits(3)),
        "hour": ("H", _ONE_OR_TWO),
        "minute": ("M", _ONE_OR_TWO),
        "second": ("S", _ONE_OR_TWO),
    }
)
_CODES: Mapping[str, Chars] = MappingProxyType(
    {
        "%Y": _make_digits(4),
        "%j": _make_digits(3),
        **{f"%{unit}": _make_digits(2) for unit in "mdHMS"},
        "%f": Chars(DIGITS, 1, 9),
        **{f"%-{unit}": _ONE_OR_TWO for unit in "mdH"},
    }
)
MAIN_TIME = "time"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_WIDTH = re.compile(r"([0-9]{1,3})([wdx])")
_FORMAT = re.compile(r"%-?[\s\S]?|[^%]+")
_RESERVED = {
    "time": "{time} is the time that {year}, {month} ... are parts of: write those, or a format as in {time:%Y%m%d}",
    "date": "{date} is what `where.date` tests: write a format as in {date:%Y%m%d}, or choose another name",
    "band": "{band} would be taken for the band: write (BAND), or choose another name",
}
_TYPES = "w (letters, digits, _), d (digits), 4d (exactly four), x (hex digits), words as in A|B, a time as in %Y%m%d"


@dataclass(frozen=True, slots=True)
class PlainField:
    """A field with text; ``atom`` is None when the name alone was written."""

    name: str
    atom: Chars | Words | None


@dataclass(frozen=True, slots=True)
class TimePart:
    """``{month}`` or ``{month:2d}``."""

    name: str
    unit: str
    atom: Chars


@dataclass(frozen=True, slots=True)
class TimeField:
    """A named time; ``parts`` are (text as written, unit or "", atom), empty when the name alone was written."""

    name: str
    parts: tuple[tuple[str, str, Chars | Literal], ...]


Declaration: TypeAlias = PlainField | TimePart | TimeField | Segments


class FieldError(ValueError):
    """What is wrong between the braces; becomes a PatternError where the position is known."""


def make_declaration(body: str) -> Declaration:
    """Return the declaration, or raise FieldError."""
    if body == SEGMENTS_NAME:
        return Segments(0)
    name, colon, kind = body.partition(":")
    if not _NAME.fullmatch(name):
        raise FieldError(f"{name!r} is no field name: write a letter, then letters, digits or _")
    if "%" in kind:
        return _make_time_field(name, kind)
    if name in TIME_PARTS:
        return _make_time_part(name, kind if colon else None)
    if name.lower() in _RESERVED:
        raise FieldError(_RESERVED[name.lower()])
    return PlainField(name, _make_type(name, kind) if colon else None)


def _make_type(name: str, kind: str) -> Chars | Words:
    if kind in _CLASSES:
        return Chars(_CLASSES[kind])
    if width := _WIDTH.fullmatch(kind):
        count = int(width[1])
        if count == 0:
            raise FieldError(f"{{{name}:{kind}}} would be empty: write a width of 1 or more")
        return Chars(_CLASSES[width[2]], count, count)
    if "|" in kind:
        return _make_words(name, kind)
    raise FieldError(f"{{{name}:{kind}}} has no known type: write one of {_TYPES}")


def _make_words(name: str, kind: str) -> Words:
    words = tuple(kind.split("|"))
    if "" in words:
        raise FieldError(f"{{{name}:{kind}}} has an empty word: write words between the |, and [...] for an option")
    if len(set(words)) < len(words):
        raise FieldError(f"{{{name}:{kind}}} has a word twice: write each once")
    if any("/" in word for word in words):
        raise FieldError(f"{{{name}:{kind}}} has a / in a word: fields stay within one folder; write the / outside")
    return Words(words)


def _make_time_part(name: str, kind: str | None) -> TimePart:
    unit, atom = TIME_PARTS[name]
    if kind is None:
        return TimePart(name, unit, atom)
    width = 2 if atom is _ONE_OR_TWO else atom.least
    if kind != f"{width}d":
        raise FieldError(
            f"{{{name}:{kind}}}: {name} is a part of the time; "
            f"write {{{name}}} or {{{name}:{width}d}}, or choose another name"
        )
    return TimePart(name, unit, _make_digits(width))


def _make_time_field(name: str, kind: str) -> TimeField:
    if name in TIME_PARTS:
        raise FieldError(f"{{{name}}} is itself a part of a time: write {{t:{kind}}}")
    parts = tuple(_make_format_part(name, code) for code in _FORMAT.findall(kind))
    return TimeField(name, parts)


def _make_format_part(name: str, code: str) -> tuple[str, str, Chars | Literal]:
    if code == "%%":
        return code, "", Literal("%")
    if not code.startswith("%"):
        return code, "", Literal(code)
    if code not in _CODES:
        known = " ".join(_CODES)
        raise FieldError(f"{code} in the time {{{name}}} is not known: write one of {known}, or %% for a percent sign")
    return code, code[-1], _CODES[code]


def make_any_text() -> Chars:
    """Return what ``{name}`` takes: one or more characters, no slash."""
    return Chars(NO_SLASH)
