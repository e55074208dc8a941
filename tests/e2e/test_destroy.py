"""``byocplan destroy`` through the installed command: what goes, what stays, what is refused, and every exit code."""

import os
import pty
import signal
import subprocess

import pytest
import requests

from byocplan.model.project import Project
from byocplan.state import open_local_state
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, COMMAND, Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
ACKS = ("--ack", "collectionDeletes@collection/a=1", "--ack", "collectionDeletes@collection/b=1")
PLAN_FILE = "destroy.byocplan"


def describe(workspace: Workspace, name: str, **spec: object) -> None:
    tiles = [{"pattern": f"{name}/{{year}}/(BAND).tif"}]
    workspace.write(f"{name}.yaml", make_document(name, workspace.bucket, bands=BANDS, tiles=tiles, **spec))


def prepare(workspace: Workspace) -> Workspace:
    """Apply a project with collection a of two tiles and b of one."""
    for key in ("a/2019/B02.tif", "a/2020/B02.tif", "b/2019/B02.tif"):
        workspace.put(key, make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    for name in ("a", "b"):
        describe(workspace, name)
    workspace.apply()
    return workspace


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    return prepare(workspace)


def destroy(workspace: Workspace, *arguments: str, code: int = 0) -> str:
    return workspace.run("destroy", "--auto-approve", *arguments, code=code).text


def list_names(workspace: Workspace) -> list[str]:
    return sorted(each["name"] for each in workspace.ask(""))


def list_bound(workspace: Workspace) -> list[str]:
    """Return the addresses that are bound."""
    run = workspace.run("state", "list", "--format", "json", code=0)
    return [each["address"] for each in run.json()["bindings"]]


def script(workspace: Workspace, *faults: object) -> None:
    url = f"{workspace.environment['SH_BASE_URL']}/_emulator/faults"
    requests.post(url, json={"faults": list(faults)}, timeout=10).raise_for_status()


def test_everything_bound_goes_once_acked_and_a_second_destroy_has_nothing_to_do(applied: Workspace) -> None:
    refused = destroy(applied, code=5)
    done = destroy(applied, *ACKS)
    again = destroy(applied)

    assert "byocplan destroy . --ack collectionDeletes@collection/a=1 --ack collectionDeletes@collection/b=1" in refused
    assert "2 collections deleted" in done
    assert "Nothing to destroy" in again
    assert applied.ask("") == []
    assert list_bound(applied) == []
    assert list((applied.folder / ".byocplan").glob("journal/*")) == []
    assert list((applied.folder / ".byocplan").glob("inventory/*")) == []


def test_files_in_the_bucket_stay_and_an_apply_makes_all_anew(applied: Workspace) -> None:
    destroy(applied, *ACKS)

    keys = {each["Key"] for each in applied.s3.list_objects_v2(Bucket=applied.bucket)["Contents"]}
    plan = applied.plan()

    assert keys == {"a/2019/B02.tif", "a/2020/B02.tif", "b/2019/B02.tif"}
    assert applied.count(plan) == {"collection create": 2, "tile create": 3}


def test_the_plan_can_be_looked_at_first_and_carried_out_from_its_file(applied: Workspace) -> None:
    plan = applied.plan("--destroy")
    shown = applied.run("plan", "--destroy", "--out", PLAN_FILE, "--detailed-exitcode", code=2).text
    before = list_names(applied)
    applied.run("apply", "--plan", PLAN_FILE, code=5)
    applied.run("apply", "--plan", PLAN_FILE, *ACKS, code=0)

    assert (plan["destroy"], plan["complete"], plan["applyable"]) == (True, True, False)
    assert applied.count(plan) == {"collection delete": 2}
    assert "all its 2 live tiles go with it" in shown
    assert before == ["a", "b"]
    assert applied.ask("") == []
    assert list_bound(applied) == []


def test_the_hash_of_the_reviewed_plan_is_an_approval(applied: Workspace) -> None:
    reviewed = applied.plan("--destroy")["plan_hash"]
    other = applied.plan()["plan_hash"]

    applied.run("destroy", "--expect-plan", other, *ACKS, code=6)
    applied.run("destroy", "--expect-plan", reviewed, *ACKS, code=0)

    assert applied.ask("") == []


def test_prevent_destroy_refuses_all_of_it_also_when_only_the_binding_remembers(applied: Workspace) -> None:
    describe(applied, "a", lifecycle={"preventDestroy": True})
    in_manifest = destroy(applied, *ACKS, code=5)
    applied.apply()
    (applied.folder / "a.yaml").unlink()
    remembered = destroy(applied, *ACKS, code=5)

    assert "preventDestroy" in in_manifest
    assert "No ack lifts preventDestroy" in remembered
    assert list_names(applied) == ["a", "b"]


def test_a_retained_collection_is_forgotten_and_stays_live(applied: Workspace) -> None:
    describe(applied, "a", lifecycle={"onRemove": "retain"})

    done = destroy(applied, *ACKS)

    assert "1 collection deleted, 1 forgotten" in done
    assert list_names(applied) == ["a"]
    assert len(applied.ask_paths()) == 2
    assert list_bound(applied) == []


def test_an_adopted_collection_goes_like_any_other(applied: Workspace) -> None:
    (applied.folder / "byocplan.lock.yaml").unlink()
    describe(applied, "a", adopt=True)
    (applied.folder / "b.yaml").unlink()
    applied.apply()

    destroy(applied, "--ack", "collectionDeletes=1")

    assert list_names(applied) == ["b"]


def test_what_is_not_bound_stays(applied: Workspace, other: Workspace) -> None:
    prepare(other)
    ids = {each["id"] for each in applied.ask("")}
    theirs = next(each["id"] for each in other.ask("") if each["s3Bucket"] == other.bucket)
    describe(applied, "c", id=theirs)

    destroy(applied, *ACKS)

    assert len(ids) == 4
    assert {each["s3Bucket"] for each in applied.ask("")} == {other.bucket}
    assert len(applied.ask("")) == 2


def test_a_bucket_that_is_gone_is_not_asked(applied: Workspace) -> None:
    applied.environment["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9"

    destroy(applied, *ACKS)

    assert applied.ask("") == []


@pytest.mark.parametrize("point", ["before_rename:1", "before_release:1"])
def test_a_destroy_that_was_killed_goes_on_when_run_again(applied: Workspace, point: str) -> None:
    killed = applied.run("destroy", "--auto-approve", *ACKS, environment={"BYOCPLAN_FAILPOINT": point})
    destroy(applied, *ACKS)

    assert killed.code == -signal.SIGKILL
    assert applied.ask("") == []
    assert list_bound(applied) == []


def test_a_delete_whose_answer_is_lost_is_done_once_and_leaves_nothing(applied: Workspace) -> None:
    script(applied, {"method": "DELETE", "path": "/collections/", "drop": "after", "times": 1})

    destroy(applied, *ACKS)

    assert applied.ask("") == []


def test_json_tells_the_plan_and_the_outcome(applied: Workspace) -> None:
    lines = applied.run("destroy", "--auto-approve", "--json", *ACKS, code=0).stdout.splitlines()
    outcome = applied.run("destroy", "--auto-approve", "--format", "json", code=0).json()

    assert '"apply_complete"' in lines[-1]
    assert '"collection.delete":2' in lines[-1].replace(" ", "")
    assert outcome["applied"] == {}


def ask_on_terminal(workspace: Workspace, answer: bytes, *arguments: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    running = subprocess.Popen(
        [COMMAND, "destroy", *arguments],
        cwd=workspace.folder,
        env={**held, **workspace.environment, "HOME": str(workspace.folder)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(ours, answer)
    text, _ = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return running.returncode, text


def test_on_a_terminal_it_asks_with_the_numbers(applied: Workspace) -> None:
    declined, text = ask_on_terminal(applied, b"n\n", *ACKS)
    before = list_names(applied)
    accepted, _ = ask_on_terminal(applied, b"y\n", *ACKS)

    assert (declined, accepted) == (1, 0)
    assert "Destroy 2 collections with 3 live tiles?" in text
    assert before == ["a", "b"]
    assert applied.ask("") == []


#: What leaves everything as it is.
HARMLESS = (
    (("destroy",), 3),  # nobody can be asked
    (("destroy", "--auto-approve", "a.yaml"), 3),
    (("plan", "--destroy", "a.yaml"), 3),
    (("plan", "--destroy", "--only", "delete"), 3),
    (("plan", "--destroy", "--refresh", "none"), 3),
    (("destroy", "--auto-approve", "--ack", "preventDestroy=1"), 3),
    (("destroy", "--auto-approve"), 5),
    (("destroy", "--expect-plan", "0" * 64), 6),
    (("plan", "--destroy"), 0),
    (("plan", "--destroy", "--detailed-exitcode"), 2),
)


def test_exit_codes_of_what_changes_nothing(applied: Workspace) -> None:
    codes = {arguments: applied.run(*arguments).code for arguments, _ in HARMLESS}

    assert codes == dict(HARMLESS)
    assert list_names(applied) == ["a", "b"]
    assert list_bound(applied) == ["collection/a", "collection/b"]


def test_exit_codes_of_the_service_and_of_others(applied: Workspace) -> None:
    state = open_local_state(Project(folder=str(applied.folder)))
    with state.lease("another-run"):
        destroy(applied, *ACKS, code=8)
    applied.run("destroy", "--auto-approve", *ACKS, environment={"SH_CLIENT_SECRET": ""}, code=4)
    script(applied, {"method": "DELETE", "path": "/collections/", "status": 400, "times": 1})
    partly = destroy(applied, *ACKS, code=7)
    destroy(applied, *ACKS, code=0)

    assert "run `byocplan destroy . --ack" in partly
    assert applied.ask("") == []


@pytest.mark.parametrize(("option", "value", "left"), [("--max-requests", "1", 1), ("--max-duration", "0.001s", 2)])
def test_a_bounded_destroy_stops_says_how_to_go_on_and_is_gone_on_with(
    applied: Workspace, option: str, value: str, left: int
) -> None:
    stopped = destroy(applied, *ACKS, option, value, code=7)
    before = list_names(applied)
    done = destroy(applied, *ACKS, option, "100" if option == "--max-requests" else "1h")

    assert f"{option} {'is' if left == 2 else 'are'} used up; run again to go on" in stopped
    assert f"run `byocplan destroy . {' '.join(ACKS)}` again" in stopped
    assert len(before) == left
    assert f"{left} collection{'s' * (left > 1)} deleted" in done
    assert applied.ask("") == []
    assert list_bound(applied) == []


def test_a_manifest_without_a_project_is_refused(workspace: Workspace) -> None:
    describe(workspace, "a")

    assert "Project document" in destroy(workspace, code=3)
