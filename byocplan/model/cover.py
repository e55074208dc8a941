"""Cover geometries: parsed JSON in; what is wrong in words, or the text that is compared and sent, out. Pure.

Source: RFC 7946; BYOC documentation, cover geometry (Polygon or MultiPolygon, at most 100 points, optional crs).
"""

from __future__ import annotations

import json
import math
import re

#: The service takes no cover geometry of more points.
MAX_POINTS = 100
_CRS = re.compile(r"urn:ogc:def:crs:(EPSG:[0-9.]*:[0-9]{4,6}|OGC:(1\.3)?:CRS84)")
_MIN_RING = 4
_MAX_POSITION = 4


def get_geometry(document: object) -> object:
    """Return the geometry of a Feature or of a FeatureCollection with one feature; else the document itself.

    An old-style ``crs`` of the document goes with it.
    """
    crs: object = None
    while isinstance(document, dict) and document.get("type") in ("Feature", "FeatureCollection"):
        crs = document.get("crs", crs)
        features = document.get("features")
        if document["type"] == "Feature":
            document = document.get("geometry")
        elif isinstance(features, list) and len(features) == 1:
            document = features[0]
        else:
            return None
    if isinstance(document, dict) and crs is not None:
        return {"crs": crs, **document}
    return document


def encode_cover(geometry: object) -> str:
    """Return a geometry without fault as compact GeoJSON; what is alike is written alike."""
    kept = geometry if isinstance(geometry, dict) else {}
    kept = {key: kept[key] for key in ("type", "coordinates", "crs") if kept.get(key) is not None}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def find_geometry_fault(geometry: object) -> str | None:
    """Return what is wrong with a geometry, None when it is a cover."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return "write one Polygon or MultiPolygon (or a Feature of it)"
    if unknown := geometry.keys() - {"type", "coordinates", "crs", "bbox"}:
        return f"a geometry has no {min(map(str, unknown))!a}"
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return _find_polygons_fault(polygons) or _find_crs_fault(geometry.get("crs"))


def _find_polygons_fault(polygons: object) -> str | None:
    if not isinstance(polygons, list) or not polygons:
        return "coordinates must be a list of polygons"
    points = 0
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            return "a polygon is a list of rings"
        for ring in polygon:
            fault = _find_ring_fault(ring)
            if fault is not None:
                return fault
            points += len(ring)
    return f"{points} points, and the service takes at most {MAX_POINTS}: simplify it" if points > MAX_POINTS else None


def _find_ring_fault(ring: object) -> str | None:
    if not isinstance(ring, list) or len(ring) < _MIN_RING:
        return "a ring is a list of at least 4 positions"
    for position in ring:
        if not isinstance(position, list) or not 2 <= len(position) <= _MAX_POSITION:  # noqa: PLR2004 - x and y
            return "a position is [x, y]"
        for number in position:
            if isinstance(number, bool) or not isinstance(number, int | float) or not _is_finite(number):
                return "coordinates must be finite numbers"
    return None if ring[0] == ring[-1] else "a ring has to end where it begins"


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond what a float holds
        return False


def _find_crs_fault(crs: object) -> str | None:
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and _CRS.fullmatch(name):
        return None
    return "crs must name urn:ogc:def:crs:EPSG::CODE or urn:ogc:def:crs:OGC:1.3:CRS84"
