"""The quick way to see that two covers are the same: the same corners, in whatever order. Pure.

It says yes or does not know; most covers that come back from the service only have float noise on their corners.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from byocplan.geometry.crs import METERS_PER_DEGREE, is_geographic, transform
from byocplan.geometry.geojson import decode_cover

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from byocplan.geometry.geojson import Cover


def has_same_corners(left: str, right: Cover, tolerance_m: float) -> bool:
    """Tell whether each corner of one is a corner of the other. Raises ProjError and ValueError."""
    mine, other = _read_corners(left, right.epsg), _list_corners(right.shape)
    if mine is None or other is None or len(mine) != len(other):
        return False
    tolerance = tolerance_m / METERS_PER_DEGREE if is_geographic(right.epsg) else tolerance_m
    start = int(np.argmin(np.abs(other - mine[0]).sum(axis=1)))
    onward = np.roll(other, -start, axis=0)
    back = np.roll(onward[::-1], 1, axis=0)
    return any(bool(np.hypot(*(ring - mine).T).max() <= tolerance) for ring in (onward, back))


@lru_cache(maxsize=512)
def _read_corners(text: str, epsg: int) -> NDArray[np.float64] | None:
    """Return the corners of a GeoJSON text in the given system; one text is compared with many tiles."""
    cover = decode_cover(text)
    return None if cover is None else _list_corners(transform(cover.shape, cover.epsg, epsg))


def _list_corners(shape: BaseGeometry) -> NDArray[np.float64] | None:
    """Return the corners of a single ring without the closing one; None for anything with more rings."""
    if shapely.get_num_geometries(shape) != 1:
        return None
    (polygon,) = shapely.get_parts(shape)
    if shapely.get_num_interior_rings(polygon):
        return None
    return shapely.get_coordinates(polygon)[:-1]
