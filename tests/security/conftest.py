"""A workspace whose service and bucket stand behind fronts, and whose secrets are canaries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import make_workspace
from tests.support.canaries import Canaries, make_canaries
from tests.support.front import Front
from tests.support.manifests import make_document
from tests.support.workspace import Run, Workspace

if TYPE_CHECKING:
    from byocplan.emulator import Emulator


@dataclass(frozen=True, slots=True)
class Fronted:
    """A workspace, what stands in front of its service and bucket, and its secrets."""

    workspace: Workspace
    api: Front
    s3: Front
    canaries: Canaries

    def run(self, *arguments: str, code: int | None = None) -> Run:
        return self.workspace.run(*arguments, code=code, stdin="")

    def find_leaks(self, run: Run) -> list[str]:
        """Return where a canary is found: in the output of a run or in a file that it left."""
        return self.canaries.find(run.text) + self.canaries.find_in_files(self.workspace.folder)


@pytest.fixture
def workspace(emulator: "Emulator", tmp_path: Path) -> Workspace:
    """A folder of its own on a fresh emulator, with one collection and two keys that are no images."""
    made = make_workspace(emulator, tmp_path / "work", "imagery")
    for band in ("B02", "B03"):
        made.put(f"2019/1/1/28V/{band}.tif", b"II*\0")
    made.write("byocplan.yaml", made.project)
    made.write("s2.yaml", make_document("s2", made.bucket))
    return made


@pytest.fixture
def fronted(emulator: "Emulator", workspace: Workspace) -> Iterator[Fronted]:
    canaries = make_canaries()
    with (
        Front(emulator.base_url, canaries.token, emulator) as api,
        Front(workspace.environment["AWS_ENDPOINT_URL_S3"]) as s3,
    ):
        workspace.environment |= {
            "SH_BASE_URL": api.url,
            "SH_TOKEN_URL": api.token_url,
            "AWS_ENDPOINT_URL_S3": s3.url,
            **canaries.make_environment(),
        }
        yield Fronted(workspace, api, s3, canaries)
