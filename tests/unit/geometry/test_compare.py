import json
from collections.abc import Sequence
from typing import Any

import pytest

from byocplan.geometry import count_points, is_same_cover

BOX = [[300000, 6890220], [409800, 6890220], [409800, 7000020], [300000, 7000020], [300000, 6890220]]


def make_geometry(coordinates: Any, epsg: int | None = None, kind: str = "Polygon") -> str:
    value: dict[str, Any] = {"type": kind, "coordinates": coordinates}
    if epsg is not None:
        value["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    return json.dumps(value)


def move(ring: Sequence[Sequence[float]], east: float = 0, north: float = 0) -> list[list[float]]:
    return [[x + east, y + north] for x, y in ring]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_geometry([move(BOX, 2e-6, -3e-6)], 32628), id="float noise"),
        pytest.param(make_geometry([BOX[::-1]], 32628), id="turned round"),
        pytest.param(make_geometry([BOX[2:-1] + BOX[:3]], 32628), id="another start"),
        pytest.param(make_geometry([[BOX]], 32628, "MultiPolygon"), id="as MultiPolygon"),
        pytest.param(make_geometry([[*BOX[:1], [350000, 6890220], *BOX[1:]]], 32628), id="an added point"),
        pytest.param(make_geometry([[[*point, 12.5] for point in BOX]], 32628), id="with heights"),
    ],
)
def test_what_is_written_otherwise_is_the_same_cover(other: str) -> None:
    assert is_same_cover(make_geometry([BOX], 32628), other)
    assert is_same_cover(other, make_geometry([BOX], 32628))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_geometry([move(BOX, east=10)], 32628), id="one pixel east"),
        pytest.param(make_geometry([move(BOX, north=-10)], 32628), id="one pixel south"),
        pytest.param(make_geometry([[*BOX[:2], [409790, 7000020], *BOX[3:]]], 32628), id="one corner"),
        pytest.param(
            make_geometry([BOX, [[350000, 6900000], [350010, 6900000], [350010, 6900010], [350000, 6900000]]], 32628),
            id="a hole of one pixel",
        ),
        pytest.param(make_geometry([BOX], 32629), id="another zone"),
    ],
)
def test_one_pixel_of_change_is_seen(other: str) -> None:
    assert not is_same_cover(make_geometry([BOX], 32628), other)


@pytest.mark.parametrize("crs", ["EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_every_name_of_longitude_and_latitude_is_understood(crs: str) -> None:
    ring = [[5, 45], [6, 45], [6, 46], [5, 46], [5, 45]]
    named = json.dumps({"type": "Polygon", "coordinates": [ring], "crs": {"type": "name", "properties": {"name": crs}}})

    assert is_same_cover(named, make_geometry([ring]))


def test_a_cover_cut_at_the_antimeridian_is_the_one_that_crosses_it() -> None:
    crossing = make_geometry([[[179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]]])
    running_on = make_geometry([[[179, 10], [181, 10], [181, 11], [179, 11], [179, 10]]])
    cut = make_geometry(
        [
            [[[179, 10], [180, 10], [180, 11], [179, 11], [179, 10]]],
            [[[-180, 10], [-179, 10], [-179, 11], [-180, 11], [-180, 10]]],
        ],
        kind="MultiPolygon",
    )

    assert is_same_cover(crossing, running_on)
    assert is_same_cover(crossing, cut)
    assert not is_same_cover(crossing, make_geometry([[[178, 10], [-179, 10], [-179, 11], [178, 11], [178, 10]]]))


def test_the_whole_globe_is_itself_alone() -> None:
    globe = make_geometry([[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]])
    added = make_geometry([[[-180, -90], [0, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]])

    assert is_same_cover(globe, added)
    assert not is_same_cover(globe, make_geometry([[[-180, -80], [180, -80], [180, 90], [-180, 90], [-180, -80]]]))


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"type":"Polygon"}',
        '{"type":"Point","coordinates":[1,2]}',
        '{"type":"Polygon","coordinates":[]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,NaN],[1,0],[0,1],[0,0]]]}',
        '{"type":"Polygon","coordinates":[[["a",0],[1,1],[1,0],[0,0]]]}',
        "[" * 100_000,
        make_geometry([BOX]),
        make_geometry([BOX], 99999),
        json.dumps({"type": "Polygon", "coordinates": [BOX], "crs": {"properties": {"name": "local"}}}),
        json.dumps({"type": "Polygon", "coordinates": [BOX], "crs": 7}),
    ],
)
def test_what_is_no_cover_is_never_the_same_and_never_an_error(broken: str) -> None:
    assert not is_same_cover(broken, make_geometry([BOX], 32628))
    assert is_same_cover(broken, broken)


def test_positions_of_all_rings_are_counted() -> None:
    assert count_points(make_geometry([BOX, BOX[:4]])) == 9
    assert count_points(make_geometry([[BOX], [BOX]], kind="MultiPolygon")) == 10
    assert [count_points(text) for text in ("", "{}", "7", '{"type":"Polygon","coordinates":7}')] == [0, 0, 0, 0]
