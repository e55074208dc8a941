"""Where the bindings are kept, and mending them: through the installed command, in a folder and in S3."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.state.objects import ObjectStore
from byocplan.state.s3 import S3State
from byocplan.state.s3_lease import take_lease
from byocplan.state.state import LeaseTerms
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.manifests import PATTERN, make_document
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    import subprocess

BUCKET = "team-state"
#: Longer than a command takes to start, far shorter than the life of a token.
ENDLESS_S = 60
IN_S3 = f"\nspec: {{state: 's3://{BUCKET}/byoc'}}\n"


def put_tile(workspace: Workspace, folder: str) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"{folder}/{band}.tif", make_cog())


def prepare(workspace: Workspace, extra: str = "") -> Workspace:
    if extra:
        workspace.s3.create_bucket(Bucket=BUCKET)
    put_tile(workspace, "2019/1/1/28V")
    workspace.write("byocplan.yaml", workspace.project.rstrip() + extra)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    return workspace


def list_keys(workspace: Workspace) -> list[str]:
    return [each["Key"] for each in workspace.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def find_key(workspace: Workspace, name: str) -> str:
    return next(key for key in list_keys(workspace) if key.endswith(f"/{name}"))


def read_bindings(workspace: Workspace) -> Any:
    return workspace.run("state", "list", "--format", "json", code=0).json()["bindings"]


def test_losing_a_state_in_s3_costs_one_line_and_never_a_duplicate(workspace: Workspace) -> None:
    prepare(workspace, IN_S3)
    workspace.apply()
    for key in list_keys(workspace):
        assert key.startswith("byoc/test/127.0.0.1-")
        workspace.s3.delete_object(Bucket=BUCKET, Key=key)

    blocked = workspace.apply(code=5)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, adopt=True))
    workspace.apply()

    assert "adopt: true" in blocked.text
    assert workspace.is_settled()
    assert len(workspace.ask("")) == 1
    assert not (workspace.folder / "byocplan.lock.yaml").exists()


def test_a_lost_local_state_comes_back_by_id(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    (workspace.folder / "byocplan.lock.yaml").unlink()
    live_id = workspace.ask("")[0]["id"]

    blocked = workspace.apply(code=5)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, id=live_id))
    workspace.apply()

    assert live_id in blocked.text
    assert workspace.is_settled()
    assert len(workspace.ask("")) == 1


def test_bindings_are_listed_shown_moved_forgotten_and_pulled(workspace: Workspace) -> None:
    prepare(workspace).apply()
    live_id = workspace.ask("")[0]["id"]

    listed = workspace.run("state", "list", code=0)
    shown = workspace.run("state", "show", "collection/s2", code=0)
    pulled = workspace.run("state", "pull", code=0)
    misspelt = workspace.run("state", "show", "collection/s3", code=3)
    workspace.run("state", "mv", "collection/s2", "collection/mosaic", code=0)
    (workspace.folder / "s2.yaml").unlink()
    workspace.write("mosaic.yaml", make_document("mosaic", workspace.bucket, name="s2"))

    assert f"collection/s2  {live_id}  s2" in listed.stdout
    assert "{year}/{month}/{day}/{grid}/(BAND).tif" in shown.stdout
    assert pulled.stdout.encode().startswith(b"# What byocplan has created")
    assert "did you mean collection/s2" in misspelt.text
    assert workspace.is_settled()

    asked = workspace.run("state", "rm", "collection/mosaic", code=3)
    forgotten = workspace.run("state", "rm", "collection/mosaic", "--auto-approve", code=0)

    assert "--auto-approve" in asked.text
    assert f"id: {live_id}" in forgotten.stderr
    assert read_bindings(workspace) == []
    assert len(workspace.ask("")) == 1


def test_the_json_of_a_binding_spells_fields_as_manifests_the_lock_file_and_the_service_do(
    workspace: Workspace,
) -> None:
    prepare(workspace)
    manifest = make_document("s2", workspace.bucket, lifecycle={"preventDestroy": True, "onRemove": "retain"})
    workspace.write("s2.yaml", manifest)
    workspace.apply()

    shown = workspace.run("state", "show", "collection/s2", "--format", "json", code=0).json()
    (listed,) = read_bindings(workspace)
    (deployment,) = yaml.safe_load((workspace.folder / "byocplan.lock.yaml").read_text())["deployments"].values()
    (kept,) = deployment["bindings"].values()
    live = workspace.ask("")[0]

    assert shown == {"format_version": "1.0", **listed}
    assert (listed["preventDestroy"], listed["onRemove"]) == (True, "retain")
    assert {key: kept[key] for key in ("s3Bucket", "accountId", "preventDestroy", "onRemove")}.items() <= listed.items()
    assert {key: live[key] for key in ("id", "name", "s3Bucket", "accountId")}.items() <= listed.items()


def test_the_json_says_where_the_state_is_kept(workspace: Workspace) -> None:
    prepare(workspace)
    local = workspace.run("state", "list", "--format", "json", code=0).json()
    workspace.write("byocplan.yaml", workspace.project + f"spec: {{state: 's3://{workspace.bucket}/kept'}}\n")

    remote = workspace.run("state", "list", "--format", "json", code=0).json()

    assert (local["project"], local["state"], local["where"]) == ("test", "local", "byocplan.lock.yaml")
    assert remote["state"] == f"s3://{workspace.bucket}/kept"
    assert remote["where"].startswith(f"s3://{workspace.bucket}/kept/test/")


def test_a_damaged_state_in_s3_is_refused_and_its_backup_mends_it(workspace: Workspace) -> None:
    prepare(workspace, IN_S3).apply()
    key = find_key(workspace, "byocplan.lock.yaml")
    whole = workspace.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    workspace.s3.put_object(Bucket=BUCKET, Key=key, Body=whole[: len(whole) // 2])

    refused = workspace.apply(code=1)

    assert f"copy s3://{BUCKET}/" in refused.stderr
    assert "byocplan.lock.backup.yaml over it" in refused.stderr
    backup = workspace.s3.get_object(Bucket=BUCKET, Key=find_key(workspace, "byocplan.lock.backup.yaml"))
    workspace.s3.put_object(Bucket=BUCKET, Key=key, Body=backup["Body"].read())
    workspace.run("state", "list", code=0)
    assert len(workspace.ask("")) == 1


def test_a_dead_run_s_lease_in_s3_is_named_and_unlocked_by_its_id(workspace: Workspace) -> None:
    prepare(workspace, IN_S3).apply()
    prefix = find_key(workspace, "byocplan.lock.yaml").removesuffix("byocplan.lock.yaml")
    take_lease(ObjectStore(workspace.s3, BUCKET, prefix), "deadbeef", LeaseTerms())

    held = workspace.apply(code=8)
    wrong = workspace.run("state", "unlock", "another", code=1)
    workspace.run("state", "unlock", "deadbeef", code=0)
    workspace.apply()

    assert "run deadbeef" in held.stderr
    assert "until 20" in held.stderr
    assert "byocplan state unlock deadbeef" in held.stderr
    assert "run deadbeef" in wrong.stderr


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose tiles take two seconds to ingest, so that an apply lasts."""
    with Emulator(EmulatorSettings(port=0, ingest="seconds:2")) as emulator:
        yield make_workspace(emulator, tmp_path / "slow", "imagery")


def start(workspace: Workspace) -> "subprocess.Popen[str]":
    return workspace.start("apply", "--auto-approve", "--format", "json")


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose tiles are ingested once the emulator's clock is put forward, and whose applies last so long."""
    with Emulator(EmulatorSettings(port=0, ingest=f"seconds:{ENDLESS_S}")) as emulator:
        yield make_workspace(emulator, tmp_path / "endless", "imagery")


def let_end(workspace: Workspace, run: "subprocess.Popen[str]") -> None:
    """Put the service's clock forward until the run has ended; not so fast that tokens end under way."""
    while run.poll() is None:
        address = f"{workspace.environment['SH_BASE_URL']}/_emulator/clock"
        requests.post(address, json={"advance_s": ENDLESS_S}, timeout=30).raise_for_status()
        time.sleep(0.5)


def wait_for_one(runs: "list[subprocess.Popen[str]]") -> "tuple[subprocess.Popen[str], subprocess.Popen[str]]":
    """Return the run that ended first, and the other one."""
    end_s = time.monotonic() + 120
    while all(run.poll() is None for run in runs):
        assert time.monotonic() < end_s
        time.sleep(0.05)
    one, other = sorted(runs, key=lambda run: run.poll() is None)
    return one, other


@pytest.mark.parametrize("extra", ["", IN_S3], ids=["local", "s3"])
@pytest.mark.parametrize("rounds", [1, pytest.param(100, marks=pytest.mark.sweep)])
def test_of_two_applies_started_at_once_exactly_one_proceeds(endless: Workspace, extra: str, rounds: int) -> None:
    prepare(endless, extra)

    for number in range(rounds):
        put_tile(endless, f"2020/1/{1 + number % 28}/{number}")
        refused, proceeding = wait_for_one([start(endless), start(endless)])
        let_end(endless, proceeding)
        said, outcome = refused.communicate()[1], proceeding.communicate()
        assert (refused.returncode, proceeding.returncode) == (8, 0), (said, outcome)
        assert f"another apply holds the lease: process {proceeding.pid} on " in said

    assert len(endless.ask("")) == 1


def test_an_apply_that_lost_its_lease_writes_no_state_and_leaves_a_rescue_file(slow: Workspace) -> None:
    prepare(slow, IN_S3).apply()
    put_tile(slow, "2020/2/2/28V")
    slow.write("s2.yaml", make_document("s2", slow.bucket, tiles=[{"pattern": PATTERN, "prune": False}]))
    prefix = find_key(slow, "byocplan.lock.yaml").removesuffix("byocplan.lock.yaml")
    thief = S3State(ObjectStore(slow.s3, BUCKET, prefix), "test", slow.environment["SH_BASE_URL"], slow.folder)
    run = start(slow)
    while not any(key.endswith("/lease.json") for key in list_keys(slow)):
        assert run.poll() is None, run.communicate()
    thief.unlock(json.loads(slow.s3.get_object(Bucket=BUCKET, Key=f"{prefix}lease.json")["Body"].read())["id"])

    with thief.lease("thief"):
        before = read_bindings(slow)
        _, stderr = run.communicate(timeout=60)

    assert run.returncode in {7, 8}, stderr
    assert read_bindings(slow) == before
    assert slow.apply("--format", "json").json()["failed"] == 0
