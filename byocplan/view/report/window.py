"""Shapes in longitude and latitude in, where they lie on a picture out: an equirectangular window. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from byocplan.geometry import Footprint

TURN = 360.0
#: What is shown of the world where there is nothing to show.
WORLD = ((-180.0, -60.0), (180.0, 84.0))


@dataclass(frozen=True, slots=True)
class Window:
    """The box shown in degrees, ``width`` by ``height`` pixels; ``squeeze`` makes the middle latitude true to scale."""

    west: float
    north: float
    scale: float
    squeeze: float
    width: int
    height: int

    @property
    def east(self) -> float:
        """Its right edge; west may be below -180, and this above 180."""
        return self.west + self.width / self.scale / self.squeeze

    @property
    def south(self) -> float:
        """Its lower edge."""
        return self.north - self.height / self.scale

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies on the picture."""
        return (lon - self.west) * self.scale * self.squeeze, (self.north - lat) * self.scale

    def iter_turns(self, shape: Footprint) -> Iterator[float]:
        """Yield the degrees by which a shape is turned for each time that it is to be seen."""
        lons = [lon for ring in shape.rings for lon, _ in ring]
        first, last = math.ceil((self.west - max(lons)) / TURN), math.floor((self.east - min(lons)) / TURN)
        yield from (turn * TURN for turn in range(first, last + 1))

    def iter_placed(self, shape: Footprint) -> Iterator[list[list[tuple[float, float]]]]:
        """Yield the rings of a shape as they lie on the picture, once for each turn of the world that is to be seen."""
        for turn in self.iter_turns(shape):
            yield [[self.place(lon + turn, lat) for lon, lat in ring] for ring in shape.rings]


def make_window(shapes: Sequence[Footprint], width: int, height: int) -> Window:
    """Return a window with all shapes and a margin; with the world where there are none."""
    (west, south), (east, north) = _find_box(shapes) if shapes else WORLD
    squeeze = 1.0 if east - west > TURN / 3 else max(0.25, math.cos(math.radians((south + north) / 2)))
    pad = 1.12
    scale = min(width / max((east - west) * squeeze * pad, 0.5), height / max((north - south) * pad, 0.5), height / 0.5)
    scale = max(scale, height / 180, width / (TURN * squeeze))
    if (
        east - west
    ) * squeeze * scale > width:  # nothing is shown beyond the poles, so the globe may have to be narrowed
        squeeze = width / scale / (east - west)
    middle = min(max((south + north) / 2, -90 + height / scale / 2), 90 - height / scale / 2)
    left, top = (west + east) / 2 - width / scale / squeeze / 2, middle + height / scale / 2
    return Window(left, top, scale, squeeze, width, height)


def _find_box(shapes: Sequence[Footprint]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-western and the north-eastern corner of what has all shapes."""
    spans = {(min(lons), max(lons)) for lons in ([lon for ring in shape.rings for lon, _ in ring] for shape in shapes)}
    lats = [lat for shape in shapes for ring in shape.rings for _, lat in ring]
    west, east = _find_span(spans)
    return (west, min(lats)), (east, max(lats))


def _find_span(spans: Collection[tuple[float, float]]) -> tuple[float, float]:
    """Return the shortest span that has all spans of longitudes: what the widest gap between them leaves."""
    turned = sorted(((west + TURN / 2) % TURN - TURN / 2, east - west) for west, east in spans)
    widest, first = 0.0, -TURN / 2
    # The gaps of the next turn: what runs on past 180 reaches into them.
    reach = max(west + width for west, width in turned)
    for west, width in turned:
        if west + TURN - reach > widest:
            widest, first = west + TURN - reach, west
        reach = max(reach, west + TURN + width)
    return first, first + TURN - widest
