"""What means the same is no difference, and an update loses nothing that the manifest does not mention."""

import json
from typing import Any

import pytest
from pyproj import Transformer

from byocplan.geometry import is_same_cover
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

TILE = "scene/(BAND).tif"

SPELLINGS = (
    "2019-11-27T10:00:00Z",
    "2019-11-27T10:00:00.000Z",
    "2019-11-27T11:00:00+01:00",
    "2019-11-27T10:00:00",
    "2019-11-27 10:00:00+00:00",
    "2019-11-27T05:00:00.000-05:00",
)

#: Inside the tile of the test COGs (EPSG:32633, 64 × 64 pixels of 120 m).
RING = ((15.005, 46.90), (15.08, 46.90), (15.08, 46.945), (15.005, 46.945), (15.005, 46.90))


def make_cover(epsg: int, *, shift_m: float = 0.0) -> dict[str, Any]:
    """Return the ring in another CRS; ``shift_m`` moves one of its edges."""
    to_utm = Transformer.from_crs(4326, 32633, always_xy=True)
    back = Transformer.from_crs(32633, epsg, always_xy=True)
    points = [to_utm.transform(*point) for point in RING]
    moved = [(x + (shift_m if i in {1, 2} else 0), y) for i, (x, y) in enumerate(points)]
    ring = [list(back.transform(*point)) for point in moved]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    return {"type": "Polygon", "crs": crs, "coordinates": [ring]}


def write_tile(workspace: Workspace, **tile: Any) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=[{"path": TILE, **tile}]))


@pytest.fixture
def scene(workspace: Workspace) -> Workspace:
    for band in ("B02", "B03"):
        workspace.put(f"scene/{band}.tif", make_cog(size=(128, 128)))
    return workspace


def test_six_spellings_of_one_instant_are_one_sensing_time(scene: Workspace) -> None:
    write_tile(scene, sensingTime=SPELLINGS[0])
    scene.apply()

    for spelling in SPELLINGS:
        write_tile(scene, sensingTime=spelling)

        assert scene.is_settled(), spelling

    write_tile(scene, sensingTime="2019-11-27T10:00:00.001Z")
    assert scene.count(scene.plan()) == {"tile update": 1}


@pytest.mark.parametrize("epsg", [4326, 3857, 32633, 3035])
def test_a_cover_geometry_comes_back_as_the_same(scene: Workspace, epsg: int) -> None:
    write_tile(scene, coverGeometry=make_cover(epsg))
    scene.apply()

    assert scene.is_settled()
    for other in (4326, 3857, 32633, 3035):
        write_tile(scene, coverGeometry=make_cover(other))
        assert scene.is_settled(), other
    write_tile(scene, coverGeometry=make_cover(epsg, shift_m=120))
    assert scene.count(scene.plan()) == {"tile update": 1}
    scene.apply()
    assert scene.is_settled()


def test_an_update_of_the_sensing_time_keeps_a_cover_the_manifest_does_not_mention(scene: Workspace) -> None:
    write_tile(scene, sensingTime="2019-11-27", coverGeometry=make_cover(4326))
    scene.apply()
    before = get_only_tile(scene)

    write_tile(scene, sensingTime="2020-01-01")
    scene.apply()
    after = get_only_tile(scene)

    assert after["sensingTime"].startswith("2020-01-01")
    assert is_same_cover(json.dumps(after["coverGeometry"]), json.dumps(before["coverGeometry"]), 0.001)


def test_an_update_of_the_cover_keeps_a_sensing_time_the_manifest_does_not_mention(scene: Workspace) -> None:
    write_tile(scene, sensingTime="2019-11-27")
    scene.apply()

    write_tile(scene, coverGeometry=make_cover(4326))
    scene.apply()

    assert get_only_tile(scene)["sensingTime"].startswith("2019-11-27")
    assert scene.is_settled()


@pytest.mark.parametrize("where", ["collection", "band"])
def test_a_rename_keeps_no_data_and_bands(scene: Workspace, where: str) -> None:
    bands = {name: {"bitDepth": 16, "sampleFormat": "UINT"} for name in ("B02", "B03")}
    spec: dict[str, Any] = {"noData": 7} if where == "collection" else {}
    if where == "band":
        bands = {name: {**band, "noData": 7} for name, band in bands.items()}
    scene.write("byocplan.yaml", scene.project)
    scene.write("s2.yaml", make_document("s2", scene.bucket, tiles=[{"path": TILE}], bands=bands, **spec))
    scene.apply()
    before = get_only_collection(scene)

    scene.write("s2.yaml", make_document("s2", scene.bucket, tiles=[{"path": TILE}], bands=..., name="Another"))
    scene.apply()
    after = get_only_collection(scene)

    assert after["name"] == "Another"
    assert after.get("noData") == before.get("noData")
    assert after["additionalData"]["bands"] == before["additionalData"]["bands"]
    assert "7" in json.dumps(after)


def get_only_collection(workspace: Workspace) -> dict[str, Any]:
    (collection,) = workspace.ask("")
    return dict(collection)


def get_only_tile(workspace: Workspace) -> dict[str, Any]:
    (tile,) = workspace.ask(f"/{get_only_collection(workspace)['id']}/tiles")
    return dict(tile)
