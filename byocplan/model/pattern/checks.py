"""Refuse what could make matching ambiguous, or could not be a tile's path. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from byocplan.errors import PatternError
from byocplan.model.pattern.pieces import BAND_TEXT, Again, Chars, Piece, Segments, Words, get_literal, get_width

_EXTENSIONS = (".tif", ".tiff")


def check_pieces(text: str, pieces: Sequence[Piece]) -> None:
    """Raise PatternError for the first thing wrong with one alternative."""
    _check_neighbours(text, pieces)
    _check_segments(text, pieces)
    _check_years(text, pieces)
    _check_path(text, pieces)


def _check_neighbours(text: str, pieces: Sequence[Piece]) -> None:
    for one, other in pairwise(pieces):
        loose = (Chars, Words, Again)
        if not (isinstance(one.atom, loose) and isinstance(other.atom, loose)):
            continue
        if get_width(one.atom) is None and get_width(other.atom) is None:
            message = (
                f"{one.label} and {other.label} stand side by side and neither has a fixed width: "
                "write text between them, or give one a width as in {n:4d}, {month:2d} or %m"
            )
            raise PatternError(text, other.position, message)


def _check_segments(text: str, pieces: Sequence[Piece]) -> None:
    for index, piece in enumerate(pieces):
        if not isinstance(piece.atom, Segments):
            continue
        before = get_literal(pieces[index - 1]) if index else "/"
        after = pieces[index + 1] if index + 1 < len(pieces) else piece
        if after.field or not (before.endswith("/") and get_literal(after).startswith("/")):
            message = (
                "{**} takes whole folders: write a / after it, and a / or nothing before it, as in a/{**}/(BAND).tif"
            )
            raise PatternError(text, piece.position, message)


def _check_years(text: str, pieces: Sequence[Piece]) -> None:
    for time in {piece.time: piece for piece in pieces if piece.time}.values():
        units = {piece.unit for piece in pieces if piece.time == time.time}
        if "Y" not in units:
            message = f"the time {time.time!r} has no year: write {{year}} or %Y, or plain fields such as {{n:2d}}"
            raise PatternError(text, time.position, message)


def _check_path(text: str, pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        if BAND_TEXT in get_literal(piece):
            raise PatternError(
                text, piece.position, f"{BAND_TEXT} cannot be part of a key: without the \\ it is the band"
            )
    if not pieces or get_literal(pieces[0]).startswith("/"):
        raise PatternError(text, 0, "a tile's path begins with a name: write the pattern without the / before it")
    end = get_literal(pieces[-1]).lower()
    if end and not any(end.endswith(extension) or extension.endswith(end) for extension in _EXTENSIONS):
        message = f"a tile's files end in .tif or .tiff, no others are ingested: write one of them for {end[-12:]!r}"
        raise PatternError(text, len(text) - 1, message)
