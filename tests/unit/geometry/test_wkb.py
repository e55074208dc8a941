"""Covers become a column of WKB, and the file says what is in it."""

import json

import shapely

from byocplan.geometry import WkbColumn
from tests.unit.geometry.test_footprint import make_box, make_cover

ACROSS = make_cover([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])
PLAIN = make_cover(make_box(10, 50, 11, 51))


def test_each_cover_has_its_shape_and_what_is_none_has_no_shape() -> None:
    plain, none, across, again = WkbColumn().add([PLAIN, "{", ACROSS, PLAIN])

    assert none is None
    assert plain == again
    assert shapely.equals(shapely.from_wkb(plain), shapely.box(10, 50, 11, 51))
    halves = shapely.union(shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1))
    assert shapely.equals(shapely.from_wkb(across), halves)


def test_the_metadata_tells_types_and_bounds_of_all_batches() -> None:
    column = WkbColumn()
    for batch in ([PLAIN], ["{"], [ACROSS], [make_cover(make_box(500_000, 5_000_000, 600_000, 5_100_000), 32633)]):
        column.add(batch)

    geo = json.loads(column.make_metadata("where"))

    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "where")
    about = geo["columns"]["where"]
    assert about["encoding"] == "WKB"
    assert about["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert about["bbox"] == [-180, 0, 180, 51]


def test_a_column_without_shapes_has_no_bounds() -> None:
    column = WkbColumn()
    column.add(["{"])

    assert json.loads(column.make_metadata("g"))["columns"] == {"g": {"encoding": "WKB", "geometry_types": []}}
