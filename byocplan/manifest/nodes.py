"""Trees of typed, located values: what the schema check and the decoders read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from byocplan.manifest.scalars import NULLS, Value, make_value
from byocplan.manifest.schema import get_child_schema, get_types, select_schema
from byocplan.manifest.source import Place, Source, extend_pointer
from byocplan.manifest.variables import fill_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.errors import Problem
    from byocplan.manifest.yamltree import Raw


class Mark(Enum):
    """What stands in the place of a value that is none."""

    REMOVED = "removed"
    BROKEN = "broken"


REMOVED: Final = Mark.REMOVED
BROKEN: Final = Mark.BROKEN
Inner: TypeAlias = "Value | Mark | dict[str, Node] | list[Node]"

#: Where a null takes a default away.
_REMOVABLE = {"Collection": ("", "spec"), "Project": ("", "spec", "defaults")}
#: Where ``${name}`` is not filled in.
_LITERAL = {"Project": ("", "spec", "vars")}


@dataclass(slots=True)
class Node:
    """A value and where it stands. ``key`` is where its key stands; the value's own place for a list's item.

    ``text`` is the scalar as written, ``is_plain`` whether without quotes.
    """

    value: Inner
    place: Place
    key: Place
    text: str = ""
    is_plain: bool = False

    @property
    def key_name(self) -> str:
        """The last step of the pointer: what messages call the value."""
        return self.place.pointer.rpartition("/")[2]

    def find_inside(self, position: int) -> Place:
        """Return the place of a character of a scalar; of its beginning where the text is not written on one line."""
        column = self.place.column + (not self.is_plain)
        line = self.place.source.get_line(self.place.line)
        shift = column - self.place.column + position if line[column - 1 :].startswith(self.text) else 0
        return replace(self.place, column=self.place.column + shift)

    def find(self, name: str) -> Node | None:
        """Return the child, None when it is absent, removed or broken."""
        child = self.value.get(name) if isinstance(self.value, dict) else None
        return child if child is not None and not isinstance(child.value, Mark) else None

    def has(self, name: str) -> bool:
        """Tell whether the key is there, be its value usable or not."""
        return isinstance(self.value, dict) and name in self.value and self.value[name].value is not REMOVED

    def find_text(self, name: str) -> str | None:
        """Return a text, None when it is absent or null."""
        child = self.find(name)
        return child.value if child is not None and isinstance(child.value, str) else None

    def find_number(self, name: str) -> float | None:
        """Return a number, None when it is absent or null."""
        child = self.find(name)
        return child.value if child is not None and isinstance(child.value, int | float) else None

    def find_flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        child = self.find(name)
        return child.value if child is not None and isinstance(child.value, bool) else default

    def iter_entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the usable children of a mapping with their keys, in the order of the file."""
        if isinstance(self.value, dict):
            for name, child in self.value.items():
                if not isinstance(child.value, Mark):
                    yield name, child

    def iter_items(self) -> Iterator[Node]:
        """Yield the usable items of a list."""
        if isinstance(self.value, list):
            for child in self.value:
                if not isinstance(child.value, Mark):
                    yield child


@dataclass(frozen=True, slots=True)
class Typing:
    """What typing a document needs besides the schema."""

    source: Source
    variables: Mapping[str, str]
    removable: tuple[str, ...]
    literal: tuple[str, ...]
    problems: list[Problem]


def make_tree(
    raw: Raw, schema: dict[str, Any], kind: str, source: Source, variables: Mapping[str, str]
) -> tuple[Node, list[Problem]]:
    """Return a document with its scalars typed by ``schema`` and variables filled in, and what was wrong with these."""
    typing = Typing(source, variables, _REMOVABLE[kind], _LITERAL.get(kind, ("none",)), [])
    place = Place(source, raw.line, raw.column, "")
    return _type(raw, schema, place, ("",), typing), typing.problems


def _type(raw: Raw, schema: dict[str, Any], key: Place, path: tuple[str, ...], typing: Typing) -> Node:
    place = Place(typing.source, raw.line, raw.column, key.pointer)
    if raw.is_broken:
        return Node(BROKEN, place, key)
    selected = select_schema(schema, raw)
    if isinstance(raw.content, str):
        return _type_scalar(raw, selected, Node("", place, key, raw.content, raw.is_plain), path, typing)
    if isinstance(raw.content, list):
        return Node(_type_items(raw.content, selected, key.pointer, typing), place, key)
    children = {}
    for name, entry in raw.content.items():
        child_key = Place(typing.source, entry.key.line, entry.key.column, extend_pointer(key.pointer, name))
        children[name] = _type(entry.value, get_child_schema(selected, name), child_key, (*path, name), typing)
    return Node(children, place, key)


def _type_items(items: list[Raw], schema: dict[str, Any], pointer: str, typing: Typing) -> list[Node]:
    of_items = schema.get("items", {})
    places = [Place(typing.source, raw.line, raw.column, f"{pointer}/{index}") for index, raw in enumerate(items)]
    return [_type(raw, of_items, place, ("[]",), typing) for raw, place in zip(items, places, strict=True)]


def _type_scalar(raw: Raw, schema: dict[str, Any], node: Node, path: tuple[str, ...], typing: Typing) -> Node:
    types = get_types(schema)
    text = node.text
    if path[: len(typing.literal)] != typing.literal and "${" in text:
        filled = fill_variables(node.place, text, typing.variables)
        if not isinstance(filled, str):
            typing.problems.append(filled)
            node.value = BROKEN
            return node
        node.text = filled
        # A text put in is never a null: a variable that happens to hold the word does not take a default away.
        node.value = make_value(filled, types - {"null"}, is_plain=raw.is_plain)
        return node
    is_null = raw.is_plain and (text in NULLS or not text) and "null" not in types
    if is_null and text and len(path) > len(typing.removable) and path[: len(typing.removable)] == typing.removable:
        node.value = REMOVED
    elif is_null:
        node.value = None
    else:
        node.value = make_value(text, types, is_plain=raw.is_plain)
    return node


def make_plain(node: Node) -> object:
    """Return the tree as JSON values; what is removed is left out."""
    if isinstance(node.value, dict):
        return {name: make_plain(child) for name, child in node.value.items() if child.value is not REMOVED}
    if isinstance(node.value, list):
        return [make_plain(child) for child in node.value]
    return node.value


def is_whole(node: Node) -> bool:
    """Tell whether nothing in the tree is broken."""
    if isinstance(node.value, dict):
        return all(is_whole(child) for child in node.value.values())
    if isinstance(node.value, list):
        return all(is_whole(child) for child in node.value)
    return node.value is not BROKEN
