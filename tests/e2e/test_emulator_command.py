"""``byocplan emulator`` with rules of the fault language."""

import subprocess
from pathlib import Path

import pytest

from tests.support.workspace import COMMAND


@pytest.mark.parametrize("as_file", [False, True], ids=["text", "file"])
def test_a_rule_that_cannot_be_used_is_named(tmp_path: Path, as_file: bool) -> None:
    rule = "POST */tiles nht=3 drop=after"
    (tmp_path / "faults.txt").write_text(f"# lost answers\n{rule}\n")
    given = "faults.txt" if as_file else f"# lost answers\n{rule}"

    done = subprocess.run(
        [COMMAND, "emulator", "--port", "0", "--faults", given],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 3
    assert f"fault rule in line 2, `{rule}`: unknown word 'nht'; did you mean nth?" in done.stderr
