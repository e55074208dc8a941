"""A user's folder with manifests, a bucket and an emulator, driven through the installed command."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.support.forked import TIMEOUT_S, make_programs, run_forked

COMMAND = str(Path(sys.executable).with_name("byocplan"))

PROJECT = """\
apiVersion: byocplan/v1
kind: Project
metadata: {name: test}
"""

CLEAN = {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START"}


#: Set, every command is a fresh process of its own: slower, and the same to every test.
PROCESSES = "BYOCPLAN_TEST_PROCESSES"


def needs_process(environment: Mapping[str, str]) -> bool:
    """Tell whether a command has to be a fresh process: asked for, or for what Python reads at its start alone."""
    return PROCESSES in os.environ or any(name.startswith(("PYTHON", "LC_", "COVERAGE")) for name in environment)


def run_process(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str = ""
) -> tuple[int, str, str]:
    """Run the installed command to its end; return its exit code and what it wrote to stdout and to stderr."""
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def find_programs() -> Path:
    """Return the folder whose ``byocplan`` a script is given: the server's, or the installed one."""
    return Path(COMMAND).parent if needs_process({}) else make_programs()


@dataclass(frozen=True, slots=True)
class Run:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass(slots=True)
class Workspace:
    """``environment`` is what the command sees of the emulator; ``s3`` a boto3 client on its S3 server."""

    folder: Path
    environment: dict[str, str]
    bucket: str
    s3: Any
    project: str = PROJECT
    known: set[str] = field(default_factory=set)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def remove(self, key: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def run(
        self, *arguments: str, code: int | None = None, stdin: str = "", environment: Mapping[str, str] | None = None
    ) -> Run:
        """Run ``byocplan``; with ``code``, assert that it leaves with it."""
        held = {name: value for name, value in os.environ.items() if name in CLEAN}
        seen = {**held, **self.environment, "HOME": str(self.folder), **(environment or {})}
        start = run_process if needs_process(seen) else run_forked
        run = Run(*start(arguments, self.folder, seen, stdin))
        assert "Traceback" not in run.text, run.text
        if code is not None:
            assert run.code == code, f"{arguments} left with {run.code}\n{run.text}"
        return run

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start ``byocplan`` and return it running; the caller waits for its end."""
        held = {name: value for name, value in os.environ.items() if name in CLEAN}
        environment = {**held, **self.environment, "HOME": str(self.folder)}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def plan(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Return the plan as JSON."""
        plan: dict[str, Any] = self.run("plan", "--format", "json", *arguments, code=code).json()
        return plan

    def count(self, plan: dict[str, Any]) -> dict[str, int]:
        """Return what the plan would do: collection and tile actions that are not zero, nor ``keep``."""
        both = [("collection", plan["summary"]["collections"]), ("tile", plan["summary"]["tiles"])]
        return {f"{kind} {word}": n for kind, counts in both for word, n in counts.items() if n and word != "keep"}

    def apply(self, *arguments: str, code: int = 0) -> Run:
        return self.run("apply", "--auto-approve", *arguments, code=code)

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """Call ``collections`` + path of the service itself, without byocplan."""
        client = (self.environment["SH_CLIENT_ID"], self.environment["SH_CLIENT_SECRET"])
        form = {"grant_type": "client_credentials", "client_id": client[0], "client_secret": client[1]}
        token = requests.post(self.environment["SH_TOKEN_URL"], data=form, timeout=10).json()["access_token"]
        url = f"{self.environment['SH_BASE_URL']}/api/v1/byoc/collections{path}"
        answer = requests.request(method, url, headers={"Authorization": f"Bearer {token}"}, json=body, timeout=10)
        answer.raise_for_status()
        return answer

    def ask(self, path: str) -> Any:
        """Return ``data`` of what the service answers."""
        return self.call("GET", path).json()["data"]

    def ask_paths(self) -> set[str]:
        """Return the paths of all live tiles (at most 100 a collection)."""
        return {tile["path"] for one in self.ask("") for tile in self.ask(f"/{one['id']}/tiles")}

    def is_settled(self) -> bool:
        """Tell whether a plan finds nothing to do."""
        return self.run("plan", "--detailed-exitcode").code == 0
