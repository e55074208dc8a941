"""Cover geometries in, a small picture of where they lie out: SVG of bounded size. Reads the package's own files."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from byocplan.geometry import Footprint, clip_footprint, make_footprint
from byocplan.view.report.numbers import iter_shapes
from byocplan.view.report.window import make_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.model.change import TileAction
    from byocplan.view.report.window import Window

WIDTH, HEIGHT = 640, 260
#: Points of one action that are drawn; traced covers have many.
MAX_POINTS = 3000


def render_cell_map(covers: Mapping[TileAction, Sequence[str]]) -> str:
    """Return a picture of the covers (GeoJSON texts), first actions at the bottom; nothing where there are none.

    Colours come from the style of the cell. Where that is taken away, lines are left.
    """
    layers = {action: _make_layer(texts) for action, texts in covers.items()}
    shapes = [shape for layer in layers.values() for shape in layer]
    if not shapes:
        return ""
    window = make_window(shapes, WIDTH, HEIGHT)
    paths = "".join(
        f'<path class="s-{action.value}" d="{_render_path(layer, window)}"/>'
        for action, layer in layers.items()
        if layer
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="gray" role="img" '
        'aria-label="Map of tiles that would change">'
        f'<path class="land" d="{_render_path(_list_land(window), window)}"/>{paths}</svg>\n'
    )


def _make_layer(covers: Sequence[str]) -> list[Footprint]:
    """Return the first footprints that fit into ``MAX_POINTS``."""
    shapes, room = [], MAX_POINTS
    for shape in filter(None, map(make_footprint, covers)):
        room -= sum(map(len, shape.rings))
        if room < 0:
            break
        shapes.append(shape)
    return shapes


def _render_path(shapes: Iterable[Footprint], window: Window) -> str:
    """Return the rings as they lie on the picture, in tenths of a pixel."""
    return "".join(_render_ring(ring) for shape in shapes for rings in window.iter_placed(shape) for ring in rings)


def _render_ring(ring: Sequence[tuple[float, float]]) -> str:
    points = [(round(x, 1), round(y, 1)) for x, y in ring]
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}z"


def _list_land(window: Window) -> list[Footprint]:
    """Return what is seen of the land, no finer than half a pixel."""
    land = []
    for shape in _read_land():
        lats = [lat for _, lat in shape.rings[0]]
        for turn in window.iter_turns(shape):
            if min(lats) < window.north and max(lats) > window.south:
                box = (window.west - turn, window.south, window.east - turn, window.north)
                land.append(_turn(clip_footprint(shape, box, 0.5 / window.scale), turn))
    return [shape for shape in land if shape.rings]


def _turn(shape: Footprint, turn: float) -> Footprint:
    return Footprint(tuple(tuple((lon + turn, lat) for lon, lat in ring) for ring in shape.rings))


@cache
def _read_land() -> list[Footprint]:
    ground = json.loads(files("byocplan.view").joinpath("html", "land.json").read_text(encoding="utf-8"))
    return list(iter_shapes(ground["land"], ground["grain"]))
