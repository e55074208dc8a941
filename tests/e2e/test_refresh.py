"""``--refresh``: plans from the last listing and what is new, and applies of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.settings import Assumptions
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

DAYS = 12


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Workspace]:
    """An applied collection on a service that takes a path twice."""
    settings = EmulatorSettings(port=0, check="listing", assumptions=Assumptions(duplicate_path="accept"))
    with Emulator(settings) as emulator:
        workspace = make_workspace(emulator, tmp_path / "work", "imagery")
        for day in range(1, DAYS + 1):
            put_scene(workspace, day)
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write(
            "s2.yaml", make_document("s2", "imagery", tiles=[{"pattern": "{year}/{month}/{day}/(BAND).tif"}])
        )
        workspace.apply()
        yield workspace


def put_scene(workspace: Workspace, day: int) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"2019/11/{day}/{band}.tif", f"{day}{band}".encode())


def find_tile(workspace: Workspace, day: int) -> str:
    [collection] = workspace.ask("")
    tiles = workspace.ask(f"/{collection['id']}/tiles")
    [found] = [tile["id"] for tile in tiles if tile["path"] == f"2019/11/{day}/(BAND).tif"]
    return f"/{collection['id']}/tiles/{found}"


def test_an_incremental_plan_finds_new_imagery_and_deletes_nothing(scene: Workspace) -> None:
    scene.plan()
    put_scene(scene, 13)
    for band in ("B02", "B03"):
        scene.remove(f"2019/11/1/{band}.tif")

    plan, full = scene.plan("--refresh", "incremental"), scene.plan()

    assert scene.count(plan) == {"tile create": 1}
    assert scene.count(full) == {"tile create": 1, "tile delete": 1}
    assert plan["refresh"]["mode"] == "incremental"
    assert plan["refresh"]["last_full_listing"]
    assert (plan["complete"], full["complete"]) == (False, True)
    assert any("last full listing" in note["summary"] for note in plan["diagnostics"])
    assert any("1 delete" in note["summary"] for note in plan["diagnostics"])


def test_what_somebody_else_made_is_not_made_twice(scene: Workspace) -> None:
    scene.plan()
    put_scene(scene, 13)
    [collection] = scene.ask("")
    path = "2019/11/13/(BAND).tif"
    scene.call("POST", f"/{collection['id']}/tiles", {"path": path, "sensingTime": "2019-11-13T00:00:00Z"})

    plan = scene.plan("--refresh", "none")
    scene.apply("--refresh", "none")

    assert scene.count(plan) == {"tile create": 1}
    tiles = scene.ask(f"/{collection['id']}/tiles")
    assert [tile["path"] for tile in tiles].count(path) == 1


def test_a_plan_file_knows_how_it_was_refreshed(scene: Workspace) -> None:
    scene.plan()
    put_scene(scene, 13)
    scene.run("plan", "--refresh", "none", "--out", "p.byocplan", code=0)
    [collection] = scene.ask("")
    path = "2019/11/13/(BAND).tif"
    scene.call("POST", f"/{collection['id']}/tiles", {"path": path, "sensingTime": "2019-11-13T00:00:00Z"})

    shown = json.loads(scene.run("show", "p.byocplan", "--format", "json", code=0).stdout)
    scene.run("apply", "--plan", "p.byocplan", code=0)

    assert shown["refresh"]["mode"] == "none"
    tiles = scene.ask(f"/{collection['id']}/tiles")
    assert [tile["path"] for tile in tiles].count(path) == 1


def test_what_an_apply_changed_is_not_proposed_again(scene: Workspace) -> None:
    scene.call("PUT", find_tile(scene, 2), {"sensingTime": "2001-01-01T00:00:00Z"})
    first = scene.plan()
    scene.apply()

    plan = scene.plan("--refresh", "incremental")

    assert scene.count(first) == {"tile update": 1}
    assert scene.count(plan) == {}
    assert any("only new live tiles were listed" in note["summary"] for note in plan["diagnostics"])


def test_a_reingest_and_deletes_leave_the_cache_of_use(scene: Workspace) -> None:
    scene.put("2019/11/2/B02.tif", b"other")
    for band in ("B02", "B03"):
        scene.remove(f"2019/11/1/{band}.tif")
    first = scene.plan("--out", "p.byocplan")
    scene.run("apply", "--plan", "p.byocplan", code=0)

    plan = scene.plan("--refresh", "incremental")

    assert scene.count(first) == {"tile reingest": 1, "tile delete": 1}
    assert scene.count(plan) == {}
    assert plan["summary"]["tiles"]["keep"] == DAYS - 1
    assert any("only new live tiles were listed" in note["summary"] for note in plan["diagnostics"])


def test_a_change_of_the_collection_leaves_the_cache_of_use_but_not_offline(scene: Workspace) -> None:
    path = scene.folder / "s2.yaml"
    path.write_text(path.read_text().replace("spec:", "spec:\n  noData: 7", 1))
    scene.apply()

    offline = scene.run("plan", "--offline", code=0).text
    plan = scene.plan("--refresh", "incremental")

    assert "from before the last apply" in offline
    assert scene.count(plan) == {}
    assert any("only new live tiles were listed" in note["summary"] for note in plan["diagnostics"])


def test_without_a_cache_all_tiles_are_listed(scene: Workspace) -> None:
    for kept in (scene.folder / ".byocplan" / "inventory").glob("*.parquet"):
        kept.unlink()

    plan = scene.plan("--refresh", "none")

    assert scene.count(plan) == {}
    assert any("all were listed" in note["summary"] for note in plan["diagnostics"])


def test_a_plan_file_cannot_be_refreshed(scene: Workspace) -> None:
    scene.run("plan", "--out", "p.byocplan", code=0)

    run = scene.run("apply", "--plan", "p.byocplan", "--refresh", "none", code=3)

    assert "--refresh" in run.stderr
