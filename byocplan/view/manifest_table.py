"""The rows of a table in, the CSV that a ``table:`` source reads out, row by row. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant
from byocplan.view.row_text import render_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.exported import WrittenTable

HEAD = ("path", "sensingTime")


def iter_table(table: WrittenTable) -> Iterator[str]:
    """Yield a head and a row a tile; paths stand as they are, so they must be printable."""
    yield render_row(HEAD)
    for path, time_ms in table.rows:
        yield render_row((path, "" if time_ms is None else format_instant(time_ms)))
