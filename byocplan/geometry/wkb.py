"""Cover geometries in, a column of WKB and the metadata of its file out, a batch at a time. Pure.

Source: GeoParquet 1.1, file metadata; no ``crs`` is OGC:CRS84.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from byocplan.geometry.many import make_lonlat_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "1.1.0"
TYPE_NAMES = {shapely.GeometryType.POLYGON: "Polygon", shapely.GeometryType.MULTIPOLYGON: "MultiPolygon"}


class WkbColumn:
    """A column of geometries in longitude and latitude, cut at the antimeridian. Add all batches, then ask."""

    def __init__(self) -> None:
        self._types: set[str] = set()
        self._bounds = np.full(4, np.nan)

    def add(self, covers: Sequence[str]) -> list[bytes | None]:
        """Return the WKB of each cover, in order; None for what is no valid cover. Equal covers are read once."""
        known = list(dict.fromkeys(covers))
        shapes = make_lonlat_shapes(known)
        self._types |= {TYPE_NAMES[kind] for kind in np.unique(shapely.get_type_id(shapes)) if kind in TYPE_NAMES}
        bounds = shapely.total_bounds(shapes)
        self._bounds[:2] = np.fmin(self._bounds[:2], bounds[:2])
        self._bounds[2:] = np.fmax(self._bounds[2:], bounds[2:])
        encoded = dict(zip(known, shapely.to_wkb(shapes), strict=True))
        return [encoded[cover] for cover in covers]

    def make_metadata(self, name: str) -> str:
        """Return the value of ``geo`` of a file in which the column is called ``name``, as JSON text."""
        about: dict[str, object] = {"encoding": "WKB", "geometry_types": sorted(self._types)}
        if self._types:
            about["bbox"] = self._bounds.tolist()
        return json.dumps({"version": VERSION, "primary_column": name, "columns": {name: about}})
