"""The text of a pattern in, its nodes out: literals, bands, fields, and optional groups of them. Pure."""

from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from byocplan.errors import PatternError
from byocplan.model.pattern.field_types import Declaration, FieldError, make_declaration
from byocplan.model.pattern.pieces import BAND_TEXT, Segments

MAX_LENGTH = 1024
MAX_OPTIONALS = 4
_ESCAPABLE = "\\[]{}()*"


@dataclass(frozen=True, slots=True)
class TextNode:
    """Literal text."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class BandNode:
    """``(BAND)``."""

    position: int


@dataclass(frozen=True, slots=True)
class FieldNode:
    """``{...}``; ``text`` as written."""

    text: str
    position: int
    declaration: Declaration


SimpleNode: TypeAlias = TextNode | BandNode | FieldNode


@dataclass(frozen=True, slots=True)
class OptionalNode:
    """``[...]``."""

    nodes: tuple[SimpleNode, ...]
    position: int


Node: TypeAlias = SimpleNode | OptionalNode


def parse_nodes(text: str) -> tuple[Node, ...]:
    """Return the nodes in order, or raise PatternError at the first thing wrong."""
    if not text:
        raise PatternError(text, 0, "the pattern is empty: write one such as {year}/{month}/{day}/(BAND).tif")
    if len(text) > MAX_LENGTH:
        raise PatternError(text, MAX_LENGTH, f"keys have at most {MAX_LENGTH} characters: shorten the pattern")
    return _Parser(text).parse()


class _Parser:
    """Holds the place in the text while it is read once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nodes: list[Node] = []
        self.group: list[SimpleNode] = []
        self.group_start: int | None = None
        self.optionals = 0
        self.bands = 0
        self.any_segments = 0

    def parse(self) -> tuple[Node, ...]:
        while self.at < len(self.text):
            self._take_one()
        if self.group_start is not None:
            self._refuse(
                r"[ is not closed: write ] where the optional part ends, or \[ for the character", self.group_start
            )
        return tuple(self.nodes)

    def _take_one(self) -> None:
        match self.text[self.at]:
            case "{":
                self._take_field()
            case "[":
                self._open_group()
            case "]":
                self._close_group()
            case "(":
                self._take_band()
            case "}":
                self._refuse(r"} closes nothing: write { where the field begins, or \} for the character")
            case "*":
                self._refuse(r"* is no wildcard here: write {name} or {**}, or \* for the character")
            case "\\":
                self._take_escape()
            case character:
                self._add_text(character, 1)

    def _add(self, node: SimpleNode) -> None:
        (self.nodes if self.group_start is None else self.group).append(node)

    def _add_text(self, text: str, length: int) -> None:
        self._add(TextNode(text, self.at))
        self.at += length

    def _take_escape(self) -> None:
        character = self.text[self.at + 1 : self.at + 2]
        if not character or character not in _ESCAPABLE:
            self._refuse(rf"\ must stand before one of {' '.join(_ESCAPABLE)}: write \\ for the character itself")
        self._add_text(character, 2)

    def _take_band(self) -> None:
        word = self.text[self.at : self.at + len(BAND_TEXT)]
        if word != BAND_TEXT:
            if word.upper() == BAND_TEXT:
                self._refuse(f"{word} is not the band: write {BAND_TEXT}")
            self._add_text("(", 1)
            return
        if self.group_start is not None:
            self._refuse(f"{BAND_TEXT} cannot be optional: write it outside of the [...]")
        self.bands += 1
        if self.bands > 1:
            self._refuse(f"{BAND_TEXT} stands here a second time, and the service takes it once: write a field here")
        self._add(BandNode(self.at))
        self.at += len(word)

    def _take_field(self) -> None:
        end = self.text.find("}", self.at)
        if end < 0:
            self._refuse(r"{ is not closed: write } where the field ends, or \{ for the character")
        try:
            declaration = make_declaration(self.text[self.at + 1 : end])
        except FieldError as problem:
            self._refuse(str(problem))
        if isinstance(declaration, Segments):
            self.any_segments += 1
            if self.any_segments > 1:
                self._refuse("{**} stands here a second time: write the folders between as {name}/")
        self._add(FieldNode(self.text[self.at : end + 1], self.at, declaration))
        self.at = end + 1

    def _open_group(self) -> None:
        if self.group_start is not None:
            self._refuse(r"an optional part within another: close the first with ], or write \[ for the character")
        self.optionals += 1
        if self.optionals > MAX_OPTIONALS:
            self._refuse(f"more than {MAX_OPTIONALS} optional parts: write two sources with a pattern each")
        self.group_start = self.at
        self.at += 1

    def _close_group(self) -> None:
        if self.group_start is None:
            self._refuse(r"] closes nothing: write [ where the optional part begins, or \] for the character")
        if not self.group:
            self._refuse("the optional part is empty: write what may be there between [ and ]")
        self.nodes.append(OptionalNode(tuple(self.group), self.group_start))
        self.group = []
        self.group_start = None
        self.at += 1

    def _refuse(self, message: str, position: int | None = None) -> NoReturn:
        raise PatternError(self.text, self.at if position is None else position, message)
