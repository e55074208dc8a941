"""A footprint and a box in, what of it lies within out: for pictures of a part of the world. Pure."""

from __future__ import annotations

import shapely

from byocplan.geometry.footprint import Footprint, Point


def clip_footprint(footprint: Footprint, box: tuple[float, float, float, float], grain: float) -> Footprint:
    """Return the rings within ``box`` (west, south, east, north), points closer than ``grain`` to a line left out."""
    first, *holes = footprint.rings
    shape = shapely.clip_by_rect(shapely.make_valid(shapely.Polygon(first, holes)), *box).simplify(grain)
    polygons = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, shapely.Polygon) and part.area]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return Footprint(tuple(tuple(_iter_points(ring)) for ring in rings))


def _iter_points(ring: shapely.LinearRing) -> list[Point]:
    return [(x, y) for x, y, *_ in ring.coords[:-1]]
