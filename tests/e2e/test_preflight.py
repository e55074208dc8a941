"""`byocplan preflight` as a user runs it: here, and on a real Dask cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.cogs import make_cog
from tests.support.dask_cluster import DaskCluster
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.emulator import Emulator


PATTERN = [{"pattern": "{group}/{number}/(BAND).tif"}]
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture
def imagery(emulator: Emulator, workspace: Workspace) -> Workspace:
    """120 tiles of two files in three groups: one with JPEG, one cut off, one whose files do not fit together."""
    good, other = make_cog(), make_cog(origin=(500000.0, 5300000.0))
    bad = make_cog(compress="JPEG", dtype="uint8")
    files = []
    for number in range(120):
        folder = f"{'abc'[number % 3]}/{number:03d}"
        files.append((f"{folder}/B1.tif", {7: bad, 8: good[:600]}.get(number, good)))
        files.append((f"{folder}/B2.tif", other if number == 9 else good))
    emulator.put_objects(workspace.bucket, files)
    workspace.write("byocplan.yaml", workspace.project)
    bands = {name: {"bitDepth": 16, "sampleFormat": "UINT"} for name in ("B1", "B2")}
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=bands, tiles=PATTERN))
    return workspace


def test_all_files_are_judged_and_the_refused_ones_are_told_by_rule(imagery: Workspace) -> None:
    run = imagery.run("preflight", "--all", code=10)

    assert "collection/s2   refused   all of 120 tiles checked, 240 files   3 tiles would fail by 2 files" in run.stdout
    assert "b/007/B1.tif   JPEG is not supported" in run.stdout
    assert "c/008/B1.tif   the data goes on to byte" in run.stdout
    assert "a/009/(BAND).tif   the file of B1 differs by more than a pixel" in run.stdout


def test_what_preflight_refuses_is_what_fails_on_apply(imagery: Workspace) -> None:
    refused = imagery.run("preflight", "--all", "--format", "json", code=10).json()["collections"]["collection/s2"]

    outcome = json.loads(imagery.apply("--format", "json", code=10).stdout)

    assert refused["refused"] == outcome["ingestion_failed"] == 3


def test_a_sample_is_the_same_every_time_and_smaller(imagery: Workspace) -> None:
    runs = [imagery.run("preflight", "collection/s2", "--sample", "6", "--format", "json") for _ in range(2)]

    assert runs[0].stdout == runs[1].stdout
    assert runs[0].json()["collections"]["collection/s2"]["checked"] == 6
    assert imagery.run("preflight", "--format", "json").json()["collections"]["collection/s2"]["checked"] == 100


def test_good_files_leave_with_0_and_nothing_but_s3_is_asked(workspace: Workspace) -> None:
    workspace.put("a/1/B1.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=..., tiles=PATTERN))
    nowhere = {"SH_BASE_URL": "http://127.0.0.1:9", "SH_TOKEN_URL": "http://127.0.0.1:9"}

    run = workspace.run("preflight", code=0, environment=nowhere)

    assert "collection/s2   passed   all of 1 tile checked, 1 file" in run.stdout


def test_an_empty_bucket_is_said_to_be_empty(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=..., tiles=PATTERN))

    assert "no tiles to check" in workspace.run("preflight", code=0).stdout


def test_a_bucket_that_does_not_answer_is_an_error(imagery: Workspace) -> None:
    run = imagery.run("preflight", code=1, environment={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"})

    assert "cannot reach S3 at http://127.0.0.1:9" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--all", "--sample", "3"), 3, "exclude each other"),
        (("--sample", "0"), 3, "--sample"),
        (("--executor", "cluster"), 3, "write local, or dask:tcp://HOST:PORT"),
        (("--executor", "dask:tcp://name:secret@host:1"), 3, "write local"),
        (("--executor", "dask:tcp://cluster.example.com:8786"), 4, "--allow-host cluster.example.com"),
        (("--executor", "dask:tcp://127.0.0.1:9"), 1, "cannot reach the Dask scheduler at tcp://127.0.0.1:9"),
        (("collection/none",), 3, "no manifest describes collection/none"),
    ],
)
def test_what_cannot_be_done_is_said(workspace: Workspace, arguments: tuple[str, ...], code: int, says: str) -> None:
    workspace.write("byocplan.yaml", workspace.project)

    assert says in workspace.run("preflight", *arguments, code=code).stderr


def test_an_absent_dask_is_named_with_its_extra(workspace: Workspace) -> None:
    """The command in a Python that finds no ``distributed``, as after a plain install."""
    program = (
        "import sys, importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'distributed' else find(name, *rest)\n"
        "from byocplan.cli import main\n"
        "sys.argv = ['byocplan', 'preflight', '--executor', 'dask:tcp://127.0.0.1:9']\n"
        "sys.exit(main())\n"
    )
    workspace.write("byocplan.yaml", workspace.project)
    held = {name: value for name, value in os.environ.items() if name in CLEAN}

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=workspace.folder,
        env={**held, **workspace.environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 1
    assert "pip install 'byocplan[dask]'" in done.stderr


def test_a_dask_cluster_gives_the_same_to_the_byte(imagery: Workspace, tmp_path: Path) -> None:
    """The workers have credentials of their own; the endpoint is sent to them with the tasks."""
    credentials = {name: imagery.environment[name] for name in CREDENTIALS}
    arguments = ("preflight", "--all", "--format")
    local = {output: imagery.run(*arguments, output).stdout for output in ("json", "text")}

    with DaskCluster(tmp_path, credentials) as cluster:
        executor = ("--executor", f"dask:{cluster.address}")
        spread = {output: imagery.run(*arguments, output, *executor, code=10) for output in ("json", "text")}

    assert {output: run.stdout for output, run in spread.items()} == local
    assert all(run.stderr == "" for run in spread.values())
    assert local["json"]


def test_a_scheduler_without_workers_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    workspace.write("byocplan.yaml", workspace.project)

    with DaskCluster(tmp_path, {}, workers=0) as cluster:
        run = workspace.run("preflight", "--executor", f"dask:{cluster.address}", code=1)

    assert "it has no workers" in run.stderr


def test_workers_without_credentials_say_so(imagery: Workspace, tmp_path: Path) -> None:
    nothing = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(tmp_path / "none")}

    with DaskCluster(tmp_path, nothing, workers=1) as cluster:
        run = imagery.run("preflight", "--executor", f"dask:{cluster.address}", code=4)

    assert "no usable AWS credentials" in run.stderr
