"""Rows and items in, the text of long lists out, piece by piece. Pure: nothing is held but an item."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def iter_list(head: str, items: Iterable[str], tail: str) -> Iterator[str]:
    """Yield items between head and tail, each on a line of its own, parted by commas."""
    yield head
    separator = "\n"
    for item in items:
        yield f"{separator}{item}"
        separator = ",\n"
    yield f"\n{tail}"


def render_row(values: Iterable[object]) -> str:
    """Return a row of CSV, with its end."""
    buffer = io.StringIO()
    # The writer quotes the characters of its own line end alone; a carriage return ends a line for many a reader.
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue().removesuffix("\r\n") + "\n"
