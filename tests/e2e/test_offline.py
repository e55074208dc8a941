"""``plan --offline`` through the installed command: what an edit does to what is known to be live, with nobody asked."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.manifests import B02_B03, PATTERN, make_document
from tests.support.workspace import PROJECT, Workspace

TILES = ("2019/1/1/28V", "2019/1/1/33T", "2020/6/1/28V")
SQUARE = {"type": "Polygon", "coordinates": [[[15, 46], [15.1, 46], [15.1, 46.1], [15, 46.1], [15, 46]]]}
#: Ends a process that opens any socket, even one that would be refused.
GUARD = """
import os, sys
def refuse(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"a socket was used: {event} {arguments}\\n".encode())
        os._exit(97)
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project that was applied and planned, then left without credentials and sockets; its service is gone."""
    base = tmp_path_factory.mktemp("offline")
    with Emulator(EmulatorSettings(port=0)) as emulator:
        workspace = make_workspace(emulator, base / "work", "imagery")
        for folder in TILES:
            for band in ("B02", "B03"):
                workspace.put(f"{folder}/{band}.tif", make_cog())
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write("s2.yaml", make_document("s2", "imagery"))
        workspace.apply()
        workspace.plan()
    (base / "guard").mkdir()
    (base / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    kept = {name: workspace.environment[name] for name in ("SH_BASE_URL", "SH_TOKEN_URL")}
    workspace.environment = {**kept, "PYTHONPATH": str(base / "guard")}
    return workspace


@pytest.fixture
def known(seen: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the project for one test."""
    folder = tmp_path / "work"
    shutil.copytree(seen.folder, folder)
    return Workspace(folder, seen.environment, seen.bucket, None)


def edit(workspace: Workspace, **spec: object) -> None:
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, **spec))


def get_summaries(plan: dict[str, Any]) -> str:
    return "\n".join(note["summary"] for note in plan["diagnostics"])


def test_the_guard_ends_a_plan_that_is_not_offline(known: Workspace) -> None:
    known.environment = {**known.environment, "SH_CLIENT_ID": "a", "SH_CLIENT_SECRET": "b"}

    refused = known.run("plan", code=97)

    assert "a socket was used" in refused.stderr


def test_what_is_known_is_as_the_manifests_say_and_the_plan_says_what_it_did_not_look_at(known: Workspace) -> None:
    plan = known.plan("--offline")
    text = known.run("plan", "--offline", "--detailed-exitcode", code=0).text

    assert known.count(plan) == {}
    assert plan["summary"]["tiles"]["keep"] == 3
    assert (plan["complete"], plan["applyable"]) == (False, False)
    assert plan["refresh"]["mode"] == "offline"
    assert plan["refresh"]["last_full_listing"]
    assert "neither the service nor a bucket was asked; what is live was last listed at 20" in text
    assert "No changes, so far as is known offline." in text
    assert "Next:" not in text


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        pytest.param({"name": "Another name", "noData": 0}, {"collection update": 1}, id="fields"),
        pytest.param(
            {"tiles": [{"pattern": PATTERN, "sensingTime": "2001-02-03T04:05:06Z"}]}, {"tile update": 3}, id="time"
        ),
        pytest.param({"tiles": [{"pattern": PATTERN, "coverGeometry": SQUARE}]}, {"tile update": 3}, id="cover"),
        pytest.param({"tiles": [{"pattern": PATTERN, "where": {"grid": "28V"}}]}, {"tile delete": 1}, id="scope"),
        pytest.param({"tiles": [{"path": TILES[0]}, {"path": "new"}]}, {"tile delete": 2}, id="paths"),
        pytest.param({"tiles": [{"table": "tiles.csv"}]}, {"tile create": 1, "tile delete": 2}, id="table"),
        pytest.param(
            {"bands": {"Blue": {**B02_B03["B02"], "source": "B02", "previousName": "B02"}, "B03": B02_B03["B03"]}},
            {"collection update": 1},
            id="bands",
        ),
    ],
)
def test_an_edit_shows_what_it_does_to_what_is_live(
    known: Workspace, spec: dict[str, Any], counts: dict[str, int]
) -> None:
    known.write("tiles.csv", f"path\n{TILES[0]}/(BAND).tif\nnew/(BAND).tif\n")
    edit(known, **spec)

    plan = known.plan("--offline", "--detailed-exitcode", code=2)

    assert known.count(plan) == counts
    deletes = [each for each in plan["set_changes"] if each["action"] == "delete" and each["count"]]
    assert all(set(each["reasons"]) == {"scope-removed"} for each in deletes)


def test_a_removed_document_and_a_new_one(known: Workspace) -> None:
    known.write("new.yaml", make_document("new", "elsewhere"))
    (known.folder / "s2.yaml").unlink()

    plan = known.plan("--offline")

    assert known.count(plan) == {"collection create": 1, "collection delete": 1}
    assert "collectionDeletes" in str(plan["rails"])
    assert "all its 3 live tiles go with it" in known.run("plan", "--offline", code=0).text


def test_a_selection_is_of_all_documents_whatever_is_known_of_them(known: Workspace) -> None:
    shutil.rmtree(known.folder / ".byocplan" / "inventory")

    plan = known.plan("--offline", "--target", "collection/s2")

    assert "not known offline" in get_summaries(plan)
    assert "no document" not in get_summaries(plan)


def test_nothing_can_be_approved_by_a_plan_that_asked_nobody(known: Workspace) -> None:
    plan = known.plan("--offline")

    assert (plan["plan_hash"], plan["guard_hash"]) == ("", "")


def test_without_a_cache_what_is_bound_is_not_known_and_the_rest_is_to_be_created(known: Workspace) -> None:
    shutil.rmtree(known.folder / ".byocplan" / "inventory")
    known.write("new.yaml", make_document("new", "elsewhere"))

    plan = known.plan("--offline")

    assert known.count(plan) == {"collection create": 1}
    assert "not known offline" in get_summaries(plan)
    assert "nothing is known to be live" in get_summaries(plan)
    assert plan["refresh"]["last_full_listing"] is None


def test_a_damaged_cache_is_none(known: Workspace) -> None:
    [path] = (known.folder / ".byocplan" / "inventory").glob("*.parquet")
    path.write_bytes(b"no inventory")

    plan = known.plan("--offline")

    assert "not known offline" in get_summaries(plan)


@pytest.mark.parametrize(
    "arguments", [("--out", "p.byocplan"), ("--refresh", "none"), ("--destroy",)], ids=["out", "refresh", "destroy"]
)
def test_what_does_not_go_with_it_is_refused(known: Workspace, arguments: tuple[str, ...]) -> None:
    known.run("plan", "--offline", *arguments, code=3)

    assert not (known.folder / "p.byocplan").exists()


def test_a_state_that_is_not_on_this_machine_is_refused(known: Workspace) -> None:
    known.write("byocplan.yaml", PROJECT + "spec: {state: 's3://imagery/kept'}\n")

    assert "not on this machine" in known.run("plan", "--offline", code=3).text


def test_markdown_says_it_too(known: Workspace) -> None:
    edit(known, noData=0)

    text = known.run("plan", "--offline", "--format", "markdown", code=0).stdout

    assert "neither the service nor a bucket was asked" in text


@pytest.mark.parametrize(
    ("source", "geometry", "loaded"),
    [
        pytest.param({"pattern": PATTERN}, "", "[]", id="pattern"),
        pytest.param({"table": "tiles.csv"}, "", "[]", id="table"),
        pytest.param({"table": "tiles.csv"}, '"POLYGON ((0 0, 1 0, 1 1, 0 0))"', "['shapely', 'pyproj']", id="covers"),
    ],
)
def test_a_plan_loads_what_reads_geometries_only_where_there_are_some(
    known: Workspace, tmp_path: Path, source: dict[str, object], geometry: str, loaded: str
) -> None:
    code = "import atexit, sys\nnames = ('shapely', 'pyproj')\n"
    code += "atexit.register(lambda: print([name for name in names if name in sys.modules], file=sys.stderr))\n"
    (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
    known.environment = {**known.environment, "PYTHONPATH": str(tmp_path)}
    known.write("tiles.csv", "path,geometry\n" + "".join(f"{folder}/(BAND).tif,{geometry}\n" for folder in TILES))
    edit(known, tiles=[source])

    assert known.run("plan", "--offline", code=0).stderr.splitlines()[-1] == loaded
