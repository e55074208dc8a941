"""Geometries as WKB or WKT in, parsed GeoJSON out; None for what is no geometry. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Extended WKT begins with its coordinate system.
_SRID = re.compile(r"SRID=([0-9]{4,6});\s*", re.IGNORECASE)
LONLAT = "4326"


def read_wkt(text: str) -> dict[str, object] | None:
    """Return the geometry of (extended) WKT."""
    srid = _SRID.match(text)
    try:
        geometry = _make_geojson(shapely.from_wkt(text[srid.end() :] if srid else text))
    except (shapely.errors.ShapelyError, ValueError):
        return None
    if geometry is not None and srid and srid[1] != LONLAT:
        geometry["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid[1]}"}}
    return geometry


def read_wkb(content: bytes) -> dict[str, object] | None:
    """Return the geometry of WKB; a coordinate system that extended WKB may name is not looked at."""
    try:
        return _make_geojson(shapely.from_wkb(content))
    except (shapely.errors.ShapelyError, ValueError):
        return None


def _make_geojson(shape: BaseGeometry | None) -> dict[str, object] | None:
    if shape is None:
        return None
    geometry: dict[str, object] = json.loads(shapely.to_geojson(shape))
    return geometry
