"""Building blocks of Markdown: headings, tables, folds, as pieces that can be cut between rows. Pure.

What comes in is safe already: words of our own, or text through ``view.clean``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.cut import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def list_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], closing: str = "") -> Iterator[Piece]:
    """Yield a table, a piece a row; the first row comes with title and head. Heads that end in ``:`` align right."""
    if not rows:
        return
    marks = ["---:" if name.endswith(":") else "---" for name in head]
    top = [title, "", _make_row([name.removesuffix(":") for name in head]), _make_row(marks), _make_row(rows[0])]
    yield Piece("\n".join(top if title else top[2:]) + "\n", closing)
    for row in rows[1:]:
        yield Piece(_make_row(row) + "\n", closing)
    yield Piece("\n", closing)


def list_fold(summary: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """Yield a table that is folded away until somebody opens it."""
    if not rows:
        return
    end = "\n</details>\n"
    yield from list_table(f"<details><summary>{summary}</summary>", head, rows, end)
    yield Piece("</details>\n\n")


def list_lines(title: str, lines: Sequence[str]) -> Iterator[Piece]:
    """Yield a list, a piece a line; the first comes with the title."""
    for number, line in enumerate(lines):
        yield Piece(f"{title}\n\n- {line}\n" if number == 0 else f"- {line}\n")
    if lines:
        yield Piece("\n")


def make_paragraph(text: str) -> Piece:
    """Return a paragraph."""
    return Piece(f"{text}\n\n")


def _make_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
