"""An alternative in, the regular expression that takes its keys out. Pure.

Each piece becomes one atomic fragment, so that the expression never goes back: a run of characters stops where its
guard fits, and the guard is what stands after it, up to and including the next literal text. One group for each piece
of a field, named ``g`` and the index of the piece.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from byocplan.model.pattern.pieces import (
    BAND_TEXT,
    NO_SLASH,
    Again,
    Atom,
    Chars,
    Literal,
    Piece,
    Segments,
    Words,
    get_width,
)

_END = r"\Z"
_NOTHING = "(?!)"


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands after a piece: its expression and width, and its text when it is literal from the start."""

    regex: str
    width: int
    literal: str = ""


def bind_band(pieces: Sequence[Piece], bands: frozenset[str] | None) -> tuple[Piece, ...]:
    """Return the pieces with the band as one of the sources; without sources it stays any text without a slash."""
    if bands is None:
        return tuple(pieces)
    atom = Words(tuple(sorted(band for band in bands if band and "/" not in band)))
    return tuple(replace(piece, atom=atom) if piece.field == BAND_TEXT else piece for piece in pieces)


def make_regex(pieces: Sequence[Piece]) -> str:
    """Return the expression for a whole key; the band must be bound."""
    firsts: dict[str, int] = {}
    parts: list[str] = []
    for index, piece in enumerate(pieces):
        if isinstance(piece.atom, Again):
            parts.append(f"(?P=g{firsts[piece.atom.name]})")
        elif piece.field is None:
            parts.append(make_fragment(pieces, index))
        else:
            firsts.setdefault(piece.field, index)
            parts.append(f"(?P<g{index}>{make_fragment(pieces, index)})")
    return "".join(parts) + _END


def make_fragment(pieces: Sequence[Piece], index: int) -> str:
    """Return the expression for the text of one piece, its guard as a look ahead where one is needed."""
    atom = pieces[index].atom
    if get_width(atom) is None:
        if isinstance(atom, Chars):
            return _make_run(atom, make_guard(pieces, index))
        if isinstance(atom, Words):
            return f"(?>{_join_words(atom.words, f'(?={make_guard(pieces, index).regex})')})"
    return _make_plain(atom)


def make_guard(pieces: Sequence[Piece], index: int) -> Guard:
    """Return what must stand after piece ``index``: fixed widths and text, up to the end of the first text."""
    fixed: list[str] = []
    text = ""
    width = 0
    for piece in pieces[index + 1 :]:
        if isinstance(piece.atom, Literal):
            text += piece.atom.text
        elif text or get_width(piece.atom) is None:
            break
        else:
            fixed.append(_make_plain(piece.atom))
            width += get_width(piece.atom) or 0
    else:
        if not text:
            fixed.append(_END)
    return Guard("".join(fixed) + re.escape(text), width + len(text), "" if fixed else text)


def _make_run(atom: Chars, guard: Guard) -> str:
    count = "+" if atom.most is None else f"{{{atom.least},{atom.most}}}"
    first = guard.literal[:1]
    if guard.regex == _END or (first and not atom.takes(first)):
        return f"[{atom.inside}]{count}+"
    if first and atom.inside == NO_SLASH:
        return _make_fast_run(first, guard)
    return f"(?:(?!{guard.regex})[{atom.inside}]){count}+"


def _make_fast_run(first: str, guard: Guard) -> str:
    """Skip what cannot begin the guard as one class, and look ahead only where its first character stands."""
    others = f"[^/{re.escape(first)}]"
    if guard.literal == first:
        return f"{others}++"
    stop = f"(?!{guard.regex})"
    return f"{stop}(?=[^/]){others}*+(?:{stop}{re.escape(first)}{others}*+)*+"


def _make_plain(atom: Atom) -> str:
    match atom:
        case Literal(text):
            return re.escape(text)
        case Chars(inside, least, _):
            return f"[{inside}]{{{least}}}"
        case Words(words):
            return f"(?:{_join_words(words)})"
        case Segments(slashes):
            ahead = f"(?=(?:[^/]*+/){{{slashes}}})" if slashes else ""
            return f"(?:[^/]++/{ahead})*+"
        case _:
            return _make_plain(atom.first)


def _join_words(words: Iterable[str], after: str = "") -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) + after for word in longest_first) or _NOTHING
