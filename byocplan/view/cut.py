"""Pieces of a document in, as many of them as a host takes out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is kept or left out as a whole; ``closing`` is what has to follow when the document ends after it."""

    text: str
    closing: str = ""


def count_units(text: str) -> int:
    """Return the length as the strictest host counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_pieces(pieces: Iterable[Piece], room: int) -> tuple[str, bool]:
    """Return the first pieces that fit in ``room`` units, properly closed, and whether any were left out."""
    kept: list[str] = []
    closing, used = "", 0
    for piece in pieces:
        used += count_units(piece.text)
        if used + count_units(piece.closing) > room:
            return "".join(kept) + closing, True
        kept.append(piece.text)
        closing = piece.closing
    return "".join(kept) + closing, False
