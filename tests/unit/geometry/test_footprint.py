"""What a map draws of a cover."""

import json

import pytest

from byocplan.geometry import find_center, make_footprint, make_lonlat_geometry
from byocplan.geometry.footprint import MAX_POINTS


def make_cover(ring: list[list[float]], epsg: int | None = None) -> str:
    crs = {} if epsg is None else {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}}
    return json.dumps({"type": "Polygon", "coordinates": [ring], **crs})


def make_box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def test_a_box_in_degrees_is_drawn_as_it_is() -> None:
    footprint = make_footprint(make_cover(make_box(10, 50, 11, 51)))

    assert footprint is not None
    assert footprint.rings == (((10, 50), (11, 50), (11, 51), (10, 51)),)


def test_a_box_in_utm_comes_in_degrees() -> None:
    cover = make_cover(make_box(500_000, 5_500_000, 600_000, 5_600_000), 32633)

    footprint, center = make_footprint(cover), find_center(cover)

    assert footprint is not None
    assert footprint.rings[0][0] == pytest.approx((15.0, 49.65), abs=0.01)
    assert center == pytest.approx((15.7, 50.1), abs=0.05)


def test_a_cover_over_the_antimeridian_runs_on() -> None:
    cover = make_cover([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])

    footprint = make_footprint(cover)

    assert footprint is not None
    assert {round(lon) for lon, _ in footprint.rings[0]} == {179, 181}
    assert find_center(cover) == (-180, 0.5)


def test_a_traced_cover_is_drawn_with_few_points() -> None:
    ring = [[10 + index / 100, 50 + (index % 2) / 1000] for index in range(100)] + [[10.5, 51], [10, 50]]

    footprint = make_footprint(make_cover(ring))

    assert footprint is not None
    assert len(footprint.rings[0]) <= MAX_POINTS


def measure(ring: tuple[tuple[float, float], ...]) -> float:
    """Return the area of a ring, negative where it runs clockwise."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, (*ring[1:], ring[0]), strict=True)) / 2


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("west", [10, 178])
def test_rings_run_one_way_and_holes_the_other(west: int, is_turned: bool) -> None:
    outer, hole, other = (
        make_box(west, 0, west + 4, 4),
        make_box(west + 1, 1, west + 3, 3),
        make_box(west, 6, west + 4, 9),
    )
    step = -1 if is_turned else 1
    cut = make_lonlat_geometry(
        json.dumps({"type": "MultiPolygon", "coordinates": [[outer[::step], hole[::step]], [other[::step]]]})
    )

    footprint = make_footprint(json.dumps(cut))

    assert footprint is not None
    assert sorted(measure(ring) for ring in footprint.rings) == pytest.approx([-4, 12, 16])


@pytest.mark.parametrize(
    "cover",
    [
        *("", "null", "[]", "{", '{"type":"Polygon","coordinates":[]}', make_cover(make_box(0, 0, 1, 1), 999999)),
        '{"type":"Polygon","coordinates":[[["a",1],[2,2],[3,3],["a",1]]]}',
    ],
)
def test_what_is_no_cover_is_not_drawn(cover: str) -> None:
    assert make_footprint(cover) is None
    assert find_center(cover) is None


def test_geojson_is_cut_at_the_antimeridian() -> None:
    geometry = make_lonlat_geometry(make_cover([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]))

    assert geometry is not None
    assert geometry["type"] == "MultiPolygon"
    boxes = [sorted({lon for lon, _ in polygon[0]}) for polygon in geometry["coordinates"]]
    assert sorted(boxes) == [[-180, -179], [179, 180]]


def test_geojson_has_all_points_of_the_cover() -> None:
    ring = [[10 + index / 100, 50 + (index % 2) / 1000] for index in range(100)] + [[10.5, 51], [10, 50]]

    geometry = make_lonlat_geometry(make_cover(ring))

    assert geometry is not None
    assert len(geometry["coordinates"][0]) == len(ring)
