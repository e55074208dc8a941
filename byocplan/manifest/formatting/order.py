"""Keys in the order in which the schema names them. Pure.

An entry moves with the comments right above it and beside it; what stands above the first key of a document stays
there. Mappings in braces, and those with keys of the user's own (bands, labels), keep their order.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

from byocplan.manifest.formatting.places import find_dash
from byocplan.manifest.schema import KINDS, get_child_schema, read_schema, select_schema
from byocplan.manifest.yamltree import Entry, Raw

Schema: TypeAlias = dict[str, Any]


def order_lines(lines: list[str], documents: list[yaml.Node]) -> list[str]:
    """Return the lines with the entries of every block mapping in order."""
    ordered: list[str] = []
    done = 0
    for index, document in enumerate(documents):
        after = documents[index + 1].start_mark.line if index + 1 < len(documents) else len(lines)
        end = next((at for at in range(document.start_mark.line, after) if lines[at].startswith(("---", "..."))), after)
        first = document.start_mark.line
        ordered += lines[done:first]
        ordered += _Orderer(lines).order(document, _get_root_schema(document), first, end)
        done = end
    return ordered + lines[done:]


class _Orderer:
    """Cuts the lines of a mapping into its entries."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def order(self, node: yaml.Node, schema: Schema, first: int, end: int) -> list[str]:
        """Return the lines of a node, which are those from ``first`` to before ``end``."""
        if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
            return self.lines[first:end]
        if isinstance(node, yaml.MappingNode):
            return self._order_entries(node, _select(schema, node), first, end)
        return self._order_items(node, _get_items(schema), first, end)

    def _order_items(self, node: yaml.CollectionNode, schema: Schema, first: int, end: int) -> list[str]:
        dashes = [find_dash(self.lines, item, node) for item in node.value]
        if len(set(dashes)) < len(dashes):
            return self.lines[first:end]
        starts = [self._find_start(line, first) for line in dashes]
        out = self.lines[first : starts[0]]
        for item, start, stop in zip(node.value, starts, [*starts[1:], end], strict=True):
            line = item.start_mark.line
            out += self.lines[start:line] + self.order(item, schema, line, stop)
        return out

    def _order_entries(self, node: yaml.MappingNode, schema: Schema, first: int, end: int) -> list[str]:
        column = node.value[0][0].start_mark.column
        starts = [key.start_mark.line for key, _ in node.value]
        if len(set(starts)) < len(starts) or any(key.start_mark.column != column for key, _ in node.value):
            return self.lines[first:end]
        cuts = [self._find_lead(line, column, at) for line, at in zip(starts, [first - 1, *starts], strict=False)]
        if column == 0:
            cuts[0] = starts[0]
        last = self._find_last(starts[-1], end, column)
        ranks = {name: rank for rank, name in enumerate(schema.get("properties", ()))}
        blocks: list[tuple[int, list[str], int]] = []
        for (key, value), start, cut, stop in zip(node.value, starts, cuts, [*cuts[1:], last], strict=True):
            is_below = value.start_mark.line > start
            child = get_child_schema(schema, key.value)
            inner = self.order(value, child, start + 1, stop) if is_below else self.lines[start + 1 : stop]
            own = [*self.lines[cut:start], " " * column + self.lines[start][column:], *inner]
            blocks.append((ranks.get(key.value, len(ranks)), own, start - cut))
        return [
            *self.lines[first : cuts[0]],
            *_join(blocks, self.lines[starts[0]][:column]),
            *self.lines[last:end],
        ]

    def _find_start(self, line: int, first: int) -> int:
        """Return the first of the comments and blank lines above a line."""
        while line > first and self._is_aside(line - 1):
            line -= 1
        return line

    def _find_lead(self, line: int, column: int, after: int) -> int:
        """Return the first line above a key that belongs to it: comments not set in deeper, and blank lines before."""
        start = self._find_start(line, after + 1)
        while start < line and self.lines[start].strip() and self._get_indent(start) > column:
            start += 1
        return start

    def _find_last(self, start: int, end: int, column: int) -> int:
        """Return where the last entry ends: comments after it that are not set in deeper stay where they are."""
        content = self._find_start(end, start + 1)
        while content < end and self.lines[content].strip() and self._get_indent(content) > column:
            content += 1
        return content

    def _is_aside(self, line: int) -> bool:
        text = self.lines[line].strip()
        return not text or text.startswith("#")

    def _get_indent(self, line: int) -> int:
        return len(self.lines[line]) - len(self.lines[line].lstrip())


def _join(blocks: list[tuple[int, list[str], int]], prefix: str) -> list[str]:
    """Return the entries by rank; what stood before the first key (a dash) stands before the one that is first now."""
    ordered = sorted(blocks, key=lambda block: block[0])
    _, first, lead = ordered[0]
    first[lead] = prefix + first[lead][len(prefix) :]
    if prefix.strip():
        dash = " " * (len(prefix) - len(prefix.lstrip()))
        first[:lead] = [dash + line.lstrip() if line.strip() else line for line in first[:lead]]
    return [line for _, own, _ in ordered for line in own]


def _get_root_schema(document: yaml.Node) -> Schema:
    """Return the schema of a document's kind; none for other kinds, whose order is kept."""
    kinds = [value.value for key, value in document.value if key.value == "kind"] if _is_mapping(document) else []
    return read_schema(kinds[0]) if kinds and kinds[0] in KINDS else {}


def _select(schema: Schema, node: yaml.MappingNode) -> Schema:
    """Return the schema as it applies to a mapping with these keys."""
    nothing = Raw(0, 0, "")
    keys = {key.value: Entry(nothing, nothing) for key, _ in node.value if isinstance(key.value, str)}
    return select_schema(schema, Raw(0, 0, keys))


def _get_items(schema: Schema) -> Schema:
    items = select_schema(schema, Raw(0, 0, [])).get("items")
    return items if isinstance(items, dict) else {}


def _is_mapping(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)
