"""GeoJSON text in, a shape and its coordinate system out; None for what is no usable cover. Pure.

Coordinates are always easting, northing or lon, lat, in EPSG:4326 too, as the service has it.
Source: BYOC documentation, coverGeometry.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longitude and latitude on WGS 84.
LONLAT = 4326
CRS_NAME = re.compile(r"(?i)\bEPSG\b.*?(\d{4,6})$")
CRS84_NAME = re.compile(r"(?i)\bCRS:?84$")
MIN_RING = 4


@dataclass(frozen=True, slots=True)
class Cover:
    """A valid, non-empty shape in the coordinate system with the EPSG code ``epsg``."""

    shape: Polygon | MultiPolygon
    epsg: int


def decode_cover(text: str) -> Cover | None:
    """Return the cover that ``text`` describes, None when it is no valid Polygon or MultiPolygon."""
    try:
        value = json.loads(text)
        epsg = decode_crs(value.get("crs"))
        shape = _decode_shape(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        return None
    if epsg is None or shape.is_empty or not shape.is_valid:
        return None
    return Cover(shape, epsg)


def count_points(text: str) -> int:
    """Return how many positions the geometry has, closing ones included; 0 for what is no geometry."""
    try:
        return sum(len(ring) for ring in _iter_rings(json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return 0


def _iter_rings(value: Any) -> Iterator[list[Any]]:
    """Yield the rings of a Polygon or MultiPolygon."""
    polygons = value["coordinates"] if value["type"] == "MultiPolygon" else [value["coordinates"]]
    for polygon in polygons:
        yield from polygon


def decode_crs(value: Any) -> int | None:
    """Return the EPSG code of a ``crs`` member; CRS84 where there is none, None for what cannot be told."""
    if value is None:
        return LONLAT
    name = value["properties"]["name"]
    if CRS84_NAME.search(name):
        return LONLAT
    found = CRS_NAME.search(name)
    return int(found[1]) if found else None


def _decode_shape(value: Any) -> Polygon | MultiPolygon:
    """Return the shape, heights dropped. Raises what wrong input makes the readers raise."""
    if value["type"] == "Polygon":
        return _decode_polygon(value["coordinates"])
    if value["type"] == "MultiPolygon":
        return MultiPolygon([_decode_polygon(polygon) for polygon in value["coordinates"]])
    raise ValueError(f"{value['type']} is no cover geometry")


def _decode_polygon(rings: Any) -> Polygon:
    """Return one polygon; a ring needs four positions and must end where it began."""
    clean = [[(float(position[0]), float(position[1])) for position in ring] for ring in rings]
    if not all(math.isfinite(number) for ring in clean for position in ring for number in position):
        raise ValueError("a coordinate is not finite")
    if any(len(ring) < MIN_RING or ring[0] != ring[-1] for ring in clean):
        raise ValueError("a ring is not closed")
    return Polygon(clean[0], clean[1:])
