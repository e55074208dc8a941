"""Left-over keys group by their shape."""

import pytest

from byocplan.model.key_shape import make_key_shape


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("2019/11/27/28V/preview.jpg", "#/#/#/#V/preview.jpg"),
        ("tiles/19/U/DP/2017/7/29/0/R10m/B02.jp2", "tiles/#/U/DP/#/#/#/#/R#m/B#.jp2"),
        ("x/d1378053-398d-4ee6-87ab-e212c9b1aeb2/y.json", "x/<uuid>/y.json"),
        ("x/0a1b2c3d4e5f.bin", "x/<hex>.bin"),
        ("x/FD5B.bin", "x/FD#B.bin"),
        ("x/facade/deadbeef", "x/facade/deadbeef"),
        ("ad hoc/", "ad hoc/"),
        ("", ""),
        ("a.7", "a.#"),
    ],
)
def test_numbers_and_identifiers_are_left_out(key: str, shape: str) -> None:
    assert make_key_shape(key) == shape


def test_long_shapes_are_cut() -> None:
    shape = make_key_shape("x" * 1000)

    assert len(shape) == 200
    assert shape.endswith("x…")
