"""Plan files through the installed command: planned, reviewed, carried out, run again, refused."""

import stat

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

TILES = ("2019/1/1/28V", "2019/1/1/33T", "2019/11/27/28V")
FILE = "plan.byocplan"


def put_tile(workspace: Workspace, folder: str, fill: int = 1) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"{folder}/{band}.tif", make_cog(fill=fill))


@pytest.fixture
def planned(workspace: Workspace) -> Workspace:
    """A project with one collection of three tiles, and a plan file that creates it."""
    for folder in TILES:
        put_tile(workspace, folder)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.run("plan", "--out", FILE, code=0)
    return workspace


def test_a_plan_file_is_carried_out_without_manifests_and_then_is_satisfied(planned: Workspace) -> None:
    for name in ("byocplan.yaml", "s2.yaml"):
        (planned.folder / name).rename(planned.folder / f"{name}.kept")

    first = planned.run("apply", "--plan", FILE, "--format", "json", code=0).json()
    again = planned.run("apply", "--plan", FILE, "--format", "json", code=0).json()

    assert stat.S_IMODE((planned.folder / FILE).stat().st_mode) == 0o600
    assert first["applied"] == {"collection.create": 1, "tile.create": 3}
    assert (again["applied"], again["satisfied"]) == ({}, 4)
    assert len(planned.ask("")) == 1
    assert len(planned.ask_paths()) == 3
