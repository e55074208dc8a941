"""The workflow of ``examples/ci-repository``: which jobs an event starts, and what they do on the emulator."""

import re
from typing import Any

import pytest
import yaml

from tests.ci.conftest import Repository
from tests.support.action_runner import ROOT, Job
from tests.support.fake_github import REPOSITORY
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


def test_a_fork_gets_a_validation_without_secrets(workflow: Workflow, moved: Repository) -> None:
    fork = make_contexts(head="stranger/mosaics")
    job = Job(moved.workspace.folder, {}, contexts=fork, token="")

    started = workflow.list_jobs(job)
    ended = workflow.run("validate", job)

    assert started == ["validate"]
    assert "secrets" not in str(workflow.jobs["validate"])
    assert ended.code == 0, ended.log
    assert moved.github.asked == []


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
