"""The workflow of ``examples/ci-repository``: which jobs an event starts, and what they do on the emulator."""

import re
import shutil
from typing import Any

import pytest
import yaml

from tests.ci.conftest import Repository
from tests.support.action_runner import ROOT, Job
from tests.support.fake_github import REPOSITORY
from tests.support.manifests import make_document
from tests.support.workflow_runner import Workflow, read_workflow

EXAMPLE = ROOT / "examples" / "ci-repository"
PATH = EXAMPLE / ".github" / "workflows" / "byocplan.yml"
SECRETS = ("SH_CLIENT_ID", "SH_CLIENT_SECRET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return read_workflow(PATH)


@pytest.fixture
def moved(repository: Repository) -> Repository:
    """The repository with its manifests where the example has them, and its credentials as secrets alone."""
    (repository.workspace.folder / "manifests").mkdir()
    for path in repository.workspace.folder.glob("*.yaml"):
        path.rename(path.parent / "manifests" / path.name)
    environment = dict(repository.job.environment)
    secrets = {name: environment.pop(name) for name in SECRETS}
    repository.job.environment = environment
    repository.job.contexts = {**make_contexts(), "secrets": secrets}
    return repository


def make_contexts(head: str = REPOSITORY, ref: str = "refs/heads/main") -> dict[str, Any]:
    event = {"pull_request": {"head": {"repo": {"full_name": head}}}}
    return {"github": {"repository": REPOSITORY, "ref": ref, "event": event}}


def list_jobs(workflow: Workflow, event_name: str, contexts: dict[str, Any], **inputs: str) -> list[str]:
    return workflow.list_jobs(Job(ROOT, {}, event_name, contexts=contexts), **inputs)


def test_each_event_starts_its_jobs_and_no_other(workflow: Workflow) -> None:
    ours, other = make_contexts(), make_contexts(ref="refs/heads/topic")

    assert list_jobs(workflow, "pull_request", ours) == ["validate", "plan"]
    assert list_jobs(workflow, "push", ours) == ["apply"]
    assert list_jobs(workflow, "push", other) == []
    assert list_jobs(workflow, "schedule", ours) == ["drift"]
    assert list_jobs(workflow, "workflow_dispatch", ours) == ["plan"]
    assert list_jobs(workflow, "workflow_dispatch", ours, expect_plan="a") == ["apply"]
    assert list_jobs(workflow, "workflow_dispatch", other, expect_plan="a") == []


def test_a_fork_gets_a_validation_and_a_rehearsal_without_secrets(workflow: Workflow, moved: Repository) -> None:
    """The target branch asks for 2019; the fork adds noData, and a tile is there that only a reader of S3 can see."""
    fork = make_contexts(head="stranger/mosaics")
    manifests = moved.workspace.folder / "manifests"
    shutil.copytree(manifests, moved.workspace.folder / ".byocplan-base" / "manifests")
    (manifests / "s2.yaml").write_text(make_document("s2", "imagery", noData=0), encoding="utf-8")
    s3 = {"AWS_ENDPOINT_URL_S3": moved.workspace.environment["AWS_ENDPOINT_URL_S3"]}
    job = Job(moved.workspace.folder, s3, contexts=fork, token="")

    started = workflow.list_jobs(job)
    validated, rehearsed = workflow.run("validate", job), workflow.run("rehearse", job)

    assert started == ["validate", "rehearse"]
    assert "secrets" not in str([workflow.jobs[name] for name in started])
    assert workflow.jobs["rehearse"]["permissions"] == {"contents": "read"}
    assert (validated.code, rehearsed.code) == (0, 0), rehearsed.log
    assert "1 collection to update; 0 tiles to create" in rehearsed.summary
    assert "rehearsed: the base was applied to an empty service" in rehearsed.summary
    assert rehearsed.outputs["guard-hash"] == ""
    assert moved.github.asked == []
    assert moved.workspace.ask("") == []


def test_a_rehearsal_goes_on_where_no_bucket_can_be_read(workflow: Workflow, moved: Repository) -> None:
    manifests = moved.workspace.folder / "manifests"
    (moved.workspace.folder / ".byocplan-base").mkdir()
    job = Job(moved.workspace.folder, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, contexts=make_contexts("a/b"))

    ended = workflow.run("rehearse", job)
    (manifests / "s2.yaml").write_text("kind: Nothing", encoding="utf-8")
    wrong = workflow.run("rehearse", job)

    assert ended.code == 0, ended.log
    assert "1 collection to create" in ended.summary
    assert "the base has no manifests" in ended.summary
    assert "the bucket cannot be read without credentials" in ended.summary
    assert wrong.code == 3


def test_a_pull_request_is_planned_merged_applied_and_does_not_drift(workflow: Workflow, moved: Repository) -> None:
    planned = workflow.run("plan", moved.job)
    moved.merge()
    moved.job.event_name = "push"
    applied = workflow.run("apply", moved.job)
    moved.job.event_name = "schedule"
    drifted = workflow.run("drift", moved.job)

    assert [each.code for each in (planned, applied, drifted)] == [0, 0, 0], applied.log
    assert len(moved.github.comments) == 1
    assert len(moved.workspace.ask_paths()) == 1


def test_no_apply_is_cancelled_for_a_later_one_and_each_waits_for_the_lease() -> None:
    """Of runs in one group GitHub keeps one waiting and cancels those that waited before: a push needs its own."""
    document = yaml.safe_load(PATH.read_text(encoding="utf-8"))

    [apply] = [step for step in document["jobs"]["apply"]["steps"] if step["name"] == "Apply"]
    assert "github.event_name == 'push' && github.sha || github.ref" in document["concurrency"]["group"]
    assert document["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    option, seconds = apply["with"]["args"].split()
    assert option == "--lease-timeout"
    assert int(seconds) >= 3600


def test_actions_are_pinned_jobs_bounded_and_permissions_least() -> None:
    text = PATH.read_text(encoding="utf-8")
    document = yaml.safe_load(text)

    uses = [step["uses"] for job in document["jobs"].values() for step in job["steps"]]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in uses)
    assert document["permissions"] == {}
    assert all(job["timeout-minutes"] for job in document["jobs"].values())
    writes = {
        (name, what)
        for name, job in document["jobs"].items()
        for what, how in job["permissions"].items()
        if how == "write"
    }
    assert writes == {("plan", "pull-requests")}
    assert "pull_request_target" not in text
