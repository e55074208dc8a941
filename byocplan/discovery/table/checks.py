"""Check the rows of a table: raw rows in, tiles or what is wrong with them out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.cover import encode_cover, find_geometry_fault
from byocplan.model.instant import format_instant, make_instant
from byocplan.model.tile_path import find_full_path_fault

if TYPE_CHECKING:
    from byocplan.discovery.table.raw import RawRow

#: Characters of a value that a message shows.
MAX_SHOWN = 60
# The parser cuts what is finer than a microsecond without a word.
_TOO_FINE = re.compile(r"[.,][0-9]{3}[0-9]*[1-9]")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A tile as its row says. ``cover`` is GeoJSON text, None keeps what is live."""

    path: str
    sensing_time_ms: int | None
    cover: str | None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row, and how to mend it."""

    message: str
    hint: str = ""


def check_row(raw: RawRow) -> TableRow | RowFault:
    """Return the tile, or the first thing that is wrong with the row."""
    path = raw.path
    if not isinstance(path, str) or not path:
        return RowFault("this row has no path", "write the path of a tile, with (BAND) for the band")
    fault = find_full_path_fault(path)
    if fault is not None:
        return RowFault(f"{_show(path)}: {fault[0]}", fault[1])
    time = _make_time(raw.sensing_time)
    if isinstance(time, RowFault):
        return time
    if raw.geometry is None:
        return TableRow(path, time, None)
    wrong = raw.geometry if isinstance(raw.geometry, str) else find_geometry_fault(raw.geometry)
    if wrong is not None:
        return RowFault(f"geometry of {_show(path)}: {wrong}", "write a Polygon or MultiPolygon, or nothing")
    return TableRow(path, time, encode_cover(raw.geometry))


def _make_time(value: object) -> int | RowFault | None:
    """Return an instant (ms), None for timeless."""
    if value is None or value == "":
        return None
    hint = "write a time, as 2019-11-27T10:00:00Z, or nothing for a timeless tile"
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            format_instant(value)
            return value
        if isinstance(value, str) and not _TOO_FINE.search(value):
            return make_instant(value)
    except (ValueError, OverflowError):
        pass
    return RowFault(f"sensingTime {_show(str(value))} is no time of at most milliseconds", hint)


def _show(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
