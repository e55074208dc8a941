"""Two covers in, whether they are the same ground out. Pure.

The service keeps a cover in longitude and latitude and gives it back in the tile's coordinate system, with float noise
and, at times, with added points. What is a straight edge in one system is a curve in another, and nobody says which of
them was meant; so two covers are the same when they agree under any reading: edges straight in each one's own system,
or all in the system of the one, or all in that of the other. Corners count under every reading.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import shapely
from pyproj.exceptions import ProjError

from byocplan.geometry.corners import has_same_corners
from byocplan.geometry.crs import is_geographic, make_local, make_unwrapped, transform
from byocplan.geometry.geojson import LONLAT, Cover, decode_cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

#: A tenth of the finest pixel that Sentinel-2 has; far above float noise.
TOLERANCE_M = 1.0
#: Into how many pieces the longer side of a cover is cut, so that edges keep their curve.
PIECES = 64


@lru_cache(maxsize=4096)
def is_same_cover(left: str, right: str, tolerance_m: float = TOLERANCE_M) -> bool:
    """Tell whether two GeoJSON texts cover the same ground, to ``tolerance_m`` on the ground.

    Total: what is no valid cover is the same as nothing but its own text.
    """
    if left == right:
        return True
    second = decode_cover(right)
    if second is None:
        return False
    try:
        if has_same_corners(left, second, tolerance_m):
            return True
        first = decode_cover(left)
        return first is not None and any(
            _agree(one, other, tolerance_m) for one, other in _iter_readings(first, second)
        )
    except (ProjError, shapely.errors.ShapelyError, ValueError):
        return False


def _iter_readings(first: Cover, second: Cover) -> Iterator[tuple[BaseGeometry, BaseGeometry]]:
    """Yield both covers in longitude and latitude, once for every reading of their edges."""
    own = _make_lonlat(first, first.epsg), _make_lonlat(second, second.epsg)
    yield own
    if first.epsg != second.epsg:
        yield _make_lonlat(first, second.epsg), own[1]
        yield own[0], _make_lonlat(second, first.epsg)


def _make_lonlat(cover: Cover, straight_in: int) -> BaseGeometry:
    """Return the cover in longitude and latitude, its edges straight in ``straight_in`` and cut into pieces."""
    shape = make_unwrapped(cover.shape) if is_geographic(cover.epsg) else cover.shape
    shape = transform(shape, cover.epsg, straight_in)
    west, south, east, north = shape.bounds
    dense = shapely.segmentize(shape, max(east - west, north - south) / PIECES)
    return transform(dense, straight_in, LONLAT)


def _agree(one: BaseGeometry, other: BaseGeometry, tolerance_m: float) -> bool:
    """Tell whether each lies within the other grown by the tolerance."""
    project = make_local(one)
    left, right = _join(project(one), tolerance_m), _join(project(other), tolerance_m)
    return bool(
        left.buffer(tolerance_m, join_style="mitre").covers(right)
        and right.buffer(tolerance_m, join_style="mitre").covers(left)
    )


def _join(shape: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """Return the shape with parts that touch made one, such as halves cut at the antimeridian."""
    if shape.geom_type == "Polygon":
        return shape
    grain = tolerance_m / 100
    return shape.buffer(grain, join_style="mitre").buffer(-grain, join_style="mitre")
