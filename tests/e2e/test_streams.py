"""Standard streams that are closed, full or coloured, through the installed command; no service is needed."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.workspace import COMMAND

MANIFEST = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: mosaic}
spec: {s3Bucket: imagery, tiles: [{pattern: "{year}/(BAND).tif"}]}
"""


def run_in_shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line.replace("byocplan", COMMAND, 1)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_reason_to_fail(tmp_path: Path, closed: str) -> None:
    (tmp_path / "mosaic.yaml").write_text(MANIFEST)

    done = run_in_shell(f"byocplan validate {closed}", tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout_is_an_error_of_the_environment(tmp_path: Path) -> None:
    done = run_in_shell("byocplan schema > /dev/full", tmp_path)

    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_left_early_gets_no_traceback(tmp_path: Path) -> None:
    done = run_in_shell("byocplan schema | true", tmp_path)

    assert done.stderr == ""


def test_colour_is_forced_where_there_is_no_terminal(tmp_path: Path) -> None:
    plain = run_in_shell("byocplan validate", tmp_path)
    forced = run_in_shell("byocplan validate", tmp_path, FORCE_COLOR="1")

    assert "\x1b[" not in plain.stderr + plain.stdout
    assert "\x1b[" in forced.stderr + forced.stdout
