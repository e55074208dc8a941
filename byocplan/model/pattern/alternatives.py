"""Nodes in, alternatives out: one flat run of pieces for each choice of optional groups, present first. Pure.

Everything that could make matching ambiguous is refused here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

from byocplan.errors import PatternError
from byocplan.model.pattern.field_types import MAIN_TIME, PlainField, TimeField, TimePart, make_any_text
from byocplan.model.pattern.parse import BandNode, FieldNode, Node, OptionalNode, SimpleNode, TextNode
from byocplan.model.pattern.pieces import (
    BAND_TEXT,
    SEGMENTS_NAME,
    Again,
    Chars,
    Literal,
    Piece,
    Segments,
    Words,
    get_width,
)
from byocplan.model.pattern.values import Field

_EXTENSIONS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One flat run of pieces; ``options`` tells which optional groups are there."""

    pieces: tuple[Piece, ...]
    options: tuple[bool, ...]


@dataclass(slots=True)
class _Names:
    """What the fields of a pattern are called, filled from left to right."""

    text: str
    atoms: dict[str, Chars | Words] = field(default_factory=dict)
    times: dict[str, TimeField] = field(default_factory=dict)
    places: dict[int, tuple[Field, tuple[Piece, ...]]] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)

    def add(self, node: FieldNode, *, optional: bool) -> None:
        pieces = self._make_pieces(node)
        name = pieces[0].field or SEGMENTS_NAME
        self.places[node.position] = (Field(name, node.text, optional, pieces[0].time), pieces)

    def _make_pieces(self, node: FieldNode) -> tuple[Piece, ...]:
        match node.declaration:
            case Segments():
                return (Piece(node.declaration, node.position, node.text, SEGMENTS_NAME),)
            case PlainField(name, None) if name in self.times:
                return self._make_time_pieces(node, self.times[name])
            case PlainField(name, atom):
                return (Piece(self._get_atom(node, name, atom), node.position, node.text, name),)
            case TimePart(name, unit, atom):
                return (Piece(atom, node.position, node.text, self._number(name), MAIN_TIME, unit),)
            case TimeField(name, _) as time:
                if name in self.atoms:
                    raise PatternError(
                        self.text, node.position, f"{{{name}}} is a plain field already: choose another name"
                    )
                self.times.setdefault(name, time)
                return self._make_time_pieces(node, time)

    def _make_time_pieces(self, node: FieldNode, time: TimeField) -> tuple[Piece, ...]:
        name = self._number(time.name)
        return tuple(
            Piece(
                atom,
                node.position,
                f"{code} of {node.text}" if len(time.parts) > 1 else node.text,
                name,
                time.name,
                unit or None,
            )
            for code, unit, atom in time.parts
        )

    def _get_atom(self, node: FieldNode, name: str, atom: Chars | Words | None) -> Chars | Words:
        if name in self.times:
            raise PatternError(self.text, node.position, f"{{{name}}} is a time already: choose another name")
        first = self.atoms.setdefault(name, atom or make_any_text())
        if atom is not None and atom != first:
            message = (
                f"{{{name}}} has another type before: write {{{name}}} for the same text again, or choose another name"
            )
            raise PatternError(self.text, node.position, message)
        return first

    def _number(self, name: str) -> str:
        self.uses[name] = self.uses.get(name, 0) + 1
        return name if self.uses[name] == 1 else f"{name}#{self.uses[name]}"


def make_alternatives(text: str, nodes: Sequence[Node]) -> tuple[tuple[Field, ...], tuple[Alternative, ...]]:
    """Return the fields in the order written, and the alternatives in the order tried."""
    names = _Names(text)
    for node in nodes:
        for inner in node.nodes if isinstance(node, OptionalNode) else (node,):
            if isinstance(inner, FieldNode):
                names.add(inner, optional=isinstance(node, OptionalNode))
    count = sum(isinstance(node, OptionalNode) for node in nodes)
    choices = product((True, False), repeat=count)
    alternatives = tuple(_make_alternative(names, nodes, options) for options in choices)
    return _list_fields(place[0] for place in names.places.values()), alternatives


def _list_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple({each.name: each for each in reversed(list(fields))}.values())[::-1]


def _make_alternative(names: _Names, nodes: Sequence[Node], options: tuple[bool, ...]) -> Alternative:
    kept = iter(options)
    flat: list[SimpleNode] = []
    for node in nodes:
        if not isinstance(node, OptionalNode):
            flat.append(node)
        elif next(kept):
            flat.extend(node.nodes)
    pieces = _merge_literals(_place_pieces(names, flat))
    _check_pieces(names.text, pieces)
    return Alternative(_join_segments(pieces), options)


def _place_pieces(names: _Names, nodes: Iterable[SimpleNode]) -> Iterable[Piece]:
    seen: set[str] = set()
    for node in nodes:
        match node:
            case TextNode(text, position):
                yield Piece(Literal(text), position, "text")
            case BandNode(position):
                yield Piece(make_any_text(), position, BAND_TEXT, BAND_TEXT)
            case FieldNode(_, position, _):
                name, pieces = names.places[position][0].name, names.places[position][1]
                for piece in pieces:
                    yield replace(piece, atom=Again(name, piece.atom), field=None) if name in seen else piece
                seen.add(name)


def _merge_literals(pieces: Iterable[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if (
            last
            and last.field is None
            and piece.field is None
            and isinstance(last.atom, Literal)
            and isinstance(piece.atom, Literal)
        ):
            merged[-1] = replace(last, atom=Literal(last.atom.text + piece.atom.text))
        else:
            merged.append(piece)
    return merged


def _check_pieces(text: str, pieces: Sequence[Piece]) -> None:
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
        before = _get_literal(pieces[index - 1]) if index else "/"
        after = pieces[index + 1] if index + 1 < len(pieces) else piece
        if after.field or not (before.endswith("/") and _get_literal(after).startswith("/")):
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
        if BAND_TEXT in _get_literal(piece):
            raise PatternError(
                text, piece.position, f"{BAND_TEXT} cannot be part of a key: without the \\ it is the band"
            )
    if not pieces or _get_literal(pieces[0]).startswith("/"):
        raise PatternError(text, 0, "a tile's path begins with a name: write the pattern without the / before it")
    end = _get_literal(pieces[-1]).lower()
    if end and not any(end.endswith(extension) or extension.endswith(end) for extension in _EXTENSIONS):
        message = f"a tile's files end in .tif or .tiff, no others are ingested: write one of them for {end[-12:]!r}"
        raise PatternError(text, len(text) - 1, message)


def _get_literal(piece: Piece) -> str:
    return piece.atom.text if isinstance(piece.atom, Literal) else ""


def _join_segments(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Let ``{**}`` take its slash, and tell it how many slashes the rest needs."""
    joined: list[Piece] = []
    slashes = 0
    for piece in reversed(pieces):
        slashes += _get_literal(piece).count("/")
        if isinstance(piece.atom, Segments):
            joined[-1:] = _cut_slash(joined[-1])
            joined.append(replace(piece, atom=Segments(slashes - 1)))
        else:
            joined.append(piece)
    return tuple(reversed(joined))


def _cut_slash(piece: Piece) -> list[Piece]:
    rest = _get_literal(piece)[1:]
    return [replace(piece, atom=Literal(rest))] if rest else []
