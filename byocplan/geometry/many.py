"""Many cover geometries in, their shapes in longitude and latitude out. Pure.

Coordinates are moved all at once, a coordinate system at a time; what is not plain goes the way of single covers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj.exceptions import ProjError
from shapely.geometry import shape as make_shape

from byocplan.geometry.crs import HALF_TURN, transform_all
from byocplan.geometry.footprint import make_lonlat_geometry
from byocplan.geometry.geojson import decode_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TYPES = ("Polygon", "MultiPolygon")
AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def make_lonlat_shapes(covers: Sequence[str]) -> NDArray[np.object_]:
    """Return the shapes of ``make_lonlat_geometry``, in order; None for what is no valid cover."""
    texts = np.array(covers, dtype=object)
    shapes = np.full(len(texts), None, dtype=object)
    for epsg, rows in _group_by_crs(covers).items():
        shapes[rows] = _move(texts[rows], epsg)
    for row in map(int, np.flatnonzero(~_are_plain(shapes))):
        geometry = make_lonlat_geometry(covers[row])
        shapes[row] = None if geometry is None else make_shape(geometry)
    return shapes


def _group_by_crs(covers: Sequence[str]) -> dict[int, list[int]]:
    """Return the rows of each coordinate system; of what cannot be read none."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, cover in enumerate(covers):
        try:
            value = json.loads(cover)
            epsg = decode_crs(value.get("crs")) if value["type"] in TYPES else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if epsg is not None:
            rows[epsg].append(row)
    return rows


def _move(texts: NDArray[np.object_], epsg: int) -> NDArray[np.object_]:
    shapes = shapely.force_2d(shapely.from_geojson(texts, on_invalid="ignore"))
    # A valid shape may become an invalid one far from its home, and an invalid one a valid one: both are judged.
    shapes[~shapely.is_valid(shapes)] = None
    try:
        return transform_all(shapes, epsg)
    except ProjError:
        return np.full(len(texts), None, dtype=object)


def _are_plain(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which shapes are areas that lie where they should and do not reach around the globe."""
    bounds = shapely.bounds(shapes)
    is_area = np.isin(shapely.get_type_id(shapes), AREAS) & ~shapely.is_empty(shapes)
    with np.errstate(invalid="ignore"):
        is_narrow = (bounds[:, 2] - bounds[:, 0] <= HALF_TURN) & (np.abs(bounds[:, [0, 2]]) <= HALF_TURN).all(axis=1)
    return is_area & is_narrow & np.isfinite(bounds).all(axis=1)
