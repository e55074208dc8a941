"""YAML text in, trees of located texts out; no scalar gets a type here. Pure.

The parser's events are read one by one, so that depth, size and cycles are known before anything is built on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, cast

import yaml

from byocplan.manifest.yamlfaults import describe_yaml_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.errors import Problem
    from byocplan.manifest.source import Source

MAX_DEPTH = 64
MAX_NODES = 100_000
MERGE_KEY = "<<"
_LOADER = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

Content: TypeAlias = "str | dict[str, Entry] | list[Raw]"


@dataclass(slots=True)
class Raw:
    """A node as written. ``size`` counts the nodes in it with every alias written out; lines and columns from 1.

    ``is_broken``: what is wrong with it is noted already.
    """

    line: int
    column: int
    content: Content
    is_plain: bool = False
    is_broken: bool = False
    size: int = 1


@dataclass(slots=True)
class Entry:
    """A key of a mapping and its value."""

    key: Raw
    value: Raw


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun and not ended."""

    raw: Raw
    anchor: str | None
    key: Raw | None = None


class _TooMuchError(Exception):
    """The rest of the file is not read; the problem is already noted."""


@dataclass(slots=True)
class _Reading:
    """One file being read."""

    source: Source
    documents: list[Raw] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Raw] = field(default_factory=dict)
    nodes: int = 0

    def note(self, line: int, column: int, message: str, hint: str = "") -> None:
        self.problems.append(self.source.make_problem(line, column, message, hint))


def split_lines(text: str) -> tuple[str, ...]:
    """Return the lines as YAML counts them."""
    return tuple(_BREAKS.split(text))


def read_documents(source: Source, text: str) -> tuple[list[Raw], list[Problem]]:
    """Return the documents of a file in order, empty ones left out, and what is wrong with its YAML."""
    reading = _Reading(source)
    try:
        for event in _iter_events(text):
            _take(reading, event)
    except yaml.YAMLError as error:
        reading.problems.append(describe_yaml_error(source, text, error))
    except _TooMuchError:
        pass
    return reading.documents, reading.problems


def _iter_events(text: str) -> Iterator[yaml.events.Event]:
    yield from yaml.parse(text, Loader=_LOADER)


def _take(reading: _Reading, event: yaml.events.Event) -> None:
    match event:
        case yaml.events.DocumentStartEvent():
            reading.anchors.clear()
            reading.nodes = 0
        case yaml.events.ScalarEvent():
            raw = _make_raw(reading, event, event.value)
            raw.is_plain = event.implicit[0]
            _finish(reading, raw, event.anchor)
        case yaml.events.MappingStartEvent() | yaml.events.SequenceStartEvent():
            is_mapping = isinstance(event, yaml.events.MappingStartEvent)
            _open(reading, _make_raw(reading, event, {} if is_mapping else []), event.anchor)
        case yaml.events.MappingEndEvent() | yaml.events.SequenceEndEvent():
            done = reading.stack.pop()
            _merge(reading, done.raw)
            _finish(reading, done.raw, done.anchor)
        case yaml.events.AliasEvent():
            _take_alias(reading, event)


def _make_raw(reading: _Reading, event: yaml.events.NodeEvent, content: Content) -> Raw:
    raw = Raw(*_get_place(event), content)
    _count(reading, raw)
    tag = getattr(event, "tag", None)
    if tag is not None:
        raw.is_broken = True
        reading.note(
            raw.line, raw.column, f"the tag {tag} is not read", "take it away: the schema says what a value is"
        )
    return raw


def _get_place(event: yaml.events.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


def _open(reading: _Reading, raw: Raw, anchor: str | None) -> None:
    reading.stack.append(_Open(raw, anchor))
    if len(reading.stack) > MAX_DEPTH:
        reading.note(raw.line, raw.column, f"nested deeper than {MAX_DEPTH}; the rest of the file is not read")
        raise _TooMuchError


def _count(reading: _Reading, raw: Raw) -> None:
    reading.nodes += raw.size
    if reading.nodes > MAX_NODES:
        message = f"more than {MAX_NODES:,} nodes, aliases written out; the rest of the file is not read"
        reading.note(raw.line, raw.column, message, "use fewer aliases, a pattern instead of paths, or more documents")
        raise _TooMuchError


def _take_alias(reading: _Reading, event: yaml.events.AliasEvent) -> None:
    line, column = _get_place(event)
    raw = reading.anchors.get(event.anchor or "")
    if raw is None:
        if any(each.anchor == event.anchor for each in reading.stack):
            reading.note(line, column, f"the alias *{event.anchor} stands inside of what it names")
        else:
            reading.note(line, column, f"the alias *{event.anchor} names nothing in this document")
        raw = Raw(line, column, "", is_broken=True)
    _count(reading, raw)
    _finish(reading, raw, None)


def _finish(reading: _Reading, raw: Raw, anchor: str | None) -> None:
    """Put a finished node where it belongs: into the list or mapping that is open, or among the documents."""
    if anchor is not None:
        reading.anchors[anchor] = raw
    if not reading.stack:
        if not _is_empty(raw):
            reading.documents.append(raw)
        return
    parent = reading.stack[-1]
    parent.raw.size += raw.size
    if isinstance(parent.raw.content, list):
        parent.raw.content.append(raw)
    elif parent.key is None:
        parent.key = raw
    else:
        _add_entry(reading, parent.raw, Entry(parent.key, raw))
        parent.key = None


def _add_entry(reading: _Reading, mapping: Raw, entry: Entry) -> None:
    key = entry.key
    if not isinstance(mapping.content, dict):
        return
    if not isinstance(key.content, str) or _is_empty(key):
        reading.note(
            key.line, key.column, "a key has to be a text", "a pattern or path that begins with { needs quotes"
        )
    elif key.content in mapping.content:
        first = mapping.content[key.content].key.line
        reading.note(
            key.line, key.column, f"the key {key.content} stands here a second time; the first is in line {first}"
        )
    else:
        mapping.content[key.content] = entry


def _is_empty(raw: Raw) -> bool:
    return raw.is_plain and raw.content == ""


def _merge(reading: _Reading, mapping: Raw) -> None:
    """Carry out a merge key: what the mapping says itself wins, then the first that is merged."""
    if not isinstance(mapping.content, dict):
        return
    merge = mapping.content.get(MERGE_KEY)
    if merge is None or not merge.key.is_plain:
        return
    del mapping.content[MERGE_KEY]
    merged = merge.value.content if isinstance(merge.value.content, list) else [merge.value]
    for each in merged:
        if isinstance(each.content, dict):
            for key, entry in each.content.items():
                mapping.content.setdefault(key, entry)
        else:
            reading.note(merge.key.line, merge.key.column, "<< merges mappings only", "give it an alias of a mapping")
