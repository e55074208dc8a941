"""Cover geometry in, what a map draws of it out: rings in longitude and latitude. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely
from pyproj.exceptions import ProjError
from shapely.affinity import translate
from shapely.geometry.polygon import orient

from byocplan.geometry.crs import FULL_TURN, HALF_TURN, is_geographic, make_unwrapped, transform, transform_point
from byocplan.geometry.geojson import LONLAT, decode_cover, decode_crs

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]

#: Degrees; about a hundred metres.
GRAIN = 0.001
#: Degrees; a centimetre.
PRECISION = 1e-7
#: A traced cover of more points is drawn with fewer.
MAX_POINTS = 20


@dataclass(frozen=True, slots=True)
class Footprint:
    """Rings of (longitude, latitude), holes too, not closed by a repeated point.

    Rings run counterclockwise and holes clockwise, so that many footprints can be filled as one path by the rule
    "nonzero": where they overlap they are filled, and holes are not. Longitudes run on past 180 instead of jumping; the
    footprint begins between -180 and 180.
    """

    rings: tuple[tuple[Point, ...], ...]


@lru_cache(maxsize=4096)
def make_footprint(cover: str) -> Footprint | None:
    """Return what to draw, None for what is no valid cover."""
    shape = _make_lonlat(cover)
    if shape is None:
        return None
    shape = _simplify(shape)
    turn = (shape.bounds[0] + HALF_TURN) // FULL_TURN * FULL_TURN
    polygons = [orient(polygon) for polygon in getattr(shape, "geoms", [shape])]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return Footprint(tuple(tuple((x - turn, y) for x, y, *_ in ring.coords[:-1]) for ring in rings))


def make_lonlat_geometry(cover: str) -> dict[str, Any] | None:
    """Return the cover as a geometry of GeoJSON in CRS84, cut at the antimeridian; None for what is no valid cover.

    Source: RFC 7946, 3.1.9 and 4.
    """
    shape = _make_lonlat(cover)
    if shape is None:
        return None
    west, _, east, _ = shape.bounds
    if west < -HALF_TURN or east > HALF_TURN:
        shape = _cut(shape)
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(shape, PRECISION)))
    return geometry if geometry["coordinates"] else None


def _cut(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape that runs on past 180 or -180 as parts between these."""
    turns = (-HALF_TURN - FULL_TURN, -HALF_TURN, HALF_TURN)
    parts = [
        translate(shape & shapely.box(west, -HALF_TURN, west + FULL_TURN, HALF_TURN), -HALF_TURN - west)
        for west in turns
    ]
    polygons = [part for whole in parts for part in getattr(whole, "geoms", [whole]) if part.area]
    return shapely.MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]


def _make_lonlat(cover: str) -> BaseGeometry | None:
    """Return the cover in longitude and latitude, None for what is no valid cover."""
    decoded = decode_cover(cover)
    if decoded is None:
        return None
    try:
        own = make_unwrapped(decoded.shape) if is_geographic(decoded.epsg) else decoded.shape
        return transform(own, decoded.epsg, LONLAT)
    except (ProjError, ValueError, shapely.errors.ShapelyError):
        return None


@lru_cache(maxsize=65_536)
def find_center(cover: str) -> Point | None:
    """Return about where the cover lies: the middle of the box of its first ring. None for what is no cover.

    Cheap, for there may be a million of them: validity is not looked at.
    """
    try:
        value = json.loads(cover)
        epsg = decode_crs(value.get("crs"))
        ring = value["coordinates"][0][0] if value["type"] == "MultiPolygon" else value["coordinates"][0]
        if epsg is None:
            return None
        return _locate([float(each[0]) for each in ring], [float(each[1]) for each in ring], epsg)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, ProjError):
        return None


def _locate(xs: list[float], ys: list[float], epsg: int) -> Point | None:
    if is_geographic(epsg) and HALF_TURN < max(xs) - min(xs) < FULL_TURN:
        xs = [x + FULL_TURN if x < 0 else x for x in xs]
    lon, lat = transform_point((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, epsg)
    is_on_earth = abs(lat) <= HALF_TURN / 2 and abs(lon) < 2 * FULL_TURN  # false for NaN and infinity too
    return ((lon + HALF_TURN) % FULL_TURN - HALF_TURN, lat) if is_on_earth else None


def _simplify(shape: BaseGeometry) -> BaseGeometry:
    grain = GRAIN
    while shapely.get_num_coordinates(shape) > MAX_POINTS and grain < 1:
        shape = shape.simplify(grain)
        grain *= 2
    return shape if shapely.get_num_coordinates(shape) <= 5 * MAX_POINTS else shape.envelope
