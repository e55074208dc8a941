"""Tables of tiles in all formats, and what is read from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from byocplan.discovery.table import TableReader
from byocplan.errors import ManifestError
from byocplan.model.source import TableSource, TileOptions
from tests.support.inventories import make_parquet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from byocplan.discovery.table import TableRow
    from byocplan.errors import Problem

DEFAULTS = TileOptions()


def make_source(folder: Path, name: str, content: bytes | str, options: TileOptions = DEFAULTS) -> TableSource:
    """Write a table and return the source that names it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return TableSource(name, str(path), options, "m.yaml:7")


def read_rows(source: TableSource) -> list[TableRow]:
    return list(TableReader(source).iter_rows())


def find_problems(source: TableSource) -> Sequence[Problem]:
    """Return what is wrong with a table; nothing where it is as it should be."""
    try:
        read_rows(source)
    except ManifestError as error:
        return error.problems
    return ()


def make_features(*features: tuple[Mapping[str, object], object]) -> str:
    """Return a FeatureCollection of (properties, geometry)."""
    whole = [{"type": "Feature", "properties": own, "geometry": geometry} for own, geometry in features]
    return json.dumps({"type": "FeatureCollection", "features": whole})


def make_geoparquet(rows: Sequence[Sequence[object]], **about: object) -> bytes:
    """Return a GeoParquet file of (path, sensingTime, WKB); ``about`` is said of its geometries."""
    columns = [("path", "VARCHAR"), ("sensingTime", "VARCHAR"), ("geometry", "BLOB")]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", **about}}}
    return make_parquet(columns, rows, {"geo": json.dumps(geo)})
