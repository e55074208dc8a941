"""Match one alternative step by step: for telling where matching stopped. Pure.

Takes the same decisions as the regular expression of ``regex``, which a property test holds; guards are the same text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from byocplan.model.pattern.pieces import (
    DIGITS,
    HEX_DIGITS,
    WORD_CHARACTERS,
    Again,
    Chars,
    Literal,
    Piece,
    Segments,
    Words,
    get_width,
)
from byocplan.model.pattern.regex import Guard, make_guard
from byocplan.model.pattern.times import make_time
from byocplan.model.pattern.values import Miss

_CLASS_NAMES = {DIGITS: "digits", HEX_DIGITS: "hex digits", WORD_CHARACTERS: "letters, digits or _"}
_SHOWN = 40


@dataclass(slots=True)
class Walk:
    """How far one alternative came in a key.

    ``stopped_at`` is where the piece that failed stopped; ``reason`` is empty when the whole alternative matched.
    ``starts`` has the first character of each piece, ``texts`` those of fields. ``steps`` counts characters looked at,
    by which a law holds that no key takes more than its length asks for.
    """

    key: str
    stopped_at: int = 0
    steps: int = 0
    expected: str = ""
    reason: str = ""
    starts: list[int] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def take(self, length: int) -> bool:
        """Go on by ``length`` characters."""
        self.stopped_at += length
        return True

    def fail(self, expected: str, reason: str = "") -> bool:
        """Stop here; without a reason, it is what was found in place of what was expected."""
        found = repr(self.key[self.stopped_at :][:_SHOWN]) if self.stopped_at < len(self.key) else "the end of the key"
        self.expected, self.reason = expected, reason or f"expected {expected}, found {found}"
        return False

    def make_miss(self) -> Miss:
        """Return the place and reason as a value."""
        return Miss(self.stopped_at, self.expected, self.reason)


def walk_key(pieces: Sequence[Piece], key: str) -> Walk:
    """Match the key against the pieces of one alternative; the band must be bound."""
    walk = Walk(key)
    for index, piece in enumerate(pieces):
        walk.starts.append(walk.stopped_at)
        if not _walk_piece(walk, pieces, index):
            return walk
        if piece.field:
            walk.texts.setdefault(piece.field, key[walk.starts[-1] : walk.stopped_at])
    if walk.stopped_at < len(key):
        walk.fail("the end of the key")
    elif not key.lower().endswith((".tif", ".tiff")):
        walk.fail(".tif or .tiff", "a tile's files end in .tif or .tiff, no others are ingested")
    else:
        _check_times(walk, pieces)
    return walk


def _walk_piece(walk: Walk, pieces: Sequence[Piece], index: int) -> bool:
    atom = pieces[index].atom
    match atom:
        case Literal(text):
            return _walk_text(walk, text)
        case Again(name, _):
            return _walk_text(walk, walk.texts[name])
        case Chars() if get_width(atom) is None:
            return _walk_run(walk, pieces[index], atom, make_guard(pieces, index))
        case Chars(_, least, _):
            return _walk_fixed(walk, atom, f"{least} {_name_class(atom)} for {pieces[index].label}")
        case Segments(slashes):
            return _walk_segments(walk, slashes)
        case _:
            return _walk_words(walk, atom, make_guard(pieces, index), pieces[index].label)


def _walk_text(walk: Walk, text: str) -> bool:
    """Compare character by character, and stop at the first that differs."""
    start = walk.stopped_at
    for offset, character in enumerate(text):
        walk.steps += 1
        if walk.key[start + offset : start + offset + 1] != character:
            walk.stopped_at = start + offset
            return walk.fail(repr(text[offset:]))
    return walk.take(len(text))


def _walk_fixed(walk: Walk, atom: Chars, expected: str) -> bool:
    start = walk.stopped_at
    for at in range(start, start + atom.least):
        walk.steps += 1
        if not atom.takes(walk.key[at : at + 1]):
            walk.stopped_at = at
            return walk.fail(expected)
    return walk.take(atom.least)


def _walk_run(walk: Walk, piece: Piece, atom: Chars, guard: Guard) -> bool:
    start = at = walk.stopped_at
    stop = re.compile(guard.regex)
    while atom.takes(walk.key[at : at + 1]) and (atom.most is None or at - start < atom.most):
        walk.steps += 1 + guard.width
        if stop.match(walk.key, at):
            break
        at += 1
    walk.stopped_at = at
    if at - start < atom.least:
        return walk.fail(f"{_name_class(atom)} for {piece.label}")
    return True


def _walk_words(walk: Walk, atom: Words, guard: Guard, label: str) -> bool:
    """Take the longest word after which the pattern can go on; words of one width need no look ahead."""
    stop = re.compile("" if get_width(atom) is not None else guard.regex)
    for word in sorted(atom.words, key=len, reverse=True):
        walk.steps += len(word) + guard.width
        end = walk.stopped_at + len(word)
        if walk.key.startswith(word, walk.stopped_at) and stop.match(walk.key, end):
            return walk.take(len(word))
    return walk.fail(f"one of {', '.join(atom.words)} for {label}")


def _walk_segments(walk: Walk, slashes: int) -> bool:
    while True:
        end = _find_slash(walk, walk.stopped_at)
        if end <= walk.stopped_at:
            return True
        ahead = end
        for _ in range(slashes):
            ahead = _find_slash(walk, ahead + 1)
            if ahead < 0:
                return True
        walk.stopped_at = end + 1


def _find_slash(walk: Walk, start: int) -> int:
    at = walk.key.find("/", start)
    walk.steps += (at if at >= 0 else len(walk.key)) - start + 1
    return at


def _check_times(walk: Walk, pieces: Sequence[Piece]) -> None:
    times: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.time and piece.unit:
            times.setdefault(piece.time, []).append(index)
    ends = [*walk.starts[1:], len(walk.key)]
    for indexes in times.values():
        units = "".join(pieces[index].unit or "" for index in indexes)
        time = make_time(units, tuple(walk.key[walk.starts[index] : ends[index]] for index in indexes))
        if isinstance(time, str):
            walk.stopped_at = walk.starts[indexes[-1]]
            walk.fail("a time", time)
            return


def _name_class(atom: Chars) -> str:
    return _CLASS_NAMES.get(atom.inside, "text without /")
