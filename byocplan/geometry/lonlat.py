"""A cover in any coordinate system in, GeoJSON values in longitude and latitude out. Pure.

Source: RFC 7946, which knows no other coordinates.
"""

from __future__ import annotations

import json

import shapely
from pyproj.exceptions import ProjError

from byocplan.geometry.crs import transform
from byocplan.geometry.geojson import LONLAT, decode_cover

#: About a metre.
DIGITS = 1e-5


def make_lonlat(text: str) -> dict[str, object] | None:
    """Return the geometry, to about a metre; None for what is no cover, or is in a system that is not known."""
    cover = decode_cover(text)
    if cover is None:
        return None
    try:
        shape = transform(cover.shape, cover.epsg, LONLAT)
    except ProjError:
        return None
    rounded = shapely.set_precision(shape, DIGITS, mode="pointwise")
    geometry: dict[str, object] = json.loads(shapely.to_geojson(rounded))
    return geometry
