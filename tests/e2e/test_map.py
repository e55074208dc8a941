"""``byocplan map``: live tiles as a page, a picture and GeoJSON."""

import json
import re

import pytest
from PIL import Image

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace


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
