"""Runs a workflow that uses the action: which jobs an event starts, and each job's use of the action."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.support.action_runner import Ended, Job, evaluate, is_due, run_action

ACTION = "OWNER/byocplan@"


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as its file has it."""

    jobs: Mapping[str, Any]

    def list_jobs(self, job: Job, **inputs: str) -> list[str]:
        """Return the jobs that start; underscores in names of inputs stand for dashes."""
        given = make_inputs(inputs)
        return [name for name, each in self.jobs.items() if is_due(each.get("if"), job, given, failed=False)]

    def run(self, name: str, job: Job, **inputs: str) -> Ended:
        """Run the one step of a job that uses the action."""
        [step] = [each for each in self.jobs[name]["steps"] if each["uses"].startswith(ACTION)]
        given = make_inputs(inputs)
        environment = {key: evaluate(text, job, given) for key, text in step.get("env", {}).items()}
        values = {key.replace("-", "_"): evaluate(str(text), job, given) for key, text in step["with"].items()}
        return run_action(replace(job, environment={**job.environment, **environment}), **values)


def make_inputs(given: Mapping[str, str]) -> dict[str, str]:
    return {"expect-plan": "", **{name.replace("_", "-"): text for name, text in given.items()}}


def read_workflow(path: Path) -> Workflow:
    return Workflow(yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"])
