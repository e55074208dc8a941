"""Quotes where YAML would misread a text, and nowhere else. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from byocplan.model.yaml_plain import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator


def quote_lines(lines: list[str], documents: list[yaml.Node]) -> list[str]:
    """Return the lines with quotes taken away where they are not needed, double ones where they are.

    What has no quotes keeps none: the schema says what it is.
    """
    edited = list(lines)
    found = [scalar for document in documents for scalar in _iter_quoted(document, set())]
    for scalar in sorted(found, key=lambda each: (each.start_mark.line, each.start_mark.column), reverse=True):
        start, end = scalar.start_mark, scalar.end_mark
        line = edited[start.line]
        edited[start.line] = line[: start.column] + _write(scalar, line) + line[end.column :]
    return edited


def _iter_quoted(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    """Yield quoted texts of one line, each once: an alias is the node that it names."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if node.style in {"'", '"'} and node.start_mark.line == node.end_mark.line:
            yield node
        return
    for child in node.value:
        for each in child if isinstance(child, tuple) else (child,):
            yield from _iter_quoted(each, seen)


def _write(scalar: yaml.ScalarNode, line: str) -> str:
    text = scalar.value
    written = line[scalar.start_mark.column : scalar.end_mark.column]
    if not written.startswith(("'", '"')):
        return written  # an anchor stands before
    if is_plain(text):
        return str(text)
    if not text.isprintable():
        return written
    doubled = text.replace("'", "''")
    return f"'{doubled}'" if '"' in text or "\\" in text else f'"{text}"'
