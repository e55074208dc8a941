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


def list_rules(name: str) -> list[str]:
    rules: list[dict[str, str]] = TEMPLATE[name]["rules"]
    return [rule["if"] for rule in rules]


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
EVENTS = {
    "own merge request": {**MERGE_REQUEST, "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1"},
    "of a fork, in the fork": {**MERGE_REQUEST, "CI_PROJECT_ID": "2", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"},
    "of a fork, in the project": {**MERGE_REQUEST, "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"},
    "push": {"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main"},
    "push elsewhere": {"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "other"},
    "schedule": {"CI_PIPELINE_SOURCE": "schedule", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main"},
}
JOBS = {
    "own merge request": {"validate", "plan"},
    "of a fork, in the fork": {"validate"},
    "of a fork, in the project": {"validate"},
    "push": {"plan", "apply"},
    "push elsewhere": set(),
    "schedule": {"drift"},
}


def runs(rule: str, variables: dict[str, str]) -> bool:
    """Tell whether a rule made of equalities, joined by ``&&``, holds; a variable that is not set equals no other."""

    def get(term: str) -> str | None:
        return variables.get(term[1:]) if term.startswith("$") else term.strip('"')

    pairs = [[get(term) for term in each.split(" == ")] for each in rule.split(" && ")]
    return all(left == right and left is not None for left, right in pairs)


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_its_jobs_and_a_fork_is_validated_alone(event: str) -> None:
    jobs = [name for name in TEMPLATE if name.startswith("byocplan-")]

    ran = {name for name in jobs if any(runs(rule, EVENTS[event]) for rule in list_rules(name))}

    assert ran == {f"byocplan-{name}" for name in JOBS[event]}


def test_an_apply_is_started_by_hand_and_one_at_a_time() -> None:
    assert TEMPLATE["byocplan-apply"]["rules"][0]["when"] == "manual"
    assert TEMPLATE["byocplan-apply"]["resource_group"]
