"""Pictures of maps."""

import json
from io import BytesIO

import pytest
from PIL import Image

from byocplan.geometry import make_lonlat_geometry
from byocplan.view.report.picture import COLORS, LAND, MAP_HEIGHT, SEA, WIDTH, render_png
from byocplan.view.report.tally import MapTile, TileTally
from byocplan.view.report.window import make_window
from tests.support.report_plans import make_square

GREEN = (0, 158, 115)


def draw(*squares: tuple[float, float, float], max_tiles: int = 100) -> Image.Image:
    tally = TileTally(max_tiles)
    for number, square in enumerate(squares):
        tally.add(MapTile("collection/s2", "INGESTED", str(number), "", 0, make_square(*square)))
    return Image.open(BytesIO(render_png("collection/s2", tally))).convert("RGB")


def find_columns(image: Image.Image) -> list[int]:
    """Return the columns of the map in which an outline is."""
    ground = image.crop((0, 0, WIDTH, MAP_HEIGHT))
    pixels = ground.load()
    assert pixels is not None
    return [x for x in range(WIDTH) if any(pixels[x, y] == GREEN for y in range(MAP_HEIGHT))]


def read_colors(image: Image.Image, *places: tuple[float, float]) -> list[str]:
    """Return the colours of places of a picture of the whole globe."""
    view = make_window([], WIDTH, MAP_HEIGHT)
    points = [view.place(*place) for place in places]
    pixels = [image.getpixel((int(x), int(y))) for x, y in points]
    return ["#" + bytes(pixel).hex() for pixel in pixels if isinstance(pixel, tuple)]


def make_box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@pytest.mark.parametrize("square", [(10, 50, 1), (-179.9, -30, 20), (179.5, 0, 1), (0, -80, 40)])
def test_a_tile_lies_in_the_middle(square: tuple[float, float, float]) -> None:
    columns = find_columns(draw(square))

    assert abs((columns[0] + columns[-1]) / 2 - WIDTH / 2) < 12


def test_tiles_on_both_sides_of_the_antimeridian_lie_side_by_side() -> None:
    columns = find_columns(draw((178, -20, 1), (-179, -20, 1)))

    assert len(columns) > WIDTH / 3  # drawn large, not at both ends of the world


def test_tiles_too_many_to_draw_are_cells() -> None:
    columns = find_columns(draw((10.2, 50.2, 0.1), (10.4, 50.4, 0.1), (11.4, 50.4, 0.1), max_tiles=2))

    assert columns


def test_no_tile_at_all_is_a_map_of_the_world() -> None:
    image = draw()

    assert image.size == (WIDTH, MAP_HEIGHT + 52)
    assert not find_columns(image)
    assert read_colors(image, (0, 80), (-150, 65), (-60, -10), (22, 10), (-170, 20), (-30, 0)) == [
        SEA,
        *[LAND] * 3,
        SEA,
        SEA,
    ]


@pytest.mark.parametrize("action", ["INGESTED", "FAILED"])
@pytest.mark.parametrize("west", [-40, 160])
def test_holes_are_left_as_they_are_and_islands_in_them_are_not(west: int, action: str) -> None:
    outer, hole, island = (
        make_box(west, -20, west + 40, 20),
        make_box(west + 10, -10, west + 30, 10),
        make_box(west + 18, -2, west + 22, 2),
    )
    tally = TileTally()
    whole = json.dumps({"type": "MultiPolygon", "coordinates": [[island], [outer, hole]]})
    tally.add(MapTile("collection/s2", action, "1", "", 0, json.dumps(make_lonlat_geometry(whole))))
    image = Image.open(BytesIO(render_png("t", tally))).convert("RGB")
    middle, step = (WIDTH // 2, MAP_HEIGHT // 2), MAP_HEIGHT / 40 / 1.12

    within, around, amid = (image.getpixel((middle[0], int(middle[1] - lat * step))) for lat in (6, 15, 1))

    assert around == amid
    assert within == (230, 237, 241) != around


def test_the_colours_are_those_of_the_page() -> None:
    from importlib.resources import files

    style = files("byocplan.view").joinpath("html", "report.css").read_text(encoding="utf-8")

    assert all(f"light-dark({color}," in style for color in {*COLORS.values(), SEA})


def test_tiles_that_are_not_drawn_are_named_below_the_map() -> None:
    drawn, not_drawn = TileTally(), TileTally()
    drawn.add(MapTile("collection/s2", "create", "1", "", 0, make_square(1, 1, 1)))
    not_drawn.add(MapTile("collection/s2", "create", "1", "", 0, None))
    below = (0, MAP_HEIGHT + 38, WIDTH // 2, MAP_HEIGHT + 52)

    silent, named = (
        Image.open(BytesIO(render_png("t", tally))).convert("L").crop(below) for tally in (drawn, not_drawn)
    )

    assert min(silent.tobytes()) > min(named.tobytes())
