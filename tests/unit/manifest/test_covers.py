"""Cover geometries: where they come from, and what a geometry must be like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.manifest import ReadOptions, check_manifests, read_manifests
from byocplan.model.cover import find_geometry_fault
from tests.unit.manifest.builders import make_collection

if TYPE_CHECKING:
    from pathlib import Path

RING = [[1, 2], [3, 2], [3, 4], [1, 2]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}


def write(folder: Path, content: str) -> Path:
    (folder / "cover.geojson").write_text(content, encoding="utf-8")
    path = folder / "a.yaml"
    path.write_text(make_collection("s3Bucket: bkt, tiles: [{path: a, coverGeometry: {file: cover.geojson}}]"))
    return path


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (POLYGON, POLYGON),
        ({**POLYGON, "bbox": [1, 2, 3, 4], "crs": None}, POLYGON),
        ({"type": "Feature", "properties": {}, "geometry": POLYGON}, POLYGON),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]}, POLYGON),
        (
            {"type": "FeatureCollection", "crs": CRS, "features": [{"type": "Feature", "geometry": POLYGON}]},
            {**POLYGON, "crs": CRS},
        ),
    ],
)
def test_a_file_gives_its_one_geometry(tmp_path: Path, document: Any, expected: object) -> None:
    path = write(tmp_path, json.dumps(document))

    (collection,) = read_manifests([str(path)], ReadOptions()).manifests.collections

    assert json.loads(collection.sources[0].options.cover or "") == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        "NaN",
        "[" * 100_000,
        "null",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "Feature"}',
        "\x00",
        "1" * 5000,
    ],
)
def test_a_file_without_one_geometry_is_a_problem(tmp_path: Path, content: str) -> None:
    problems = check_manifests([str(write(tmp_path, content))], ReadOptions())

    assert [problem.pointer for problem in problems] == ["/spec/tiles/0/coverGeometry/file"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "LineString"}, "Polygon or MultiPolygon"),
        ({"coordinates": None}, "a polygon is a list of rings"),
        ({"coordinates": [5]}, "at least 4 positions"),
        ({"coordinates": [[*RING[:3], [9, 9]]]}, "has to end where it begins"),
        ({"coordinates": [[[1], [2], [3], [1]]]}, "a position is [x, y]"),
        ({"coordinates": [[[1, "2"], *RING[1:]]]}, "finite numbers"),
        ({"coordinates": [[[1, True], *RING[1:]]]}, "finite numbers"),
        ({"coordinates": [[[1, float("inf")], *RING[1:]]]}, "finite numbers"),
        ({"coordinates": [[[1, 10**400], *RING[1:]]]}, "finite numbers"),
        ({"coordinates": [[*([[1, 2]] * 101)]]}, "101 points, and the service takes at most 100"),
        ({"crs": {"type": "name"}}, "crs must name"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}, "crs must name"),
        ({"centre": 1}, "a geometry has no 'centre'"),
        ({"type": "MultiPolygon"}, "at least 4 positions"),
        ({"type": "MultiPolygon", "coordinates": []}, "a list of polygons"),
    ],
)
def test_a_geometry_that_is_no_cover_says_why(change: dict[str, object], said: str) -> None:
    fault = find_geometry_fault({**POLYGON, **change})

    assert fault is not None
    assert said in fault


@pytest.mark.parametrize("points", [4, 100])
def test_a_geometry_of_up_to_100_points_is_a_cover(points: int) -> None:
    ring = [[index, index**2] for index in range(points - 1)]

    assert find_geometry_fault({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}) is None
