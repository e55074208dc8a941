"""Laws of comparing covers: what a service does to a cover is no change, a pixel is."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from byocplan.geometry import is_same_cover

Ring = list[tuple[float, float]]


def make_geometry(ring: Ring, epsg: int, kind: str = "Polygon") -> str:
    coordinates = [[[*point] for point in ring]]
    return json.dumps(
        {
            "type": kind,
            "coordinates": coordinates if kind == "Polygon" else [coordinates],
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}},
        }
    )


@st.composite
def rings(draw: st.DrawFn) -> Ring:
    """Draw a star-shaped ring in UTM zone 32 north, 2 to 80 km across, metres."""
    count = draw(st.integers(3, 12))
    centre = draw(st.tuples(st.floats(300_000, 700_000), st.floats(5_000_000, 6_500_000)))
    radii = draw(st.lists(st.floats(1_000, 40_000), min_size=count, max_size=count))
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = [
        (centre[0] + r * float(np.cos(t)), centre[1] + r * float(np.sin(t))) for r, t in zip(radii, turns, strict=True)
    ]
    return [*ring, ring[0]]


def convert(ring: Ring, epsg: int) -> Ring:
    transformer = Transformer.from_crs(32632, epsg, always_xy=True)
    xs, ys = transformer.transform([point[0] for point in ring], [point[1] for point in ring])
    return list(zip(xs, ys, strict=True))


@pytest.mark.parametrize("epsg", [4326, 3857, 32633, 3035, 32632])
@given(ring=rings(), noise=st.floats(-3e-6, 3e-6))
@settings(max_examples=15, deadline=None)
def test_a_cover_is_the_same_in_every_coordinate_system(epsg: int, ring: Ring, noise: float) -> None:
    scale = 1e-5 if epsg == 4326 else 1
    moved = [(x + noise * scale, y - noise * scale) for x, y in convert(ring, epsg)]

    assert is_same_cover(make_geometry(ring, 32632), make_geometry(moved, epsg, "MultiPolygon"), 1.0)


@pytest.mark.parametrize("epsg", [4326, 3857, 32633, 3035, 32632])
@given(ring=rings(), step=st.sampled_from([(10.0, 0.0), (0.0, 10.0), (-10.0, 0.0), (0.0, -10.0)]))
@settings(max_examples=15, deadline=None)
def test_a_cover_moved_by_one_pixel_is_another(epsg: int, ring: Ring, step: tuple[float, float]) -> None:
    moved = convert([(x + step[0], y + step[1]) for x, y in ring], epsg)

    assert not is_same_cover(make_geometry(ring, 32632), make_geometry(moved, epsg), 1.0)


@given(ring=rings(), start=st.integers(0, 11), pieces=st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_added_points_another_start_and_another_way_round_are_no_change(ring: Ring, start: int, pieces: int) -> None:
    dense = [
        (x0 + (x1 - x0) * i / pieces, y0 + (y1 - y0) * i / pieces)
        for (x0, y0), (x1, y1) in itertools.pairwise(ring)
        for i in range(pieces)
    ]
    turned = dense[start:] + dense[:start]
    lonlat = convert([*turned, turned[0]][::-1], 4326)

    assert is_same_cover(make_geometry(ring, 32632), make_geometry(lonlat, 4326), 1.0)
