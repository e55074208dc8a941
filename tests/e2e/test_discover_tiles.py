"""The tiles that sources give, one by one: discover in formats that other tools read, through the installed command."""

import csv
import io
import json

import duckdb
import pytest

from tests.support.manifests import PATTERN, make_document
from tests.support.workspace import Workspace

PATHS = [f"2019/1/1/{grid}/(BAND).tif" for grid in ("28V", "29V")]
SQUARE = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 4], [1, 2]]]}


@pytest.fixture
def found(workspace: Workspace) -> Workspace:
    """Return a workspace with a complete tile, one without B03, and a second collection that has a cover."""
    for key in ("28V/B02", "28V/B03", "29V/B02"):
        workspace.put(f"2019/1/1/{key}.tif", b"x")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    tiles = [{"pattern": PATTERN, "coverGeometry": SQUARE}]
    workspace.write("s3.yaml", make_document("s3", workspace.bucket, tiles=tiles, bands=...))
    return workspace


def test_tiles_come_as_csv_with_the_bands_they_lack(found: Workspace) -> None:
    text = found.run("discover", "--format", "csv", code=0).stdout
    one = found.run("discover", "collection/s2", ".", "--format", "csv", code=0).stdout

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["address"], row["path"], row["complete"], row["missing"]) for row in rows] == [
        ("collection/s2", PATHS[0], "true", ""),
        ("collection/s2", PATHS[1], "false", "B03"),
        ("collection/s3", PATHS[0], "true", ""),
        ("collection/s3", PATHS[1], "true", ""),
    ]
    assert {(row["source"], row["sensingTime"]) for row in rows} == {(PATTERN, "2019-01-01T00:00:00Z")}
    assert json.loads(rows[2]["cover"])["coordinates"] == SQUARE["coordinates"]
    assert len(one.splitlines()) == 3


def test_tiles_come_as_geojson_and_parquet(found: Workspace) -> None:
    features = json.loads(found.run("discover", "--format", "geojson", code=0).stdout)["features"]
    found.run("discover", "--format", "parquet", "--out", "tiles.parquet", code=0)

    assert [each["properties"]["missing"] for each in features] == [[], ["B03"], [], []]
    assert [each["geometry"] and each["geometry"]["type"] for each in features] == [None, None, "Polygon", "Polygon"]
    rows = duckdb.read_parquet(str(found.folder / "tiles.parquet"))
    assert rows.project('path, epoch_ms("sensingTime"), complete, missing, geometry IS NULL').fetchall()[:2] == [
        (PATHS[0], 1_546_300_800_000, True, [], True),
        (PATHS[1], 1_546_300_800_000, False, ["B03"], True),
    ]


@pytest.mark.parametrize("output", ["text", "json", "csv", "geojson"])
def test_a_file_has_what_the_screen_has_and_takes_the_place_of_a_link(found: Workspace, output: str) -> None:
    victim = found.write("victim.txt", "")
    (found.folder / "link.out").symlink_to(victim)

    shown = found.run("discover", "--format", output, code=0).stdout
    written = found.run("discover", "--format", output, "--out", "link.out", code=0)

    assert (found.folder / "link.out").read_text() == shown
    assert "Written to link.out." in written.stderr
    assert written.stdout == ""
    assert victim.read_text() == ""
    assert [path.name for path in found.folder.iterdir() if path.suffix == ".tmp"] == []


def test_what_cannot_be_written_is_refused_before_anything_is_listed(found: Workspace) -> None:
    binary = found.run("discover", "--format", "parquet", code=3)
    folder = found.run("discover", "--format", "csv", "--out", ".", code=3)

    assert "--out FILE" in binary.stderr
    assert "--out . cannot be written" in folder.stderr


def test_problems_stand_beside_a_list_of_tiles(found: Workspace) -> None:
    strict = [{"pattern": PATTERN, "incomplete": "error"}]
    found.write("s2.yaml", make_document("s2", found.bucket, tiles=strict))

    run = found.run("discover", "collection/s2", ".", "--format", "csv", code=0)

    assert "collection/s2: s2.yaml" in run.stderr
    assert "tiles with a band file missing: 1" in run.stderr
