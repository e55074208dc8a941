"""Markdown tables and headings. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def render_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; nothing when there is no row."""
    lines = [_render_row(row) for row in rows]
    return "\n".join([_render_row(head), "|" + "---|" * len(head), *lines]) if lines else ""


def render_code(text: object) -> str:
    """Return a code span, in which a bar does not part cells."""
    return f"`{text}`"


def render_page(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, each a block of its own."""
    return "\n\n".join(part for part in parts if part) + "\n"


def _render_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"
