"""Parquet and GeoParquet files in, their rows out. Reads one file through the columnar engine, batch by batch.

Source: GeoParquet 1.1, metadata key ``geo``: columns hold WKB, with x before y whatever the CRS says; a CRS that is not
given is OGC:CRS84.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from byocplan.discovery.table.raw import GEOMETRY, PATH, SENSING_TIME, RawRow, TableFault, check_columns
from byocplan.sets.column_file import ColumnFault, ColumnFile, quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

HINT = "write the geometry column as WKB in a CRS with an EPSG code"
#: Codes of systems in longitude and latitude on WGS 84, which is what a cover without crs is in.
LONLAT = frozenset({("OGC", "CRS84"), ("EPSG", "4326")})
MAX_GEOMETRY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class GeometryColumn:
    """Which column has the geometries, and the ``crs`` member that they get."""

    name: str
    crs: dict[str, object] | None = None


@contextmanager
def open_parquet(file: str) -> Iterator[tuple[frozenset[str], Iterator[RawRow]]]:
    """Open a table and return its known columns and its rows. Raises TableFault, also while rows are read."""
    try:
        with ColumnFile(Path(file)) as opened:
            column = _find_geometry(opened)
            others = [name for name in opened.types if column is None or name != column.name]
            columns = check_columns([*others, *([GEOMETRY] if column else [])])
            yield columns, _iter_rows(opened, columns, column)
    except ColumnFault as fault:
        raise TableFault(f"this is no Parquet file that can be read ({fault})") from fault


def _iter_rows(opened: ColumnFile, columns: frozenset[str], column: GeometryColumn | None) -> Iterator[RawRow]:
    time = _name_time(opened) if SENSING_TIME in columns else "NULL"
    geometry = quote_name(column.name) if column else "NULL"
    number = 0
    for rows in opened.iter_batches(f"SELECT {quote_name(PATH)}, {time}, {geometry} FROM $file"):  # noqa: S608 - quoted
        for path, sensing_time, value in rows:
            number += 1
            yield RawRow(number, path, sensing_time, _read_geometry(value, column))


def _name_time(opened: ColumnFile) -> str:
    """Return what makes an instant (ms) of a column of times, or the text of a column of texts."""
    name, kind = quote_name(SENSING_TIME), opened.types[SENSING_TIME]
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_ms({name})"
    return f"epoch_ms({name}::TIMESTAMP)" if kind.startswith("TIMESTAMP") or kind == "DATE" else name


def _find_geometry(opened: ColumnFile) -> GeometryColumn | None:
    """Return the column that the metadata calls primary, else one called geometry."""
    metadata = opened.find_metadata("geo")
    if metadata is None:
        return GeometryColumn(GEOMETRY) if GEOMETRY in opened.types else None
    try:
        geo = msgspec.json.decode(metadata, type=dict[str, Any])
        name, about = geo["primary_column"], geo["columns"][geo["primary_column"]]
        encoding, crs = about["encoding"], about.get("crs", "OGC:CRS84")
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TableFault("its GeoParquet metadata cannot be read", HINT) from error
    if encoding != "WKB" or name not in opened.types:
        raise TableFault("its geometries are not WKB", HINT)
    return GeometryColumn(name, _make_crs(crs))


def _make_crs(crs: object) -> dict[str, object] | None:
    """Return the ``crs`` member for a CRS of the metadata; None for longitude and latitude."""
    if crs == "OGC:CRS84":
        return None
    found = crs.get("id") if isinstance(crs, dict) else None
    authority, code = (found.get("authority"), str(found.get("code"))) if isinstance(found, dict) else ("", "")
    if (authority, code) in LONLAT:
        return None
    if authority != "EPSG" or not code.isdecimal():
        raise TableFault("the CRS of its geometries has no EPSG code", HINT)
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}


def _read_geometry(value: object, column: GeometryColumn | None) -> dict[str, object] | str | None:
    if value is None or column is None or value == "":
        return None
    if not isinstance(value, bytes | str) or len(value) > MAX_GEOMETRY_BYTES:
        return "it is no WKB of less than 1 MB"
    from byocplan.geometry.reading import read_wkb, read_wkt

    geometry = read_wkb(value) if isinstance(value, bytes) else read_wkt(value)
    if geometry is None:
        return "it is no geometry in WKB" if isinstance(value, bytes) else "it is no geometry in WKT"
    return geometry if column.crs is None else {"crs": column.crs, **geometry}
