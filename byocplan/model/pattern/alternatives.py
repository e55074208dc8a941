"""The text of a pattern in, alternatives out. Pure.

An alternative is one flat run of pieces, for one choice of optional groups; those with more present come first.
Matching and formatting know nothing else of a pattern.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

from byocplan.errors import PatternError
from byocplan.model.pattern.checks import check_pieces
from byocplan.model.pattern.field_types import MAIN_TIME, PlainField, TimeField, TimePart, make_any_text
from byocplan.model.pattern.parse import BandNode, FieldNode, Node, OptionalNode, SimpleNode, TextNode, parse_nodes
from byocplan.model.pattern.pieces import (
    BAND_TEXT,
    SEGMENTS_NAME,
    Again,
    Chars,
    Literal,
    Piece,
    Segments,
    Words,
    get_literal,
)
from byocplan.model.pattern.values import Field


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
        declaration = node.declaration
        match declaration:
            case Segments():
                return (Piece(declaration, node.position, node.text, SEGMENTS_NAME),)
            case PlainField(name, None) if name in self.times:
                return self._make_time_pieces(node, self.times[name])
            case PlainField(name, atom):
                return (Piece(self._get_atom(node, name, atom), node.position, node.text, name),)
            case TimePart(name, unit, atom):
                return (Piece(atom, node.position, node.text, self._number(name), MAIN_TIME, unit),)
            case _:
                return self._add_time(node, declaration)

    def _add_time(self, node: FieldNode, time: TimeField) -> tuple[Piece, ...]:
        if time.name in self.atoms:
            message = f"{{{time.name}}} is a plain field already: choose another name"
            raise PatternError(self.text, node.position, message)
        self.times.setdefault(time.name, time)
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


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> tuple[tuple[Field, ...], tuple[Alternative, ...]]:
    """Return the fields in the order written, and the alternatives in the order tried; raises PatternError."""
    nodes = parse_nodes(text)
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
    check_pieces(names.text, pieces)
    return Alternative(_join_segments(pieces), options)


def _place_pieces(names: _Names, nodes: Iterable[SimpleNode]) -> Iterable[Piece]:
    seen: set[str] = set()
    for node in nodes:
        match node:
            case TextNode(text, position):
                yield Piece(Literal(text), position, "text")
            case BandNode(position):
                yield Piece(make_any_text(), position, BAND_TEXT, BAND_TEXT)
            case _:
                name, pieces = names.places[node.position][0].name, names.places[node.position][1]
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


def _join_segments(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Let ``{**}`` take its slash, and tell it how many slashes the rest needs."""
    joined: list[Piece] = []
    slashes = 0
    for piece in reversed(pieces):
        slashes += get_literal(piece).count("/")
        if isinstance(piece.atom, Segments):
            joined[-1:] = _cut_slash(joined[-1])
            joined.append(replace(piece, atom=Segments(slashes - 1)))
        else:
            joined.append(piece)
    return tuple(reversed(joined))


def _cut_slash(piece: Piece) -> list[Piece]:
    rest = get_literal(piece)[1:]
    return [replace(piece, atom=Literal(rest))] if rest else []


def get_field_names(alternative: Alternative) -> frozenset[str]:
    """Return the names captured by this alternative, the band apart."""
    return frozenset(piece.field for piece in alternative.pieces if piece.field and piece.field != BAND_TEXT)


def join_texts(alternative: Alternative, texts: Mapping[str, str]) -> str:
    """Join literals and the texts of fields; a time of several pieces has one text."""
    parts: list[str] = []
    last = None
    for piece in alternative.pieces:
        match piece.atom:
            case Again(name, _):
                parts.append(texts[name])
            case Literal(text) if piece.field is None:
                parts.append(text)
            case _ if piece.field and piece.field != last:
                parts.append(texts[piece.field])
        last = piece.field
    return "".join(parts)
