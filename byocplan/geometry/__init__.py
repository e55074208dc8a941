"""Geometries of tiles: reading GeoJSON, counting points, comparing covers across coordinate systems. Pure."""

from byocplan.geometry.compare import TOLERANCE_M, is_same_cover
from byocplan.geometry.geojson import count_points
from byocplan.geometry.lonlat import make_lonlat

__all__ = ["TOLERANCE_M", "count_points", "is_same_cover", "make_lonlat"]
