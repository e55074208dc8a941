"""A bug: what the report in the user's folder and the message say when messages of exceptions hold secrets."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from tests.support.canaries import Canaries, make_canaries

#: A command that breaks with whatever its standard input says, under the given umask.
BREAKING = """
import os, sys, click
from byocplan.cli.boundary import run_guarded
os.umask(0)
@click.command()
def breaking():
    try:
        raise KeyError(sys.stdin.read())
    except KeyError as first:
        raise RuntimeError(f"second {first}") from first
sys.argv = ["byocplan"]
sys.exit(run_guarded(breaking))
"""


def crash(home: Path, canaries: Canaries, text: str) -> tuple[str, Path]:
    """Break with ``text`` and return what was printed and where the report is."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], **canaries.make_environment()}
    done = subprocess.run(
        [sys.executable, "-c", BREAKING], input=text, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    (report,) = (home / ".local" / "state" / "byocplan").iterdir()
    return done.stdout + done.stderr, report


def test_a_crash_report_holds_no_secret_in_any_spelling(tmp_path: Path) -> None:
    canaries = make_canaries()
    secrets = [canaries.client_secret, canaries.aws_secret, canaries.aws_session, canaries.proxy_password]
    spelled = [*secrets, *map(quote, secrets), *(base64.b64encode(text.encode()).decode() for text in secrets)]
    unknown = f"Bearer {canaries.token} https://b/k?X-Amz-Signature={canaries.presigned} {canaries.aws_key}"

    printed, report = crash(tmp_path, canaries, "\n".join([*spelled, unknown]))

    content = report.read_text()
    assert canaries.find(printed) == []
    assert canaries.find(content) == []
    assert "KeyError" in content
    assert "RuntimeError" in content
    assert "in breaking" in content


def test_a_crash_report_is_private_whatever_the_umask(tmp_path: Path) -> None:
    _, report = crash(tmp_path, make_canaries(), "x")

    folders = [report.parent, report.parent.parent, tmp_path / ".local"]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700] * 3


def test_a_link_in_place_of_the_folder_of_reports_gets_a_new_file_and_overwrites_none(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    (tmp_path / "home" / ".local" / "state").mkdir(parents=True)
    (tmp_path / "home" / ".local" / "state" / "byocplan").symlink_to(elsewhere)
    environment = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}

    subprocess.run(
        [sys.executable, "-c", BREAKING], input="x", env=environment, capture_output=True, text=True, check=False
    )

    assert (elsewhere / "kept.txt").read_text() == "kept"
