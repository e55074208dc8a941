"""Runs ``action.yml`` as a runner of GitHub would: its steps in order, each with bash, expressions put into ``env``."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.workspace import CLEAN, find_programs

ROOT = Path(__file__).parents[2]
#: ``shell: bash``. Source: docs.github.com, workflow syntax, jobs.<job_id>.steps[*].shell.
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
CONTEXT = re.compile(r"\b(inputs|steps|github|secrets)((?:\.[A-Za-z_-]+)+)")
STATUS = re.compile(r"\b(always|cancelled|failure)\(\)")
OUTPUT = re.compile(r"(?:([a-z_-]+)=(.*)|([a-z_-]+)<<(\S+)\n((?:.*\n)*?)\4)\n")
VENV = "byocplan-venv"


def read_action() -> dict[str, Any]:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return action


def read_outputs(path: Path) -> dict[str, str]:
    """Return what a step wrote into the file of its outputs."""
    found = OUTPUT.finditer(path.read_text(encoding="utf-8"))
    return {match[1] or match[3]: match[2] if match[1] else match[5].removesuffix("\n") for match in found}


@dataclass(slots=True)
class Job:
    """What the steps of a job have in common: folder, environment, event, and what ``github`` and ``secrets`` hold."""

    folder: Path
    environment: Mapping[str, str]
    event_name: str = "pull_request"
    token: str = "job-token"
    contexts: Mapping[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    programs: Path = field(default_factory=find_programs)

    @property
    def temp(self) -> Path:
        """``RUNNER_TEMP``, with a byocplan that is installed already."""
        folder = self.folder.parent / "runner"
        if not folder.exists():
            folder.mkdir()
            (folder / VENV).symlink_to(self.programs.parent)
        return folder

    def make_environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        held = {name: value for name, value in os.environ.items() if name in CLEAN}
        files = {name: str(self.temp / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            Path(path).write_text("", encoding="utf-8")
        runner = {
            "HOME": str(self.folder.parent),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
        }
        return {**held, **runner, **files, **self.environment, **extra}


@dataclass(frozen=True, slots=True)
class Ended:
    """How the action ended: its steps that ran with their exit codes, what they printed, and its outputs."""

    codes: dict[str, int]
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def code(self) -> int:
        """That of the first step that failed."""
        return next((code for code in self.codes.values() if code), 0)


def run_action(job: Job, **inputs: str) -> Ended:
    """Run every step but the installation; underscores in names of inputs stand for dashes."""
    action = read_action()
    known = {name: str(each.get("default", "")) for name, each in action["inputs"].items()}
    given = {name.replace("_", "-"): text for name, text in inputs.items()}
    assert given.keys() <= known.keys()
    job.steps.clear()
    values = {"inputs": {name: evaluate(text, job, {}) for name, text in {**known, **given}.items()}}
    codes: dict[str, int] = {}
    log, summary = [], []
    for step in action["runs"]["steps"][1:]:
        if not is_due(step.get("if"), job, values["inputs"], failed=any(codes.values())):
            continue
        done = run_step(step, job, values["inputs"])
        codes[step["name"]] = done.returncode
        log.append(done.stdout + done.stderr)
        summary.append((job.temp / "github_step_summary").read_text(encoding="utf-8"))
        job.steps[step.get("id", "")] = read_outputs(job.temp / "github_output")
    outputs = {name: evaluate(each["value"], job, values["inputs"]) for name, each in action["outputs"].items()}
    return Ended(codes, "".join(log), outputs, "".join(summary))


def run_step(step: Mapping[str, Any], job: Job, inputs: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a step to its end."""
    command, environment = prepare_step(step, job, inputs)
    done = subprocess.run(
        command, cwd=job.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def prepare_step(step: Mapping[str, Any], job: Job, inputs: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Write the script of a step, and return how it is started and with what environment."""
    extra = {name: evaluate(str(text), job, inputs) for name, text in step.get("env", {}).items()}
    script = job.temp / "script.sh"
    script.write_text(step["run"], encoding="utf-8")
    return [*SHELL, str(script)], job.make_environment(extra)


def evaluate(text: str, job: Job, inputs: Mapping[str, str]) -> str:
    """Return a text with its ``${{ }}`` replaced."""
    return EXPRESSION.sub(lambda found: look_up(found[1], job, inputs), text)


def look_up(expression: str, job: Job, inputs: Mapping[str, str]) -> str:
    """Return the value of a path such as ``steps.plan.outputs.has_changes``; empty when nothing has set it."""
    match expression.split("."):
        case ["inputs", name]:
            return inputs[name]
        case ["steps", step, "outputs", name]:
            return job.steps.get(step, {}).get(name, "")
        case ["github", "token"]:
            return job.token
        case ["github", "event_name"]:
            return job.event_name
        case ["github" | "secrets" as context, *names]:
            value: Any = job.contexts.get(context, {})
            for name in names:
                value = value.get(name, {})
            return value or ""
    raise AssertionError(expression)


def is_due(condition: str | None, job: Job, inputs: Mapping[str, str], *, failed: bool) -> bool:
    """Return what ``if:`` says; without a status function a step runs only while nothing failed."""
    text = condition or "true"
    if failed and not STATUS.search(text):
        return False
    text = re.sub(r"\balways\(\)|!cancelled\(\)|\btrue\b(?!')", "True", text)
    text = re.sub(r"\bfailure\(\)", str(failed), text)
    text = CONTEXT.sub(lambda found: repr(look_up(found[0], job, inputs)), text)
    return bool(eval(text.replace("&&", " and ").replace("||", " or ").replace("\n", " ")))
