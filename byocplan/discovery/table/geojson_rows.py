"""A GeoJSON FeatureCollection in, a row a feature out. Reads one file as a whole; its size is bounded."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from byocplan.discovery.table.raw import GEOMETRY, RawRow, TableFault, check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A larger file is to be written as GeoParquet, which is not read as a whole.
MAX_BYTES = 256 * 1024 * 1024
HINT = "write a FeatureCollection, with path and sensingTime among the properties of each feature"


class Feature(msgspec.Struct):
    """A feature, its members not yet parsed."""

    geometry: msgspec.Raw = msgspec.Raw()
    properties: msgspec.Raw = msgspec.Raw()


class FeatureCollection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    """The file; ``crs`` is the member of old GeoJSON."""

    features: list[Feature]
    crs: dict[str, Any] | None = None


@contextmanager
def open_geojson(file: str) -> Iterator[tuple[frozenset[str], Iterator[RawRow]]]:
    """Open a table and return its known columns and its rows. Raises TableFault, also while rows are read."""
    path = Path(file)
    if path.stat().st_size > MAX_BYTES:
        raise TableFault("a GeoJSON file has at most 256 MB", "write a larger table as GeoParquet or CSV")
    try:
        collection = msgspec.json.decode(path.read_bytes(), type=FeatureCollection)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise TableFault("this is no GeoJSON FeatureCollection", HINT) from error
    names: dict[str, None] = {"path": None} if not collection.features else {}
    for feature in collection.features:
        names.update(dict.fromkeys(_read_properties(feature)))
    yield check_columns([*(name for name in names if name != GEOMETRY), GEOMETRY]), _iter_rows(collection)


def _iter_rows(collection: FeatureCollection) -> Iterator[RawRow]:
    for number, feature in enumerate(collection.features, 1):
        properties = _read_properties(feature)
        geometry = _read_geometry(feature)
        if isinstance(geometry, dict) and collection.crs is not None:
            geometry = {"crs": collection.crs, **geometry}
        yield RawRow(number, properties.get("path"), properties.get("sensingTime"), geometry)


def _read_properties(feature: Feature) -> dict[str, Any]:
    """Return the properties; none where there is nothing to be read, and then the row has no path."""
    try:
        return msgspec.json.decode(feature.properties, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def _read_geometry(feature: Feature) -> dict[str, object] | str | None:
    if not feature.geometry:
        return None
    try:
        return msgspec.json.decode(feature.geometry, type=dict[str, object] | None)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "it is not GeoJSON"
