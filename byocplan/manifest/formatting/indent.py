"""Two spaces a level, lists set in under their key. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from byocplan.manifest.formatting.places import find_dash

STEP = 2


@dataclass(slots=True)
class _Places:
    """Where lines begin. ``indents`` has those that begin with a key or a dash, ``dashes`` the gaps after a dash."""

    lines: list[str]
    indents: dict[int, int] = field(default_factory=dict)
    dashes: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def place(self, node: yaml.Node, column: int) -> None:
        """Say where the lines of a block collection begin whose first column is to be ``column``."""
        if id(node) in self.seen or not isinstance(node, yaml.CollectionNode) or node.flow_style:
            return
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._put(key.start_mark.line, key.start_mark.column, column)
                self.place(value, column + STEP)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._place_item(item, node, column)

    def _place_item(self, item: yaml.Node, parent: yaml.SequenceNode, column: int) -> None:
        line, old = find_dash(self.lines, item, parent), parent.start_mark.column
        self._put(line, old, column)
        if line == item.start_mark.line:
            self.dashes.setdefault(line, []).append((old, item.start_mark.column))
        self.place(item, column + STEP)

    def _put(self, line: int, old: int, new: int) -> None:
        if not self.lines[line][:old].strip():
            self.indents[line] = new


def indent_lines(lines: list[str], documents: list[yaml.Node]) -> list[str]:
    """Return the lines set in anew; a comment goes with the line after it, the rest of a text with its first line."""
    places = _Places(lines)
    for document in documents:
        places.place(document, 0)
    shifts = {line: new - _get_indent(lines[line]) for line, new in places.indents.items()}
    following = _find_following(lines)
    begun: list[tuple[int, int]] = []
    out: list[str] = []
    shift = 0
    for number, line in enumerate(lines):
        if number in shifts:
            shift = shifts[number]
            begun = [*(each for each in begun if each[0] < _get_indent(line)), (_get_indent(line), shift)]
        is_comment = line.lstrip().startswith("#") and number not in shifts
        moved = _find_shift(lines, number, following[number], shifts, begun) if is_comment else shift
        out.append(_move(_close_gaps(line, places.dashes.get(number, [])), moved))
    return out


def _find_shift(lines: list[str], number: int, after: int, shifts: dict[int, int], begun: list[tuple[int, int]]) -> int:
    """Return the shift of a comment: of the next line where it is set in alike, else of what it is set in under."""
    indent = _get_indent(lines[number])
    if after in shifts and _get_indent(lines[after]) == indent:
        return shifts[after]
    return next((shift for column, shift in reversed(begun) if column <= indent), 0)


def _find_following(lines: list[str]) -> list[int]:
    """Return, for each line, the next one after it that is neither blank nor a comment; -1 for none."""
    following = [-1] * len(lines)
    for number in range(len(lines) - 2, -1, -1):
        following[number] = number + 1 if _is_content(lines[number + 1]) else following[number + 1]
    return following


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _close_gaps(line: str, dashes: list[tuple[int, int]]) -> str:
    for dash, item in sorted(dashes, reverse=True):
        if not line[dash + 1 : item].strip():
            line = f"{line[: dash + 1]} {line[item:]}"
    return line


def _move(line: str, shift: int) -> str:
    if shift >= 0:
        return " " * shift + line if line.strip() else line
    return line[min(-shift, _get_indent(line)) :]


def _get_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
