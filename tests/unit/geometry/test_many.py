"""Many covers at once are what they are one by one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from byocplan.geometry import make_lonlat_geometry, make_lonlat_shapes
from tests.unit.geometry.test_footprint import make_box, make_cover

#: Coordinate system → where boxes in it lie, and how long their sides are.
PLACES = {
    4326: (-179.0, -80.0, 178.0, 79.0, 1.0),
    3857: (-2e7, -1e7, 2e7, 1e7, 1e5),
    32633: (200_000, 1_000_000, 800_000, 9_000_000, 1e5),
    32601: (200_000, 1_000_000, 800_000, 9_000_000, 1e5),
    3035: (2_500_000, 1_500_000, 6_000_000, 5_000_000, 1e5),
}


@st.composite
def covers(draw: st.DrawFn) -> str:
    epsg = draw(st.sampled_from(sorted(PLACES)))
    west, south, east, north, side = PLACES[epsg]
    x, y = draw(st.floats(west, east)), draw(st.floats(south, north))
    return make_cover(make_box(x, y, x + side, y + side), epsg)


@given(st.lists(covers(), max_size=8))
def test_each_shape_is_the_one_of_its_cover_alone(texts: list[str]) -> None:
    shapes = make_lonlat_shapes(texts)

    singles = [make_lonlat_geometry(text) for text in texts]
    assert len(shapes) == len(texts)
    for found, single in zip(shapes, singles, strict=True):
        assert single is not None
        assert found.equals_exact(shape(single), 1e-6, normalize=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{",
        "[" * 100_000,
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon"}',
        json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [make_box(0, 0, 1, 1)]}}),
        make_cover([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]),
        make_cover([[0, 0], [1, 0], [1, 1]]),
        make_cover(make_box(0, 0, 1, 1), 999_999),
        make_cover(make_box(1e30, 0, 2e30, 1), 32633),
    ],
)
def test_what_is_no_cover_has_no_shape_and_harms_no_other(text: str) -> None:
    good = make_cover(make_box(10, 50, 11, 51))

    bad, kept = make_lonlat_shapes([text, good])

    assert make_lonlat_geometry(text) is None
    assert bad is None
    assert kept.bounds == (10, 50, 11, 51)


def test_a_cover_over_the_antimeridian_is_cut() -> None:
    across = make_cover([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])

    (found,) = make_lonlat_shapes([across])

    assert sorted(part.bounds for part in found.geoms) == [(-180, 0, -179, 1), (179, 0, 180, 1)]


def test_heights_are_left_out() -> None:
    high = json.dumps({"type": "Polygon", "coordinates": [[[*point, 9] for point in make_box(0, 0, 1, 1)]]})

    (found,) = make_lonlat_shapes([high])

    assert not found.has_z
