"""Which part of the world a picture shows."""

import pytest

from byocplan.geometry import Footprint
from byocplan.view.report.window import Window, make_window

WIDTH, HEIGHT = 1600, 900


def make_shape(west: float, east: float, south: float = 0.0, north: float = 10.0) -> Footprint:
    return Footprint((((west, south), (east, south), (east, north), (west, north)),))


def is_within(shape: Footprint, window: Window) -> bool:
    """Tell whether the whole of a shape is seen in one piece."""
    return any(
        all(-1e-6 <= x <= WIDTH + 1e-6 and -1e-6 <= y <= HEIGHT + 1e-6 for ring in rings for x, y in ring)
        for rings in window.iter_placed(shape)
    )


def test_without_shapes_it_is_the_world() -> None:
    window = make_window([], WIDTH, HEIGHT)

    assert (window.west, window.east) == pytest.approx((-180, 180))
    assert window.south <= -60
    assert window.north >= 84


@pytest.mark.parametrize(
    "shapes",
    [
        [make_shape(-180, 180)],
        [make_shape(-180, 180, -90, 90)],
        [make_shape(-179, 179)],
        [make_shape(0, 200)],
        [make_shape(100, 290), make_shape(-60, -50)],
        [make_shape(-175, -174), make_shape(170, 190)],
        [make_shape(0, 0.01, 0, 0.01)],
        [make_shape(20, 21, -80, 80)],
        [make_shape(lon, lon + 20) for lon in range(-180, 180, 20)],
    ],
)
def test_all_shapes_are_seen_whole(shapes: list[Footprint]) -> None:
    window = make_window(shapes, WIDTH, HEIGHT)

    assert all(is_within(shape, window) for shape in shapes)
    assert window.east - window.west <= 360.001


def test_it_is_no_wider_than_it_has_to_be() -> None:
    window = make_window([make_shape(170, 190), make_shape(-175, -174)], WIDTH, HEIGHT)

    assert (window.west + window.east) / 2 == pytest.approx(180)
    assert window.east - window.west < 30


def test_a_degree_is_as_long_either_way_where_a_shape_is_small() -> None:
    assert make_window([make_shape(0, 0.5, -0.25, 0.25)], WIDTH, HEIGHT).squeeze == pytest.approx(1)
