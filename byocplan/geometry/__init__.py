"""Geometries of tiles: reading GeoJSON, counting points, comparing covers across coordinate systems, drawing. Pure."""

from byocplan.geometry.clip import clip_footprint
from byocplan.geometry.compare import TOLERANCE_M, is_same_cover
from byocplan.geometry.footprint import Footprint, find_center, make_footprint, make_lonlat_geometry
from byocplan.geometry.geojson import count_points
from byocplan.geometry.many import make_lonlat_shapes
from byocplan.geometry.wkb import WkbColumn

__all__ = [
    "TOLERANCE_M",
    "Footprint",
    "WkbColumn",
    "clip_footprint",
    "count_points",
    "find_center",
    "is_same_cover",
    "make_footprint",
    "make_lonlat_geometry",
    "make_lonlat_shapes",
]
