"""Every example validates, and its table of contents is whole."""

from pathlib import Path

import pytest

from byocplan.manifest import ReadOptions
from byocplan.workflow.validate import validate
from tests.support.example_worlds import PLANS

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())


@pytest.mark.parametrize("folders", PLANS.values())
def test_an_example_validates_without_a_warning(folders: str) -> None:
    answer = validate(tuple(str(EXAMPLES / folder) for folder in folders.split()), ReadOptions())

    assert answer.problems == ()
    assert answer.collections > 0


def test_the_readme_lists_every_example() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    assert [folder.name for folder in FOLDERS if f"({folder.name}/" not in text] == []
