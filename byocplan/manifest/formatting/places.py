"""Where things stand in lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml


def find_dash(lines: list[str], item: yaml.Node, parent: yaml.Node) -> int:
    """Return the line with the dash of an item, which may stand alone above it."""
    column = parent.start_mark.column
    for line in range(item.start_mark.line, parent.start_mark.line - 1, -1):
        if lines[line][column : column + 1] == "-" and not lines[line][:column].replace("-", "").strip():
            return line
    return item.start_mark.line
