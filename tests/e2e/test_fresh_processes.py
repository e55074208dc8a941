"""The command as a process of its own, beside the forks in which most tests run it (``tests/support/forked.py``)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from byocplan.cli.group import COMMANDS
from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.forked import run_forked
from tests.support.manifests import make_document
from tests.support.pages import mask
from tests.support.workspace import Workspace, run_process

READING = (
    ("validate",),
    ("validate", "--format", "json"),
    ("schema", "Collection"),
    ("explain", "2019/1/1/28V/B02.tif"),
    ("discover",),
    ("preflight",),
    ("plan", "--detailed-exitcode"),
    ("plan", "--format", "markdown"),
    ("status",),
    ("tiles", "collection/s2"),
    ("export", "--all"),
    ("state", "list"),
    ("doctor", "--format", "json"),
    ("fmt", "--check"),
    ("show", "no.plan"),
    ("import", "collection/s2", "no-id"),
    ("map", "--out", "no/map.html"),
    ("init",),
    ("plane",),
    (),
)


def put_tile(workspace: Workspace, tile: str) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"{tile}/{band}.tif", make_cog())


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A project with one live tile, applied in a fresh process, and one more in the bucket."""
    with Emulator(EmulatorSettings(port=0)) as emulator:
        workspace = make_workspace(emulator, tmp_path_factory.mktemp("work"), "imagery")
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write("s2.yaml", make_document("s2", workspace.bucket, name="Grüne Wälder"))
        put_tile(workspace, "2019/1/1/28V")
        assert run_process(("apply", "--auto-approve"), workspace.folder, workspace.environment)[0] == 0
        put_tile(workspace, "2019/1/1/33T")
        yield workspace


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_loads_what_it_needs_itself(name: str, tmp_path: Path) -> None:
    fresh = run_process((name, "--help"), tmp_path, {})
    forked = run_forked((name, "--help"), tmp_path, {})

    assert fresh[0] == 0
    assert forked == fresh


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_fork_answers_as_a_fresh_process(applied: Workspace, arguments: tuple[str, ...]) -> None:
    environment = {**applied.environment, "HOME": str(applied.folder)}

    fresh = run_process(arguments, applied.folder, environment)
    forked = run_forked(arguments, applied.folder, environment)

    assert "Traceback" not in fresh[2]
    assert [mask(str(part)) for part in forked] == [mask(str(part)) for part in fresh]
