"""Plan files through the installed command: planned, reviewed, carried out, run again, refused."""

import json
import shutil
import stat
import time
from dataclasses import replace

import pytest

from byocplan.planfile import LIFETIME_MS, open_plan_file, write_plan_file
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


def test_a_killed_apply_of_a_plan_file_is_resumed_by_running_it_again(planned: Workspace) -> None:
    killed = planned.run(
        "apply", "--plan", FILE, "--parallelism", "1", environment={"BYOCPLAN_FAILPOINT": "after_post:3"}
    )
    made = planned.ask_paths()

    resumed = planned.run("apply", "--plan", FILE, "--format", "json", code=0).json()

    assert killed.code == -9
    assert 0 < len(made) < 3
    assert resumed["satisfied"] == 1 + len(made)
    assert resumed["applied"] == {"tile.create": 3 - len(made)}
    assert len(planned.ask("")) == 1
    assert len(planned.ask_paths()) == 3


@pytest.mark.parametrize("failpoint", ["", "after_post:1"], ids=["done", "killed after the create"])
def test_a_plan_file_makes_no_second_collection_where_state_and_journal_are_lost(
    planned: Workspace, failpoint: str
) -> None:
    environment = {"BYOCPLAN_FAILPOINT": failpoint} if failpoint else {}
    planned.run("apply", "--plan", FILE, environment=environment)
    (planned.folder / "byocplan.lock.yaml").unlink(missing_ok=True)
    shutil.rmtree(planned.folder / ".byocplan")
    made = planned.ask("")

    again = planned.run("apply", "--plan", FILE, code=7)
    planned.run("import", "collection/s2", made[0]["id"], code=0)

    assert "is live and not bound here" in again.text
    assert f"byocplan import collection/s2 {made[0]['id']}" in again.text
    assert [each["id"] for each in planned.ask("")] == [made[0]["id"]]
    assert planned.apply().code == 0
    assert len(planned.ask_paths()) == 3


def test_what_somebody_else_changed_is_a_conflict_and_the_rest_is_applied(planned: Workspace) -> None:
    planned.apply("--plan", FILE)
    for band in ("B02", "B03"):
        planned.remove(f"{TILES[0]}/{band}.tif")
    put_tile(planned, "2020/2/9/28V")
    planned.run("plan", "--out", FILE, code=0)
    (collection,) = planned.ask("")
    (tile,) = [each for each in planned.ask(f"/{collection['id']}/tiles") if each["path"].startswith(TILES[0])]
    body = {"sensingTime": "2001-01-01T00:00:00Z", "coverGeometry": tile["coverGeometry"]}
    planned.call("PUT", f"/{collection['id']}/tiles/{tile['id']}", body)

    run = planned.run("apply", "--plan", FILE, "--format", "json", code=7).json()

    assert (run["conflict"], run["applied"]) == (1, {"tile.create": 1})
    assert "sensing time" in next(iter(run["errors"]))
    assert tile["path"] in planned.ask_paths()


def test_a_plan_is_expected_by_either_hash_and_the_guard_lets_imagery_pass(planned: Workspace) -> None:
    with open_plan_file(planned.folder / FILE) as file:
        plan = file.plan
    put_tile(planned, "2020/2/9/28V")

    refused = planned.run("apply", "--expect-plan", plan.plan_hash, code=6)
    nothing = planned.ask("")
    planned.run("apply", "--expect-plan", plan.guard_hash, code=0)

    assert plan.guard_hash in refused.stderr
    assert nothing == []
    assert len(planned.ask_paths()) == 4
    planned.run("apply", "--expect-plan", plan.guard_hash, code=6)
    planned.run("apply", "--expect-plan", "9f3c1a", code=3)


def test_a_plan_that_does_not_hold_is_refused_and_says_why(planned: Workspace) -> None:
    path = planned.folder / FILE
    whole = path.read_bytes()

    path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    damaged = planned.run("apply", "--plan", FILE, code=6)
    path.write_bytes(whole)
    planned.write("s2.yaml", make_document("s2", planned.bucket, name="other"))
    edited = planned.run("apply", "--plan", FILE, ".", code=6)
    age_plan(planned, 2 * LIFETIME_MS)
    expired = planned.run("apply", "--plan", FILE, code=6)

    assert "damaged" in damaged.stderr
    assert "the manifests say something else" in edited.stderr
    assert "could be begun for 24 h" in expired.stderr
    assert planned.ask("") == []


def age_plan(workspace: Workspace, age_ms: int) -> str:
    """Write the plan file as if it had been made earlier, and return its seal."""
    path = workspace.folder / FILE
    with open_plan_file(path) as file:
        made = replace(file.plan.provenance, made_ms=time.time_ns() // 1_000_000 - age_ms)
        return write_plan_file(path, replace(file.plan, provenance=made))


def test_a_moved_binding_is_stale_unless_the_plan_moved_it_itself_however_long_ago(planned: Workspace) -> None:
    seal = age_plan(planned, 2 * LIFETIME_MS)
    planned.apply()
    begun = planned.folder / ".byocplan" / "begun"

    stale = planned.run("apply", "--plan", FILE, code=6)
    begun.mkdir()
    (begun / seal).touch(mode=0o600)
    resumed = planned.run("apply", "--plan", FILE, "--format", "json", code=0).json()

    assert "collection/s2 was not bound, it is bound to" in stale.stderr
    assert resumed["satisfied"] == 4


def test_a_plan_file_is_shown_whole_or_tile_by_tile(planned: Workspace) -> None:
    text = planned.run("show", FILE, code=0, environment={"SH_BASE_URL": "http://127.0.0.1:9"})
    document = planned.run("show", FILE, "--format", "json", code=0).json()
    lines = planned.run("show", FILE, "--select", "action=create month=2019-01", "--format", "json", code=0)
    limited = planned.run("show", FILE, "--limit", "2", code=0)

    assert "3 tiles to create" in text.stdout
    assert document["plan_hash"] in text.stdout
    assert document["provenance"]["bindings"] == {"collection/s2": {"id": None, "serial": 0}}
    assert [json.loads(line)["path"] for line in lines.stdout.splitlines()] == [
        f"{each}/(BAND).tif" for each in TILES[:2]
    ]
    assert len(limited.stdout.splitlines()) == 2


def test_an_apply_of_a_plan_file_that_stopped_says_how_to_go_on(planned: Workspace) -> None:
    stopped = planned.run("apply", "--plan", FILE, "--max-requests", "1", code=7)

    assert f"run `byocplan apply --plan {FILE}` again" in stopped.text


def test_a_blocked_plan_file_is_applied_with_the_ack_it_asks_for(planned: Workspace) -> None:
    planned.apply("--plan", FILE)
    (planned.folder / "s2.yaml").unlink()
    planned.run("plan", "--out", FILE, code=0)

    refused = planned.run("apply", "--plan", FILE, code=5)
    planned.run("apply", "--plan", FILE, "--ack", "collectionDeletes@collection/s2=1", code=0)

    assert f"To go on:  byocplan apply --plan {FILE} --ack collectionDeletes@collection/s2=1" in refused.text
    assert planned.ask("") == []


def test_no_secret_is_in_a_plan_file(planned: Workspace) -> None:
    secrets = [value for name, value in planned.environment.items() if "SECRET" in name or "TOKEN" in name]

    with open_plan_file(planned.folder / FILE) as file:
        text = repr(file.plan)

    assert secrets
    assert not any(secret in text for secret in secrets if not secret.startswith("http") and len(secret) > 8)
