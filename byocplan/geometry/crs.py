"""Coordinate systems: shapes from one to another, and to metres around a place. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer

from byocplan.geometry.geojson import LONLAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

HALF_TURN = 180.0
FULL_TURN = 360.0
#: Wider than this, in degrees, no local plane fits; degrees are then scaled to metres.
WIDE = 60.0
METERS_PER_DEGREE = 111_320.0


@lru_cache(maxsize=256)
def is_geographic(epsg: int) -> bool:
    """Tell whether the system counts in degrees. Raises ProjError for one that is not known."""
    return bool(CRS.from_epsg(epsg).is_geographic)


def transform(shape: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """Return the shape in another system; longitudes run on over the antimeridian. Raises ProjError."""
    if source == target:
        return shape
    moved = _move(shape, _make_transformer(f"EPSG:{source}", f"EPSG:{target}"))
    return make_unwrapped(moved) if is_geographic(target) else moved


def transform_all(shapes: NDArray[np.object_], source: int) -> NDArray[np.object_]:
    """Return many shapes in longitude and latitude, as their points lie: what has no place there has infinite ones.

    Raises ProjError for a system that is not known.
    """
    if source == LONLAT:
        return shapes
    points = shapely.get_coordinates(shapes)
    moved = _make_transformer(f"EPSG:{source}", f"EPSG:{LONLAT}").transform(points[:, 0], points[:, 1])
    return shapely.set_coordinates(shapes.copy(), np.column_stack(moved))


def transform_point(x: float, y: float, source: int) -> tuple[float, float]:
    """Return longitude and latitude of a point. Raises ProjError for a system that is not known."""
    if source == LONLAT:
        return x, y
    lon, lat = _make_transformer(f"EPSG:{source}", f"EPSG:{LONLAT}").transform(x, y)
    return lon, lat


def make_local(shape: BaseGeometry) -> Callable[[BaseGeometry], BaseGeometry]:
    """Return what projects longitude and latitude to metres around ``shape``."""
    west, south, east, north = shape.bounds
    if max(east - west, north - south) > WIDE:
        return _scale
    lon, lat = round((west + east) / 2), round((south + north) / 2)
    target = f"+proj=laea +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m +type=crs"
    transformer = _make_transformer(f"EPSG:{LONLAT}", target)
    return lambda other: _move(other, transformer)


def make_unwrapped(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape in degrees whose rings run on past 180 instead of jumping to -180.

    A ring from -180 to 180 is the whole globe and stays as it is.
    """
    if isinstance(shape, shapely.MultiPolygon):
        parts = [make_unwrapped(part) for part in shape.geoms]
        return shapely.union_all([_shift(part, parts[0]) for part in parts])
    west, _, east, _ = shape.bounds
    if east - west <= HALF_TURN or east - west >= FULL_TURN:
        return shape
    return shapely.Polygon(
        _unwrap(shapely.get_coordinates(shapely.get_exterior_ring(shape))),
        [_unwrap(shapely.get_coordinates(ring)) for ring in getattr(shape, "interiors", ())],
    )


def _unwrap(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ring with each jump of more than half a turn taken the short way."""
    ring = ring.copy()
    ring[:, 0] = np.unwrap(ring[:, 0] % FULL_TURN, period=FULL_TURN)
    return ring


def _shift(shape: BaseGeometry, beside: BaseGeometry) -> BaseGeometry:
    """Return the shape turned by whole turns to be as close to the other as can be."""
    west, _, east, _ = shape.bounds
    other_west, _, other_east, _ = beside.bounds
    turns = round((other_west + other_east - west - east) / 2 / FULL_TURN)
    return shapely.transform(shape, lambda points: points + np.array((turns * FULL_TURN, 0.0))) if turns else shape


def _scale(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: points * METERS_PER_DEGREE)


def _move(shape: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    """Return the shape moved; raises ValueError where a point has no place in the target."""
    points = shapely.get_coordinates(shape)
    moved = np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    if not np.isfinite(moved).all():
        raise ValueError("a point lies outside the coordinate system")
    return shapely.transform(shape, lambda _: moved)


@lru_cache(maxsize=512)
def _make_transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
