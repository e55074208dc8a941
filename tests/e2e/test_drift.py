"""What another client changes is drift, again and again until an apply mends it; imagery and manifests are not."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

PATTERN = "{year}/{month}/{day}/(BAND).tif"
DAYS = 4
NUMBERS = itertools.count()
Act = Callable[[Workspace], object]


@contextmanager
def open_scene(folder: Path) -> Iterator[Workspace]:
    """Give an applied collection of a few days, each a tile."""
    with Emulator(EmulatorSettings(port=0, check="listing")) as emulator:
        # The S3 server forgets nothing as long as the tests run.
        workspace = make_workspace(emulator, folder, f"imagery-{next(NUMBERS)}")
        for day in range(1, DAYS + 1):
            put_scene(workspace, day)
        workspace.write("byocplan.yaml", workspace.project)
        describe(workspace)
        workspace.apply()
        yield workspace


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Workspace]:
    with open_scene(tmp_path / "work") as opened:
        yield opened


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A scene for tests that leave it as they found it."""
    with open_scene(tmp_path_factory.mktemp("lasting") / "work") as opened:
        yield opened


def describe(workspace: Workspace, **spec: Any) -> None:
    full = {"name": "ours", "tiles": [{"pattern": PATTERN}], **spec}
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, **full))


def put_scene(workspace: Workspace, day: int, body: bytes = b"x") -> None:
    for band in ("B02", "B03"):
        workspace.put(f"2019/11/{day}/{band}.tif", body)


def find_collection(workspace: Workspace) -> str:
    [collection] = workspace.ask("")
    return f"/{collection['id']}"


def find_tile(workspace: Workspace, day: int) -> str:
    collection = find_collection(workspace)
    tiles = workspace.ask(f"{collection}/tiles")
    [found] = [tile["id"] for tile in tiles if tile["path"] == f"2019/11/{day}/(BAND).tif"]
    return f"{collection}/tiles/{found}"


def delete_tile(workspace: Workspace) -> object:
    return workspace.call("DELETE", find_tile(workspace, 1))


def change_time(workspace: Workspace) -> object:
    return workspace.call("PUT", find_tile(workspace, 2), {"sensingTime": "2001-01-01T00:00:00Z"})


def make_tile(workspace: Workspace) -> object:
    body = {"path": "2030/1/1/(BAND).tif", "sensingTime": "2030-01-01T00:00:00Z"}
    return workspace.call("POST", f"{find_collection(workspace)}/tiles", body)


def rename(workspace: Workspace) -> object:
    place = find_collection(workspace)
    return workspace.call("PUT", place, {**workspace.ask(place), "name": "theirs"})


def set_no_data(workspace: Workspace) -> object:
    place = find_collection(workspace)
    live = workspace.ask(place)
    live["additionalData"]["bands"]["B02"]["noData"] = 7
    return workspace.call("PUT", place, live)


def delete_collection(workspace: Workspace) -> object:
    return workspace.call("DELETE", find_collection(workspace))


def add_scene(workspace: Workspace) -> None:
    put_scene(workspace, 20)


def change_file(workspace: Workspace) -> None:
    put_scene(workspace, 3, b"another")


def remove_file(workspace: Workspace) -> None:
    for band in ("B02", "B03"):
        workspace.remove(f"2019/11/4/{band}.tif")


def change_bucket(workspace: Workspace) -> None:
    add_scene(workspace)
    change_file(workspace)
    remove_file(workspace)


def edit_manifest(workspace: Workspace) -> None:
    """Give the collection another name, its tiles another sensing time, and ask for more tiles."""
    for band in ("B02", "B03"):
        workspace.put(f"more/2019/{band}.tif", b"x")
    timed = {"pattern": PATTERN, "sensingTime": "2018-01-01T00:00:00Z"}
    describe(workspace, name="new name", tiles=[timed, {"pattern": "more/{year}/(BAND).tif"}])


def drift(workspace: Workspace, code: int) -> dict[str, Any]:
    found: dict[str, Any] = workspace.run("drift", "--format", "json", code=code).json()
    return found


def count_origins(plan: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {each["action"]: each["origins"] for each in plan["set_changes"] if each["origins"]}


FOREIGN = [
    pytest.param(delete_tile, {"tile create": 1}, id="deletes a tile"),
    pytest.param(change_time, {"tile update": 1}, id="changes a sensing time"),
    pytest.param(make_tile, {"tile delete": 1}, id="makes a tile in our scope"),
    pytest.param(rename, {"collection update": 1}, id="renames the collection"),
    pytest.param(delete_collection, {"collection create": 1, "tile create": DAYS}, id="deletes the collection"),
]
OURS = [
    pytest.param(change_bucket, {name: {"bucket": 1} for name in ("create", "reingest", "delete")}, id="files"),
    pytest.param(edit_manifest, {"create": {"manifest": 1}, "update": {"manifest": DAYS}}, id="manifests"),
]


@pytest.mark.parametrize(("act", "expected"), FOREIGN)
def test_what_another_client_changes_is_drift_until_it_is_mended(
    lasting: Workspace, act: Act, expected: dict[str, int]
) -> None:
    act(lasting)

    plan, found = lasting.plan(), drift(lasting, 2)
    lasting.apply("--ack", "deletes=1")
    mended = drift(lasting, 0)

    assert [lasting.count(each) for each in (plan, found, mended)] == [expected, expected, {}]
    assert {origin for counts in count_origins(found).values() for origin in counts} <= {"live"}


@pytest.mark.parametrize(("act", "expected"), OURS)
def test_imagery_and_manifests_are_no_drift(scene: Workspace, act: Act, expected: dict[str, dict[str, int]]) -> None:
    act(scene)

    found, plan = drift(scene, 0), scene.plan()

    assert scene.count(found) == {}
    assert count_origins(plan) == expected
    assert plan["resource_changes"][0]["origin"] == "manifest"


def test_a_plan_tells_both_apart(scene: Workspace) -> None:
    delete_tile(scene)
    change_time(scene)
    rename(scene)
    set_no_data(scene)
    add_scene(scene)
    describe(scene, bands={"B02": {"bitDepth": 16, "sampleFormat": "UINT", "noData": 3}, "B03": {"bitDepth": 16}})

    plan, found = scene.plan(), drift(scene, 2)
    text, shown = scene.run("plan").stdout, scene.run("drift", code=2).stdout

    assert count_origins(plan) == {"create": {"bucket": 1, "live": 1}, "update": {"live": 1}}
    assert count_origins(found) == {"create": {"live": 1}, "update": {"live": 1}}
    [change] = plan["resource_changes"]
    assert (change["origin"], change["change"]["drift_paths"]) == ("live", [["name"]])
    assert found["resource_changes"][0]["change"]["after"]["name"] == "ours"
    assert "changed outside" in text
    assert "outside 1" in text
    assert "Changed outside: 1 collection to update; 1 tile to create, 1 to update" in shown
    assert "planned, but no drift: 1 create" in shown


def test_a_drift_that_a_plan_file_mends_is_mended(scene: Workspace) -> None:
    delete_tile(scene)
    scene.run("plan", "--out", "p.byocplan", code=0)
    listed = scene.run("show", "p.byocplan", "--select", "origin=live").stdout

    scene.run("apply", "--plan", "p.byocplan", code=0)
    mended = drift(scene, 0)
    delete_tile(scene)

    assert "2019/11/1/(BAND).tif" in listed
    assert scene.count(mended) == {}
    assert scene.count(drift(scene, 2)) == {"tile create": 1}


def test_every_view_says_which_live_time_an_update_takes_away(scene: Workspace) -> None:
    change_time(scene)
    before, after = "2001-01-01T00:00:00Z", "2019-11-02T00:00:00Z"
    path = "2019/11/2/(BAND).tif"
    row = ("show", "p.byocplan", "--select", "reason=sensing-time")

    text = scene.run("plan", "--out", "p.byocplan", code=0).stdout
    [update] = [
        each
        for each in scene.run("show", "p.byocplan", "--format", "json").json()["set_changes"]
        if each["action"] == "update"
    ]

    assert "~  update              1   sensingTime   2019-11" in text
    assert f"{path}  {before} → {after}  sensingTime\n" in text
    assert f"{before} → {after}  sensing-time\n" in scene.run(*row).stdout
    assert f"{before} → {after} | sensingTime |" in scene.run("show", "p.byocplan", "--format", "markdown").stdout
    times = {"sensingTime": after, "liveSensingTime": before}
    assert update["reasons"] == {"sensing-time": 1}
    assert update["samples"] == [{"path": path, "reason": "sensing-time", **times}]
    assert times.items() <= scene.run(*row, "--format", "json").json().items()


def test_without_a_record_a_fresh_checkout_says_so_once(scene: Workspace) -> None:
    for kept in (scene.folder / ".byocplan" / "settled").iterdir():
        kept.unlink()

    quiet = drift(scene, 0)
    rename(scene)
    delete_tile(scene)
    found = drift(scene, 2)

    for each in (quiet, found):
        [note] = [note["summary"] for note in each["diagnostics"] if "on record" in note["summary"]]
        assert note.startswith("no earlier look at collection/s2 is on record")
    assert scene.count(found) == {"collection update": 1}


def test_a_drift_keeps_nothing_and_writes_nothing(scene: Workspace) -> None:
    delete_tile(scene)
    private = scene.folder / ".byocplan"
    before = {path: path.read_bytes() for path in private.rglob("*") if path.is_file()}

    drift(scene, 2)

    assert {path: path.read_bytes() for path in private.rglob("*") if path.is_file()} == before


def test_unmanaged_tiles_are_no_drift(scene: Workspace) -> None:
    body = {"path": "elsewhere/(BAND).tif", "sensingTime": "2030-01-01T00:00:00Z"}
    scene.call("POST", f"{find_collection(scene)}/tiles", body)

    found = drift(scene, 0)

    assert scene.count(found) == {"tile unmanaged": 1}


def test_markdown_is_put_into_the_summary_of_a_job(scene: Workspace, tmp_path: Path) -> None:
    rename(scene)
    files = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output")}

    run = scene.run("drift", "--format", "markdown", environment=files, code=2)

    assert (tmp_path / "summary").read_text(encoding="utf-8").rstrip() == run.stdout.rstrip()
    assert "### byocplan drift: Changed outside: 1 collection to update" in run.stdout
    assert "#### Changed outside" in run.stdout
    assert "has_changes=true" in (tmp_path / "output").read_text(encoding="utf-8")


def test_an_old_lock_file_is_read_and_completed(scene: Workspace) -> None:
    lock = scene.folder / "byocplan.lock.yaml"
    lines = lock.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.strip() == "asked:")
    end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith(" " * 10))
    lock.write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")

    old = drift(scene, 0)
    scene.apply()
    new = drift(scene, 0)

    assert "on record" in json.dumps(old["diagnostics"])
    assert new["diagnostics"] == []
    assert "asked:" in lock.read_text(encoding="utf-8")
