"""The rows of a table in, the CSV that a ``table:`` source reads out. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from byocplan.model.exported import WrittenTable

HEAD = ("path", "sensingTime")


def render_table(table: WrittenTable) -> str:
    """Return a head and a row a tile; paths stand as they are, so they must be printable."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows((path, "" if time_ms is None else format_instant(time_ms)) for path, time_ms in table.rows)
    return text.getvalue()
