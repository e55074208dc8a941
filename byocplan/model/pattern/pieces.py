"""What a path pattern is made of: atoms (how text is taken) and pieces (an atom at its place). Pure."""

import re
from dataclasses import dataclass
from typing import TypeAlias

BAND_TEXT = "(BAND)"
SEGMENTS_NAME = "**"
DIGITS = "0-9"
WORD_CHARACTERS = "A-Za-z0-9_"
HEX_DIGITS = "0-9A-Fa-f"
NO_SLASH = "^/"


@dataclass(frozen=True, slots=True)
class Literal:
    """Exactly this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Chars:
    """A run of characters of one class; ``inside`` is what stands between the brackets of a regular expression."""

    inside: str
    least: int = 1
    most: int | None = None

    def takes(self, character: str) -> bool:
        """Tell whether one character is of the class."""
        return re.fullmatch(f"[{self.inside}]", character) is not None


@dataclass(frozen=True, slots=True)
class Words:
    """One of the words: the longest after which the pattern can go on."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """The text of an earlier field once more; ``first`` is how that field took it."""

    name: str
    first: "Atom"


@dataclass(frozen=True, slots=True)
class Segments:
    """Whole segments with their slashes: all but as many as the ``slashes`` of the rest of the pattern need."""

    slashes: int


Atom: TypeAlias = "Literal | Chars | Words | Again | Segments"


@dataclass(frozen=True, slots=True)
class Piece:
    """An atom at its place in the pattern.

    ``field`` names the capture it belongs to (``t#2`` is the second place of ``t``, ``(BAND)`` the band), ``time`` and
    ``unit`` the part of a time it holds (``Y m d j H M S f``), ``label`` is how messages call it.
    """

    atom: Atom
    position: int
    label: str
    field: str | None = None
    time: str | None = None
    unit: str | None = None


def get_width(atom: Atom) -> int | None:
    """Return how many characters the atom takes, None when that depends on the key."""
    match atom:
        case Literal(text):
            return len(text)
        case Chars(_, least, most):
            return least if least == most else None
        case Words(words):
            return len(words[0]) if len({len(word) for word in words}) == 1 else None
        case Again(_, first):
            return get_width(first)
        case _:
            return None


def get_literal(piece: Piece) -> str:
    """Return the text of a literal piece, empty for others."""
    return piece.atom.text if isinstance(piece.atom, Literal) else ""
