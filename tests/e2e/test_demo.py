"""The demo walks to its end by itself."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.pages import mask
from tests.support.workspace import CLEAN, COMMAND

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.long
def test_the_demo_ends_by_itself_and_says_how_to_go_on(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name in CLEAN} | {"HOME": str(tmp_path)}

    done = subprocess.run(
        [COMMAND, "demo", "--folder", "play"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "9. A drift, mended" in done.stdout
    last = done.stdout[done.stdout.rindex("Done. ") :].rstrip().splitlines()
    assert last[0].startswith(f"Done. {tmp_path / 'play'} is yours to play in")
    assert last[-1] == "  byocplan plan manifests"
    assert (tmp_path / "play" / "manifests" / "byocplan.lock.yaml").is_file()
    shown = README.read_text(encoding="utf-8").split("## A plan")[1].split("```\n")[1]
    assert shown in mask(done.stdout), "the README shows another plan than the demo prints"


def test_the_demo_leaves_folders_of_others_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")

    done = subprocess.run(
        [COMMAND, "demo", "--folder", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 3
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
