"""Applies that do less: narrowed, with a canary, on a budget, or ended by a service that mostly refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
GROUPS = ("28V", "33T", "33U")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Workspace]:
    """A project with twelve tiles of three groups to create, on a service that lists files and does not read them."""
    with Emulator(EmulatorSettings(port=0, check="listing")) as running:
        workspace = make_workspace(running, tmp_path / "work", "imagery")
        keys = [f"2019/1/{day}/{group}/B02.tif" for day in range(1, 5) for group in GROUPS]
        running.put_objects("imagery", [(key, key.encode()) for key in keys])
        write_manifests(workspace)
        yield workspace


def write_manifests(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=BANDS))


def read_requests(workspace: Workspace, method: str, ending: str) -> list[dict[str, Any]]:
    log = requests.get(f"{workspace.environment['SH_BASE_URL']}/_emulator/requests", timeout=10).json()["requests"]
    return [each for each in log if each["method"] == method and each["path"].endswith(ending)]


def test_a_budget_of_requests_is_kept_and_the_next_apply_goes_on(quick: Workspace) -> None:
    stopped = quick.apply("--max-requests", "6", "--parallelism", "1", code=7)
    outcome = quick.apply("--format", "json").json()

    assert "--max-requests are used up" in stopped.text
    assert outcome["applied"] == {"tile.create": 12 - 4}
    assert len(read_requests(quick, "POST", "/tiles")) == 12


def test_a_budget_of_time_ends_an_apply_before_it_begins_something(quick: Workspace) -> None:
    stopped = quick.apply("--max-duration", "0.001s", code=7)

    assert "--max-duration is used up" in stopped.text
    assert quick.ask("") == []


def test_a_canary_of_every_group_goes_before_the_rest_and_json_lines_tell_it(quick: Workspace) -> None:
    told = quick.apply("--canary", "3", "--json").stdout

    lines = [json.loads(line) for line in told.splitlines()]
    outcome = lines[-1]["outcome"]
    kinds = ["version", "planned_change", "planned_set_change", "change_summary", "apply_start", "apply_complete"]
    assert [line["type"] for line in lines if line["type"] not in {"apply_progress", "ingest_status"}] == kinds
    assert all({"@level", "@message", "@timestamp", "type"} <= line.keys() for line in lines)
    assert (outcome["applied"]["tile.create"], outcome["ingested"]) == (12, 12)
    assert len(quick.ask_paths()) == 12


def test_only_what_is_named_is_planned_and_done(quick: Workspace) -> None:
    quick.apply()
    quick.remove("2019/1/1/28V/B02.tif")
    quick.put("2020/1/1/28V/B02.tif", b"new")

    plan = quick.plan("--only", "create")
    quick.apply("--only", "create")

    assert quick.count(plan) == {"tile create": 1}
    assert plan["complete"] is False
    assert any("left out: 1 delete" in str(note) for note in plan["diagnostics"])
    assert quick.count(quick.plan()) == {"tile delete": 1}


def test_a_service_that_mostly_refuses_ends_the_run(quick: Workspace) -> None:
    for number in range(100):
        quick.put(f"2021/1/1/{number}/B02.tif", b"more")
    fault = {"method": "POST", "path": "/tiles$", "times": None, "status": 400}
    requests.post(f"{quick.environment['SH_BASE_URL']}/_emulator/faults", json={"faults": [fault]}, timeout=10)

    stopped = quick.apply(code=7)

    assert "of the last 20 writes failed, mostly: Bad Request" in stopped.text
    assert len(read_requests(quick, "POST", "/tiles")) < 40


def test_failed_tiles_are_told_by_cause_and_read_again_on_demand(workspace: Workspace) -> None:
    write_manifests(workspace)
    bodies = {"28V": make_cog(), "33T": make_cog(blocksize=128), "33U": make_cog(blocksize=128)}
    for name, body in bodies.items():
        workspace.put(f"2019/1/1/{name}/B02.tif", body)

    canary = workspace.apply("--canary", "3", code=7)
    plan = workspace.plan("--only", "reingest", "--status", "FAILED")
    repaired = workspace.apply("--only", "reingest", "--status", "FAILED", code=10)

    assert "not all were ingested: 2 FAILED" in canary.text
    assert workspace.count(plan) == {"tile reingest": 2}
    assert "between 256 and 2048" in repaired.text
    assert len(read_requests(workspace, "POST", "/reingest")) == 2
    assert len(read_requests(workspace, "POST", "/tiles")) == 3
