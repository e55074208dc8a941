"""Manifests that pages show are valid."""

import re
from pathlib import Path

import pytest

from byocplan.manifest import ReadOptions
from byocplan.workflow.validate import validate

ROOT = Path(__file__).parents[2]
MANIFEST = re.compile(r"^```yaml\n((?:#.*\n)*apiVersion: .*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = [page for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if MANIFEST.search(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_manifests_of_a_page_are_valid(page: Path, tmp_path: Path) -> None:
    for number, text in enumerate(MANIFEST.findall(page.read_text(encoding="utf-8"))):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, encoding="utf-8")

        answer = validate((str(file),), ReadOptions())

        assert answer.problems == ()


def test_pages_with_manifests_are_found() -> None:
    assert {"README.md", "tutorial.md", "state.md"} <= {page.name for page in PAGES}
