"""The small map of a cell."""

import json
import math
import re

from byocplan.model.change import TileAction
from byocplan.view.cell_map import HEIGHT, MAX_POINTS, WIDTH, render_cell_map
from tests.support.report_plans import make_square


def read_points(svg: str, kind: str) -> list[tuple[float, float]]:
    (path,) = re.findall(rf'<path class="{kind}" d="([^"]*)"/>', svg)
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path)]


def test_without_covers_there_is_no_map() -> None:
    assert render_cell_map({}) == ""
    assert render_cell_map({TileAction.DELETE: [], TileAction.UPDATE: ["no cover", '{"type": "Point"}']}) == ""


def test_covers_lie_within_the_picture_by_action() -> None:
    svg = render_cell_map({TileAction.UPDATE: [make_square(10, 50, 1)], TileAction.DELETE: [make_square(12, 48, 1)]})

    update, delete = read_points(svg, "s-update"), read_points(svg, "s-delete")
    assert len(update) == len(delete) == 4
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in update + delete)
    assert max(x for x, _ in update) < min(x for x, _ in delete)
    assert max(y for _, y in update) < min(y for _, y in delete)


def test_land_is_cut_at_the_edges_of_the_picture() -> None:
    land = read_points(render_cell_map({TileAction.UPDATE: [make_square(10, 50, 1)]}), "land")

    assert all(-0.1 <= x <= WIDTH + 0.1 and -0.1 <= y <= HEIGHT + 0.1 for x, y in land)


def test_covers_on_both_sides_of_the_antimeridian_lie_side_by_side() -> None:
    svg = render_cell_map({TileAction.UPDATE: [make_square(178, 0, 1), make_square(-179, 0, 1)]})

    points = read_points(svg, "s-update")
    assert len(points) == 8
    assert all(0 <= x <= WIDTH for x, _ in points)


def test_it_is_of_bounded_size_whatever_the_covers_are_like() -> None:
    turns = [(n % 60 / 60 * math.tau, 0.2 + 0.2 * (n % 2)) for n in range(61)]
    jagged = [
        json.dumps({"type": "Polygon", "coordinates": [[[i + r * math.cos(t), r * math.sin(t)] for t, r in turns]]})
        for i in range(150)
    ]

    svg = render_cell_map(dict.fromkeys((TileAction.UPDATE, TileAction.DELETE), jagged))

    assert 0 < len(read_points(svg, "s-update")) <= MAX_POINTS
    assert len(svg) < 200_000


def test_the_world_is_shown_for_covers_all_over_it() -> None:
    corners = [make_square(lon, lat, 1) for lon in (-170, 0, 150) for lat in (-60, 60)]

    svg = render_cell_map({TileAction.REINGEST: corners})

    assert len(read_points(svg, "s-reingest")) >= 24
    assert len(svg) < 60_000
