"""The GitLab template: its scripts, taken from the file and run with bash on the emulator."""

import os
import subprocess
from typing import Any

import pytest
import yaml

from tests.ci.conftest import HOSTILE, Repository
from tests.support.action_runner import ROOT
from tests.support.workspace import CLEAN, Run, find_programs

PATH = ROOT / "ci" / "gitlab" / "byocplan.gitlab-ci.yml"
TEMPLATE: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))


def run_job(repository: Repository, name: str, **variables: str) -> Run:
    """Run the script of a job as a runner does: its lines in one bash that ends at the first failure."""
    held = {key: text for key, text in os.environ.items() if key in CLEAN}
    environment = {
        **held,
        **repository.workspace.environment,
        "BYOCPLAN_MANIFESTS": ".",
        "HOME": str(repository.workspace.folder.parent),
        "PATH": f"{find_programs()}:{os.environ['PATH']}",
        **variables,
    }
    script = "set -eo pipefail\n" + "\n".join(TEMPLATE[name]["script"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=repository.workspace.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def test_a_plan_is_an_artefact_that_the_next_job_applies(repository: Repository) -> None:
    planned = run_job(repository, "byocplan-plan")
    applied = run_job(repository, "byocplan-apply")
    drifted = run_job(repository, "byocplan-drift")

    assert (planned.code, applied.code, drifted.code) == (0, 0, 0), planned.text + applied.text + drifted.text
    assert planned.stdout.startswith('<!-- byocplan:{"project":"test"')
    assert len(repository.workspace.ask_paths()) == 1
    artefacts = TEMPLATE["byocplan-plan"]["artifacts"]["paths"]
    assert [name for name in artefacts if not (repository.workspace.folder / name).is_file()] == []


def test_drift_leaves_with_2(repository: Repository) -> None:
    repository.workspace.apply()
    live_id = repository.workspace.ask("")[0]["id"]
    repository.workspace.call("DELETE", f"/{live_id}")

    run = run_job(repository, "byocplan-drift")

    assert run.code == 2
    assert "Changed outside: 1 collection to create" in run.stdout


def test_without_s3_state_there_is_no_plan(repository: Repository) -> None:
    repository.workspace.write("byocplan.yaml", repository.workspace.project)

    run = run_job(repository, "byocplan-plan")

    assert run.code == 1
    assert "keep the state in S3" in run.stdout
    assert not (repository.workspace.folder / "byocplan.plan").exists()


def test_a_validation_is_a_report_and_fails_the_job(repository: Repository) -> None:
    repository.workspace.write("s2.yaml", "kind: 1\n")

    run = run_job(repository, "byocplan-validate", **dict.fromkeys(repository.workspace.environment, ""))

    assert run.code == 3
    assert "<failure" in (repository.workspace.folder / "byocplan-junit.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ["byocplan-validate", "byocplan-plan", "byocplan-drift"])
def test_hostile_paths_are_inert(repository: Repository, name: str, hostile: str) -> None:
    run = run_job(repository, name, BYOCPLAN_MANIFESTS=hostile, CI_COMMIT_REF_NAME=hostile)

    assert run.code == 3
    assert not (repository.workspace.folder / "pwned").exists()


#: Where the pipeline of an event runs, and of what the merge request is, as GitLab says it.
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_DEFAULT_BRANCH": "main",
    "CI_MERGE_REQUEST_PROJECT_ID": "1",
}
BRANCH = {"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "main"}
EVENTS = {
    "own merge request": {**MERGE_REQUEST, "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1"},
    "of a fork, in the fork": {**MERGE_REQUEST, "CI_PROJECT_ID": "2", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"},
    "of a fork, in the project": {**MERGE_REQUEST, "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"},
    "push": {**BRANCH, "CI_PROJECT_ID": "1", "CI_COMMIT_BRANCH": "main"},
    "push elsewhere": {**BRANCH, "CI_PROJECT_ID": "1", "CI_COMMIT_BRANCH": "other"},
    "schedule": {**BRANCH, "CI_PROJECT_ID": "1", "CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"},
    "push to a fork": {**BRANCH, "CI_PROJECT_ID": "2", "CI_COMMIT_BRANCH": "main"},
    "schedule of a fork": {**BRANCH, "CI_PROJECT_ID": "2", "CI_PIPELINE_SOURCE": "schedule"},
}
JOBS = {
    "own merge request": {"validate", "plan"},
    "of a fork, in the fork": {"validate"},
    "of a fork, in the project": {"validate"},
    "push": {"plan", "apply"},
    "push elsewhere": set(),
    "schedule": {"drift"},
    "push to a fork": {"plan", "apply"},
    "schedule of a fork": {"drift"},
}
IN_THE_FORK = {"push to a fork", "schedule of a fork"}


def holds(rule: str, variables: dict[str, str]) -> bool:
    """Tell whether a rule of ``&&`` and comparisons holds; a variable that is not set equals no other."""

    def get(term: str) -> str | None:
        return variables.get(term[1:]) if term.startswith("$") else term.strip('"')

    def is_true(part: str) -> bool:
        left, sign, right = part.partition(" != " if " != " in part else " == ")
        if not sign:
            return bool(get(left))
        return get(left) != get(right) if "!" in sign else get(left) == get(right) is not None

    return all(is_true(part) for part in rule.split(" && "))


def list_jobs(variables: dict[str, str]) -> set[str]:
    """Return the jobs of an event: of each job, the first rule that holds decides."""
    jobs = [name for name in TEMPLATE if name.startswith("byocplan-")]
    everything = {**TEMPLATE["variables"], **variables}
    found = {
        name: next((rule for rule in TEMPLATE[name]["rules"] if holds(rule["if"], everything)), None) for name in jobs
    }
    return {name.removeprefix("byocplan-") for name, rule in found.items() if rule and rule.get("when") != "never"}


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_its_jobs_and_a_fork_is_validated_alone(event: str) -> None:
    assert list_jobs(EVENTS[event]) == JOBS[event]


@pytest.mark.parametrize("event", EVENTS)
def test_where_the_project_is_said_a_fork_that_is_in_step_with_it_runs_nothing_else(event: str) -> None:
    expected = set() if event in IN_THE_FORK else JOBS[event]

    assert list_jobs({**EVENTS[event], "BYOCPLAN_PROJECT_ID": "1"}) == expected


def test_an_apply_is_started_by_hand_and_one_at_a_time() -> None:
    assert TEMPLATE["byocplan-apply"]["rules"][-1]["when"] == "manual"
    assert TEMPLATE["byocplan-apply"]["resource_group"]
