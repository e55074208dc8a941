"""A tally of tiles in, a PNG of where they lie out: an equirectangular map with a legend. Draws with Pillow."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from byocplan.geometry import make_footprint
from byocplan.view.clean import clean
from byocplan.view.report.numbers import iter_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.geometry import Footprint
    from byocplan.view.report.tally import TileTally

WIDTH, MAP_HEIGHT, LEGEND = 1600, 900, 52
SEA, LAND, BORDER, TEXT, PAPER = "#e6edf1", "#fafaf7", "#c9d1d6", "#1c2329", "#ffffff"
#: As in ``report.css``.
COLORS = {
    "INGESTED": "#009e73",
    "FAILED": "#b8558f",
    "WAITING": "#d18f00",
    "QUEUED": "#d18f00",
    "INGESTING": "#d18f00",
    "create": "#009e73",
    "update": "#0072b2",
    "reingest": "#56b4e9",
    "delete": "#d55e00",
}
#: What is not to be overlooked.
LOUD = frozenset({COLORS["FAILED"], COLORS["delete"]})
OTHER = "#6f7b86"
FILL_ALPHA, LOUD_ALPHA = 90, 190
TURN = 360.0


@dataclass(frozen=True, slots=True)
class View:
    """The box shown in degrees; ``squeeze`` makes the middle latitude true to scale."""

    west: float
    north: float
    scale: float
    squeeze: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies on the picture."""
        return (lon - self.west) * self.scale * self.squeeze, (self.north - lat) * self.scale


def render_png(title: str, tally: TileTally) -> bytes:
    """Return the picture; tiles that cannot be drawn one by one are drawn as cells."""
    layers = list(_iter_layers(tally))
    view = _make_view([shape for _, shapes in layers for shape in shapes])
    image = Image.new("RGB", (WIDTH, MAP_HEIGHT + LEGEND), PAPER)
    ground = Image.new("RGB", (WIDTH, MAP_HEIGHT), SEA)
    _draw_ground(ImageDraw.Draw(ground), view)
    pen = ImageDraw.Draw(ground, "RGBA")
    for color, shapes in layers:
        for shape in shapes:
            for ring in _iter_placed(shape, view):
                pen.polygon(ring, fill=f"{color}{LOUD_ALPHA if color in LOUD else FILL_ALPHA:02x}", outline=color)
    image.paste(ground, (0, 0))
    _draw_legend(ImageDraw.Draw(image), title, tally)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _iter_layers(tally: TileTally) -> Iterator[tuple[str, list[Footprint]]]:
    """Yield a colour and its shapes, each once, what matters most last."""
    whole = tally.choose_whole()
    for action in reversed(tally.actions):
        covers = dict.fromkeys(tile.cover for tile in tally.kept[action] if tile.cover) if whole[action] else {}
        shapes = [shape for cover in covers if (shape := make_footprint(cover)) is not None]
        yield COLORS.get(action, OTHER), shapes or tally.cells.list_boxes(action)


def _make_view(shapes: Sequence[Footprint]) -> View:
    """Return a view of all shapes, with a margin; of the world where there are none."""
    points = [point for shape in shapes for ring in shape.rings for point in ring] or [(-180.0, -60.0), (180.0, 84.0)]
    west, east = _find_span(sorted({lon for lon, _ in points}))
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    squeeze = 1.0 if east - west > TURN / 3 else max(0.25, math.cos(math.radians((south + north) / 2)))
    pad = 1.12
    scale = min(
        WIDTH / max((east - west) * squeeze * pad, 0.5), MAP_HEIGHT / max((north - south) * pad, 0.5), MAP_HEIGHT / 0.5
    )
    scale = max(scale, MAP_HEIGHT / 180, WIDTH / (TURN * squeeze))
    middle = min(max((south + north) / 2, -90 + MAP_HEIGHT / scale / 2), 90 - MAP_HEIGHT / scale / 2)
    return View((west + east) / 2 - WIDTH / scale / squeeze / 2, middle + MAP_HEIGHT / scale / 2, scale, squeeze)


def _find_span(lons: Sequence[float]) -> tuple[float, float]:
    """Return the shortest span that has all longitudes: what the widest gap between neighbours leaves."""
    turned = sorted({(lon + TURN / 2) % TURN - TURN / 2 for lon in lons})
    gaps = [(after - lon, after) for lon, after in zip(turned, [*turned[1:], turned[0] + TURN], strict=True)]
    width, after = max(gaps)
    west = (after + TURN / 2) % TURN - TURN / 2
    return west, west + TURN - width


def _draw_ground(pen: ImageDraw.ImageDraw, view: View) -> None:
    land, borders = _read_ground()
    for shape in land:
        for number, ring in enumerate(_iter_placed(shape, view)):
            pen.polygon(ring, fill=LAND if number % len(shape.rings) == 0 else SEA)
    for shape in borders:
        for line in _iter_placed(shape, view):
            pen.line(line, fill=BORDER)


def _iter_placed(shape: Footprint, view: View) -> Iterator[list[tuple[float, float]]]:
    """Yield the rings of a shape as they lie on the picture, once for each turn of the world that is to be seen."""
    lons = [lon for ring in shape.rings for lon, _ in ring]
    east_edge = view.west + WIDTH / view.scale / view.squeeze
    first = math.ceil((view.west - max(lons)) / TURN)
    last = math.floor((east_edge - min(lons)) / TURN)
    for turn in range(first, last + 1):
        for ring in shape.rings:
            yield [view.place(lon + turn * TURN, lat) for lon, lat in ring]


def _draw_legend(pen: ImageDraw.ImageDraw, title: str, tally: TileTally) -> None:
    font = ImageFont.load_default(20)
    unplaced = ", ".join(f"{clean(action, 20)} {count:,}" for action, count in tally.count_unplaced().items())
    middle = MAP_HEIGHT + (LEGEND / 2 - 10 if unplaced else LEGEND / 2)
    if unplaced:
        note = f"Not drawn, since no cover geometry is known: {unplaced}"
        pen.text((24, middle + 23), note, fill=TEXT, font=ImageFont.load_default(15), anchor="lm")
    pen.text((24, middle), clean(title, 70), fill=TEXT, font=font, anchor="lm")
    right: float = WIDTH - 24
    for action in reversed(tally.actions):
        text = f"{clean(action, 20)} {tally.counts[action]:,}"
        right -= pen.textlength(text, font)
        pen.text((right, middle), text, fill=TEXT, font=font, anchor="lm")
        pen.rectangle((right - 22, middle - 7, right - 8, middle + 7), fill=COLORS.get(action, OTHER))
        right -= 46


@cache
def _read_ground() -> tuple[list[Footprint], list[Footprint]]:
    text = files("byocplan.view").joinpath("html", "land.json").read_text(encoding="utf-8")
    ground = json.loads(text)
    return list(iter_shapes(ground["land"], ground["grain"])), list(iter_shapes(ground["borders"], ground["grain"]))
