"""Make ``byocplan/view/html/land.json`` from ``countries-50m.json`` of the npm package ``world-atlas`` 2.0.2.

    python tools/make_land.py package/countries-50m.json byocplan/view/html/land.json

Coasts and borders, with as few points as a map of tiles needs. world-atlas is ISC, by Michael Bostock; what it holds is
Natural Earth's, which is in the public domain.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from byocplan.geometry import Footprint
from byocplan.view.report.numbers import encode_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

#: Degrees: how far a simplified line may stray, and what a unit of a coordinate stands for.
TOLERANCE, GRAIN = 0.05, 0.01
#: Square degrees; smaller islands are left out.
MIN_AREA = 0.05
TURN = 360.0
MIN_RING = 3
BOTH_SIDES = 2
LICENCE = "world-atlas 2.0.2, ISC, copyright 2013-2019 Michael Bostock; made from Natural Earth, public domain"


def main() -> None:
    """Read the file named first, write the one named second."""
    source, target = map(Path, sys.argv[1:3])
    topology = json.loads(source.read_text())
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]
    document = {
        "licence": LICENCE,
        "grain": GRAIN,
        "land": encode_shapes(_iter_land(topology, arcs), GRAIN),
        "borders": encode_shapes(_iter_borders(topology, arcs), GRAIN),
    }
    target.write_text(json.dumps(document) + "\n", encoding="utf-8")


def _iter_land(topology: dict[str, Any], arcs: Sequence[NDArray[np.float64]]) -> Iterator[Footprint]:
    for polygon in _iter_polygons(topology["objects"]["land"]):
        shape = shapely.Polygon(*_split([_join(ring, arcs) for ring in polygon]))
        if shape.area > MIN_AREA:
            plain = shape.simplify(TOLERANCE)
            rings = [ring.coords[:-1] for ring in (plain.exterior, *plain.interiors)]
            yield Footprint(tuple(tuple(ring) for ring in rings if len(ring) >= MIN_RING))


def _iter_borders(topology: dict[str, Any], arcs: Sequence[NDArray[np.float64]]) -> Iterator[Footprint]:
    """Yield the arcs that two countries share."""
    rings = (ring for polygon in _iter_polygons(topology["objects"]["countries"]) for ring in polygon)
    uses = Counter(arc if arc >= 0 else ~arc for ring in rings for arc in ring)
    for arc, count in uses.items():
        if count == BOTH_SIDES:
            yield Footprint((tuple(shapely.LineString(arcs[arc]).simplify(TOLERANCE).coords),))


def _iter_polygons(collection: dict[str, Any]) -> Iterator[list[list[int]]]:
    for geometry in collection["geometries"]:
        yield from geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def _join(ring: Iterable[int], arcs: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return a ring whose longitudes run on past 180; one around a pole is closed over the pole."""
    points = np.concatenate([arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring])
    points[:, 0] = np.unwrap(points[:, 0], period=TURN)
    (first, _), (last, lat) = points[0], points[-1]
    if abs(last - first) < TURN / 2:
        return points
    pole = np.copysign(90.0, lat)
    return np.vstack([points, [(last, pole), (first, pole), points[0]]])


def _split(rings: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    return rings[0], rings[1:]


if __name__ == "__main__":
    main()
