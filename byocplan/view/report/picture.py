"""A tally of tiles in, a PNG of where they lie out: an equirectangular map with a legend. Draws with Pillow."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFont

from byocplan.geometry import make_footprint
from byocplan.view.clean import clean
from byocplan.view.report.numbers import iter_shapes
from byocplan.view.report.window import make_window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.geometry import Footprint
    from byocplan.view.report.tally import TileTally
    from byocplan.view.report.window import Window

Ring = list[tuple[float, float]]
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


def render_png(title: str, tally: TileTally) -> bytes:
    """Return the picture; tiles that cannot be drawn one by one are drawn as cells."""
    layers = list(_iter_layers(tally))
    view = make_window([shape for _, shapes in layers for shape in shapes], WIDTH, MAP_HEIGHT)
    image = Image.new("RGB", (WIDTH, MAP_HEIGHT + LEGEND), PAPER)
    ground = Image.new("RGB", (WIDTH, MAP_HEIGHT), SEA)
    _draw_ground(ImageDraw.Draw(ground), view)
    for color, shapes in layers:
        for shape in shapes:
            for rings in view.iter_placed(shape):
                _draw_shape(ground, rings, color)
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


def _draw_shape(ground: Image.Image, rings: Sequence[Ring], color: str) -> None:
    """Draw one shape, its holes left as they are."""
    alpha = LOUD_ALPHA if color in LOUD else FILL_ALPHA
    pen = ImageDraw.Draw(ground, "RGBA")
    if len(rings) == 1:
        pen.polygon(rings[0], fill=f"{color}{alpha:02x}", outline=color)
        return
    left, top, right, bottom = _find_box(rings)
    if left < right and top < bottom:
        mask = _make_mask([[(x - left, y - top) for x, y in ring] for ring in rings], (right - left, bottom - top))
        ground.paste(color, (left, top, right, bottom), mask.convert("L").point(lambda value: alpha if value else 0))
    for ring in rings:
        pen.polygon(ring, outline=color)


def _find_box(rings: Sequence[Ring]) -> tuple[int, int, int, int]:
    """Return the pixels of the picture that the rings can touch: left, top, right, bottom."""
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    return max(0, int(min(xs))), max(0, int(min(ys))), min(WIDTH, int(max(xs)) + 1), min(MAP_HEIGHT, int(max(ys)) + 1)


def _make_mask(rings: Sequence[Ring], size: tuple[int, int]) -> Image.Image:
    """Return what lies within an odd number of rings; so a hole is none, and an island in it is."""
    mask = Image.new("1", size)
    for ring in rings:
        layer = Image.new("1", size)
        ImageDraw.Draw(layer).polygon(ring, fill=1)
        mask = ImageChops.logical_xor(mask, layer)
    return mask


def _draw_ground(pen: ImageDraw.ImageDraw, view: Window) -> None:
    land, borders = _read_ground()
    for shape in land:
        for coast, *lakes in view.iter_placed(shape):
            pen.polygon(coast, fill=LAND)
            for lake in lakes:
                pen.polygon(lake, fill=SEA)
    for shape in borders:
        for (line,) in view.iter_placed(shape):
            pen.line(line, fill=BORDER)


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
