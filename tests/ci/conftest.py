"""A repository with manifests and S3 state, a job in it, the emulator, and a fake GitHub."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import make_workspace
from tests.support.action_runner import Ended, Job, run_action
from tests.support.cogs import make_cog
from tests.support.fake_github import FakeGitHub
from tests.support.manifests import make_document
from tests.support.workspace import Workspace, find_programs

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

COMMIT = "c" * 40
#: The last commit of the pull request; ``COMMIT`` is that of its merge.
HEAD = "a" * 40
IN_S3 = "spec: {state: 's3://imagery/kept'}\n"
#: Every way out of a script at once, and an option where a path is expected.
HOSTILE = [
    "$(touch pwned)`touch pwned`'; touch pwned; '\"; touch pwned; \"\n;touch pwned\n${{ github.token }}\n*",
    "--out=pwned",
]
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main")


@dataclass(frozen=True, slots=True)
class Repository:
    """A workspace under Git, the job that runs in it, and the API it talks to."""

    workspace: Workspace
    job: Job
    github: FakeGitHub

    def run(self, command: str, event_name: str = "pull_request", **inputs: str) -> Ended:
        """Run the action once, as a job of ``event_name``."""
        self.job.event_name = event_name
        return run_action(self.job, command=command, **inputs)

    def merge(self) -> None:
        """Say that the commit came by pull request 7."""
        self.github.pulls = [{"number": 7, "merged_at": "2024-06-01T00:00:00Z", "merge_commit_sha": COMMIT}]

    def push(self, commit: str) -> None:
        """Make ``commit`` the last one of pull request 7."""
        event = {"pull_request": {"number": 7, "head": {"sha": commit}}}
        (self.job.temp / "event.json").write_text(json.dumps(event), encoding="utf-8")

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.workspace.folder, check=True, capture_output=True)


def put_tile(workspace: Workspace, folder: str) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"{folder}/{band}.tif", make_cog())


def make_repository(emulator: "Emulator", folder: Path, github: FakeGitHub, programs: Path | None = None) -> Repository:
    workspace = make_workspace(emulator, folder / "work", "imagery")
    put_tile(workspace, "2019/1/1/28V")
    workspace.write("byocplan.yaml", workspace.project + IN_S3)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    environment = {**workspace.environment, **github.exports, "GITHUB_SHA": COMMIT}
    job = Job(workspace.folder, environment, programs=programs or find_programs())
    repository = Repository(workspace, job, github)
    repository.push(HEAD)
    repository.git("init", "--quiet")
    return repository


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def repository(emulator: "Emulator", tmp_path: Path, github: FakeGitHub) -> Repository:
    return make_repository(emulator, tmp_path, github)
