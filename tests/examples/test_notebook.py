"""The example notebook is committed without outputs, and each of its cells runs in a kernel of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.support.example_worlds import fill

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOK = "notebook/plan.ipynb"
LIMIT_S = 300


def read_cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The last output of each cell, by kind of content."""
    folder = tmp_path_factory.mktemp("notebook")
    copytree(EXAMPLES, folder / "examples")
    held = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with Emulator(EmulatorSettings(port=0, check="none")) as emulator:
        fill(emulator)
        done = subprocess.run(
            [sys.executable, "-m", "jupyter", "execute", "--output=done.ipynb", NOTEBOOK],
            cwd=folder / "examples",
            env={**held, **emulator.exports(), "PATH": path, "HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return [
        cell["outputs"][-1].get("data", {})
        for cell in read_cells(folder / "examples/notebook/done.ipynb")
        if cell["outputs"]
    ]


def test_it_is_committed_without_outputs() -> None:
    cells = read_cells(EXAMPLES / NOTEBOOK)

    assert cells
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"]] == []


def test_a_plan_is_shown_as_html_and_as_a_line_of_text(outputs: list[dict[str, Any]]) -> None:
    plan = outputs[0]

    assert "".join(plan["text/html"]).startswith('<div class="byocplan-cell">')
    assert "1 collection to create; 2 tiles to create" in "".join(plan["text/plain"])


def test_tables_are_shown_as_tables(outputs: list[dict[str, Any]]) -> None:
    tables = ["".join(each["text/html"]) for each in outputs if "<table" in "".join(each.get("text/html", ""))]

    assert len(tables) == 5
    assert "2024/009/(BAND).tif" in tables[3]
