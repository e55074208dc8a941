"""However an apply ends, it is told: to programs with the reason, and on stderr where nobody reads stdout any more."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.schemafiles import read_schema_file
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, COMMAND, Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
KEYS = [f"2019/1/{day}/28V/B02.tif" for day in range(1, 9)]
OTHER_HASH = "0" * 64


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Workspace]:
    """A project with eight tiles to create, on a service that lists files and does not read them."""
    with Emulator(EmulatorSettings(port=0, check="listing")) as running:
        workspace = make_workspace(running, tmp_path / "work", "imagery")
        running.put_objects("imagery", [(key, key.encode()) for key in KEYS])
        workspace.write("byocplan.yaml", workspace.project)
        workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=BANDS, rails={"maxDeletes": 1}))
        yield workspace


@pytest.fixture
def shrunk(quick: Workspace) -> Workspace:
    """The same, applied, and then half of the files gone: a rail blocks the deletes."""
    quick.apply()
    for key in KEYS[:4]:
        quick.remove(key)
    return quick


def read_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def check_outcome(outcome: dict[str, Any], code: int, reason: str) -> None:
    jsonschema.validate(outcome, read_schema_file("outcome"))
    assert (outcome["applied"], outcome["exit_code"], outcome["refused"]["reason"]) == ({}, code, reason)


def run_on_terminal(
    workspace: Workspace, answer: bytes, *arguments: str, stdout: int = subprocess.PIPE
) -> tuple[int, str, str]:
    ours, theirs = pty.openpty()
    running = start(workspace, *arguments, stdin=theirs, stdout=stdout)
    os.write(ours, answer)
    told, said = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return running.returncode, told, said


def start(workspace: Workspace, *arguments: str, stdin: int, stdout: int) -> "subprocess.Popen[str]":
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    return subprocess.Popen(
        [COMMAND, *arguments],
        cwd=workspace.folder,
        env={**held, **workspace.environment, "HOME": str(workspace.folder)},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def send_until_ended(running: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """Send the signal, a little late and again later: Python forgets one that comes just before a read that waits."""
    for _ in range(12):
        time.sleep(0.2)
        running.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            running.wait(timeout=5)
            return
    running.kill()


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["apply", "--auto-approve"], 5, "blocked"),
        (["apply", "--expect-plan", OTHER_HASH], 6, "stale"),
        (["destroy", "--auto-approve"], 5, "blocked"),
    ],
)
def test_a_run_that_is_refused_ends_with_an_outcome_that_says_why(
    shrunk: Workspace, arguments: list[str], code: int, reason: str
) -> None:
    lines = read_lines(shrunk.run(*arguments, "--json", code=code).stdout)
    whole = shrunk.run(*arguments, "--format", "json", code=code).json()

    assert (lines[0]["type"], lines[-1]["type"]) == ("version", "apply_complete")
    for outcome in (lines[-1]["outcome"], whole):
        check_outcome(outcome, code, reason)
        assert bool(outcome["refused"]["rails"]) == (reason == "blocked")
        assert all(rail["tripped"] for rail in outcome["refused"]["rails"])
    assert len(shrunk.ask_paths()) == 8


def test_a_run_that_is_refused_tells_what_is_live_and_what_it_sent(shrunk: Workspace) -> None:
    made = shrunk.ask("")[0]["id"]

    outcome = shrunk.run("apply", "--auto-approve", "--no-wait", "--format", "json", code=5).json()

    assert outcome["outputs"] == {"collection/s2": {"id": made, "collection": f"byoc-{made}"}}
    assert outcome["waited"] is False
    assert outcome["requests"] > 1


def test_a_run_that_nobody_says_yes_to_ends_with_an_outcome(quick: Workspace) -> None:
    code, told, _ = run_on_terminal(quick, b"n\n", "apply", "--json")
    whole_code, whole, _ = run_on_terminal(quick, b"n\n", "apply", "--format", "json")

    assert (code, whole_code) == (1, 1)
    check_outcome(read_lines(told)[-1]["outcome"], 1, "declined")
    check_outcome(json.loads(whole), 1, "declined")
    assert quick.ask("") == []


def test_an_error_before_the_plan_is_an_outcome_without_secrets(quick: Workspace) -> None:
    faults = {"faults": [{"path": "token", "status": 401, "times": None}]}
    requests.post(f"{quick.environment['SH_BASE_URL']}/_emulator/faults", json=faults, timeout=10).raise_for_status()
    environment = {"SH_CLIENT_SECRET": "a-wrong-secret-of-mine"}

    lines = read_lines(quick.run("apply", "--auto-approve", "--json", code=4, environment=environment).stdout)

    assert [line["type"] for line in lines] == ["version", "apply_complete"]
    check_outcome(lines[-1]["outcome"], 4, "error")
    assert "a-wrong-secret-of-mine" not in str(lines)


def test_a_signal_at_the_question_is_an_outcome(quick: Workspace) -> None:
    ours, theirs = pty.openpty()
    running = start(quick, "apply", "--json", stdin=theirs, stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stderr is not None
    # Seen on stderr, so the signal comes while the answer is waited for.
    while running.stderr.read(1) != "?":
        assert running.poll() is None

    send_until_ended(running, signal.SIGTERM)
    rest, _ = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)

    assert running.returncode == 143
    check_outcome(read_lines(rest)[-1]["outcome"], 143, "interrupted")


def test_the_version_goes_before_what_is_told_of_a_run_that_was_killed(quick: Workspace) -> None:
    quick.run("apply", "--auto-approve", environment={"BYOCPLAN_FAILPOINT": "after_post_before_journal:3"})

    kinds = [line["type"] for line in read_lines(quick.apply("--json").stdout)]

    assert (kinds[0], kinds[1], kinds[-1]) == ("version", "diagnostic", "apply_complete")
    assert kinds.count("version") == 1


@pytest.mark.parametrize("form", [[], ["--json"], ["--format", "json"]])
def test_an_apply_that_nobody_reads_is_finished_and_told_on_stderr(
    quick: Workspace, unread: int, form: list[str]
) -> None:
    running = start(quick, "apply", "--auto-approve", *form, stdin=subprocess.DEVNULL, stdout=unread)
    _, said = running.communicate(timeout=60)

    last = said.splitlines()[-1]
    assert last == (
        "Standard output was closed before the outcome could be told."
        " Applied: 1 collection created; 8 tiles created; 8 INGESTED."
    )
    assert running.returncode == 1
    assert len(quick.ask_paths()) == 8


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout_does_not_end_an_apply_midway(quick: Workspace) -> None:
    with Path("/dev/full").open("w") as full:
        running = start(quick, "apply", "--auto-approve", "--json", stdin=subprocess.DEVNULL, stdout=full.fileno())
        _, said = running.communicate(timeout=60)

    assert "Standard output failed (No space left on device) before the outcome could be told. Applied:" in said
    assert running.returncode == 1
    assert len(quick.ask_paths()) == 8


def test_nobody_is_asked_about_a_plan_that_could_not_be_shown(quick: Workspace, unread: int) -> None:
    code, _, said = run_on_terminal(quick, b"y\n", "apply", stdout=unread)

    assert code == 1
    assert "standard output: was closed before the plan could be shown, and nothing was changed" in said
    assert quick.ask("") == []
