"""``byocplan map``: live tiles as a page, a picture and GeoJSON."""

import json
import re

import pytest
from PIL import Image

from tests.support.cogs import make_cog
from tests.support.manifests import PATTERN, make_document
from tests.support.workspace import Workspace


def make_square_cover() -> dict[str, object]:
    """Return a square inside of the one that ``make_cog`` writes, in its own system."""
    ring = [
        [500_100, 5_195_000],
        [505_000, 5_195_000],
        [505_000, 5_199_900],
        [500_100, 5_199_900],
        [500_100, 5_195_000],
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    return {"type": "Polygon", "coordinates": [ring], "crs": crs}


@pytest.fixture
def mapped(workspace: Workspace) -> Workspace:
    """A collection with two tiles that are ingested and one that FAILED."""
    for name in ("28V", "29V", "30V"):
        for band in ("B02", "B03"):
            workspace.put(f"2019/1/1/{name}/{band}.tif", b"II*\0" if name == "30V" else make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.apply(code=10)
    return workspace


def test_geojson_has_a_feature_for_each_live_tile(mapped: Workspace) -> None:
    mapped.run("map", "collection/s2", "--out", "tiles.geojson", code=0)

    features = json.loads((mapped.folder / "tiles.geojson").read_text())["features"]
    shown = sorted(
        (each["properties"]["path"], each["properties"]["status"], bool(each["geometry"])) for each in features
    )
    assert shown == [
        ("2019/1/1/28V/(BAND).tif", "INGESTED", True),
        ("2019/1/1/29V/(BAND).tif", "INGESTED", True),
        ("2019/1/1/30V/(BAND).tif", "FAILED", False),
    ]
    assert features[0]["properties"]["sensingTime"] == "2019-01-01T00:00:00Z"
    placed = next(each["geometry"] for each in features if each["geometry"])
    assert placed["coordinates"][0][0] == pytest.approx([15, 46.9], abs=0.2)


def test_html_is_one_whole_document(mapped: Workspace) -> None:
    mapped.run("map", "collection/s2", ".", "--out", "map.html", code=0)

    html = (mapped.folder / "map.html").read_text()
    assert html.startswith("<!DOCTYPE html>\n")
    assert html.endswith("</html>\n")
    assert "collection/s2: 3 live tiles" in html
    assert "Failures <small>1</small>" in html
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[0])
    assert [(each["name"], each["count"], each["placed"]) for each in data["actions"]] == [
        ("FAILED", 1, 0),
        ("INGESTED", 2, 2),
    ]


def test_a_picture_is_a_png(mapped: Workspace) -> None:
    run = mapped.run("map", "collection/s2", "--out", "map.png", code=0)

    with Image.open(mapped.folder / "map.png") as image:
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 24) or []}
    assert (0, 158, 115) in colors
    assert "Written to map.png." in run.stderr


def test_the_report_of_a_plan_shows_live_tiles_where_they_are(mapped: Workspace) -> None:
    run = mapped.run("plan", "--format", "html", code=0)

    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', run.stdout, re.DOTALL)[0])
    assert [(each["name"], each["count"], each["placed"]) for each in data["actions"]] == [
        ("failed", 1, 0),
        ("keep", 2, 2),
    ]
    assert "Not on the map, since no cover geometry is known before ingestion or asked for: 1 failed." in run.stdout


@pytest.fixture
def changed(mapped: Workspace) -> Workspace:
    """The same, of which a plan creates one tile whose cover is asked for, one without, and deletes an ingested one."""
    for name in ("31V", "32V"):
        for band in ("B02", "B03"):
            mapped.put(f"2019/1/1/{name}/{band}.tif", make_cog())
    for band in ("B02", "B03"):
        mapped.remove(f"2019/1/1/29V/{band}.tif")
    asked = {"path": "special/(BAND).tif", "sensingTime": None, "coverGeometry": make_square_cover()}
    for band in ("B02", "B03"):
        mapped.put(f"special/{band}.tif", make_cog())
    tiles = [{"pattern": PATTERN}, asked]
    mapped.write("s2.yaml", make_document("s2", mapped.bucket, tiles=tiles))
    return mapped


def read_shown(workspace: Workspace, name: str) -> tuple[list[tuple[str, str, bool]], object, object]:
    whole = json.loads((workspace.folder / name).read_text())
    shown = [
        (each["properties"]["action"], each["properties"]["path"], bool(each["geometry"])) for each in whole["features"]
    ]
    return sorted(shown), whole["counts"], whole["without_geometry"]


def test_planned_tiles_are_mapped_by_action_and_those_without_a_cover_are_counted(changed: Workspace) -> None:
    before = changed.ask_paths()

    run = changed.run("map", "collection/s2", "--planned", "--out", "planned.geojson", code=0)

    assert read_shown(changed, "planned.geojson") == (
        [
            ("create", "2019/1/1/31V/(BAND).tif", False),
            ("create", "2019/1/1/32V/(BAND).tif", False),
            ("create", "special/(BAND).tif", True),
            ("delete", "2019/1/1/29V/(BAND).tif", True),
        ],
        {"create": 3, "update": 0, "reingest": 0, "delete": 1},
        {"create": 2, "update": 0, "reingest": 0, "delete": 0},
    )
    assert (
        "Written to planned.geojson: 1 delete, 3 create; not on the map, since no cover geometry is known: 2 create."
        in run.stderr
    )
    assert changed.ask_paths() == before


def test_a_page_and_a_picture_of_planned_tiles_say_what_they_do_not_show(changed: Workspace) -> None:
    changed.run("map", "--planned", "--out", "planned.html", code=0)
    changed.run("map", "--planned", "--out", "planned.png", code=0)

    html = (changed.folder / "planned.html").read_text()
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[0])
    assert [(each["name"], each["count"], each["placed"]) for each in data["actions"]] == [
        ("delete", 1, 1),
        ("create", 3, 1),
    ]
    assert "Not on the map, since no cover geometry is known before ingestion or asked for: 2 create." in html
    with Image.open(changed.folder / "planned.png") as image:
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 24) or []}
    assert {(0, 158, 115), (213, 94, 0)} <= colors


def test_a_plan_file_is_mapped_without_the_service(changed: Workspace) -> None:
    changed.run("plan", "--out", "p.byocplan", code=0)
    lost = {"SH_BASE_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}

    changed.run("map", "--plan", "p.byocplan", "--out", "all.geojson", environment=lost, code=0)
    changed.run("map", "collection/s2", "--plan", "p.byocplan", "--out", "one.geojson", environment=lost, code=0)

    shown, counts, unplaced = read_shown(changed, "all.geojson")
    assert (shown, counts, unplaced) == read_shown(changed, "one.geojson")
    assert ("create", "special/(BAND).tif", True) in shown
    assert counts == {"create": 3, "update": 0, "reingest": 0, "delete": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["collection/s3", "--planned"], "did you mean collection/s2?"),
        (["--plan", "gone.byocplan"], "cannot be opened"),
        (["--plan", "s2.yaml", "--planned"], "has a plan already"),
        (["--plan", "s2.yaml", "byocplan.yaml"], "has a plan already"),
        (["collection/s3", "--plan", "p.byocplan"], "plans nothing for collection/s3"),
    ],
)
def test_a_plan_that_cannot_be_mapped_is_told(workspace: Workspace, arguments: list[str], told: str) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.run("plan", "--out", "p.byocplan", code=0)

    run = workspace.run("map", *arguments, "--out", "map.html", code=3)

    assert told in run.stderr
    assert not (workspace.folder / "map.html").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["collection/s2", "--out", "map.gif"], "ends in none of .html, .png, .geojson"),
        (["collection/s2", "--out", "no/map.html"], "cannot be written"),
        (["collection/s3", "--out", "map.html"], "did you mean collection/s2?"),
        ([".", "--out", "map.html"], "no address is given"),
        (["collection/s2"], "--out"),
    ],
)
def test_what_cannot_be_mapped_is_told(workspace: Workspace, arguments: list[str], told: str) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    run = workspace.run("map", *arguments, code=3)

    assert told in run.stderr


def test_a_collection_that_is_not_live_has_no_map(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    run = workspace.run("map", "collection/s2", "--out", "map.html", code=3)

    assert "collection/s2 has no live collection" in run.stderr
    assert [path.name for path in workspace.folder.glob("*map*")] == []
