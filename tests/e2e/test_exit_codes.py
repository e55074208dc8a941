"""Each exit code of the table, through the installed command; where several hold, the one that goes first."""

import os
import pty
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.model.project import Project
from byocplan.state import open_local_state
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, COMMAND, Workspace

PATTERN = "{year}/(BAND).tif"
BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
PLAN_FILE = "plan.byocplan"
LONG_S = 600


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose tiles are not ingested while the test lasts."""
    with Emulator(EmulatorSettings(port=0, ingest=f"seconds:{LONG_S}")) as emulator:
        yield make_workspace(emulator, tmp_path / "stuck", "imagery")


def describe(workspace: Workspace, good: int = 1, bad: int = 0) -> Workspace:
    """Write manifests and files: bad ones, which are no images, of the years before the good ones."""
    for i in range(bad + good):
        workspace.put(f"{2000 + i}/B02.tif", make_cog() if i >= bad else b"no image")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=BANDS, tiles=[{"pattern": PATTERN}]))
    return workspace


def add_fault(workspace: Workspace, **fault: object) -> None:
    script(workspace, {"faults": [{"method": "POST", "path": "/tiles$", **fault}]})


def script(workspace: Workspace, body: object) -> None:
    requests.post(f"{workspace.environment['SH_BASE_URL']}/_emulator/faults", json=body, timeout=10).raise_for_status()


def start(workspace: Workspace, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    return subprocess.Popen(
        [COMMAND, *arguments],
        cwd=workspace.folder,
        env={**held, **workspace.environment, "HOME": str(workspace.folder)},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(is_done: Callable[[], bool], timeout_s: float = 60) -> None:
    end_s = time.monotonic() + timeout_s
    while not is_done():
        assert time.monotonic() < end_s
        time.sleep(0.1)


def count_posts(workspace: Workspace) -> int:
    url = f"{workspace.environment['SH_BASE_URL']}/_emulator/requests"
    asked = requests.get(url, timeout=10).json()["requests"]
    return sum(each["method"] == "POST" and each["path"].endswith("/tiles") for each in asked)


def test_0_when_there_is_nothing_to_do_or_all_is_done_and_2_for_changes_when_asked(workspace: Workspace) -> None:
    describe(workspace)

    workspace.run("plan", code=0)
    workspace.run("plan", "--detailed-exitcode", code=2)
    workspace.apply(code=0)
    workspace.apply(code=0)
    workspace.run("plan", "--detailed-exitcode", code=0)


def test_0_without_drift_and_2_with_it(workspace: Workspace) -> None:
    describe(workspace)
    workspace.run("drift", code=0)
    workspace.apply(code=0)
    workspace.run("drift", code=0)
    [collection] = workspace.ask("")

    workspace.call("DELETE", f"/{collection['id']}")

    workspace.run("drift", code=2)


def test_1_when_s3_does_not_answer(workspace: Workspace) -> None:
    describe(workspace)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    workspace.environment["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{port}"

    assert "S3" in workspace.run("plan", code=1).stderr


def test_1_when_the_prompt_is_declined(workspace: Workspace) -> None:
    describe(workspace)
    ours, theirs = pty.openpty()

    running = start(workspace, "apply", stdin=theirs)
    os.write(ours, b"n\n")
    text, _ = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)

    assert running.returncode == 1
    assert "Nothing was changed." in text
    assert workspace.ask("") == []


def test_1_when_the_state_is_damaged(workspace: Workspace) -> None:
    describe(workspace)
    workspace.write("byocplan.lock.yaml", "{")

    workspace.run("plan", code=1)


@pytest.mark.parametrize("arguments", [("plan", "--no-such-option"), ("plan", "nowhere.yaml"), ("apply", "--ack", "x")])
def test_3_for_arguments_that_are_wrong(workspace: Workspace, arguments: tuple[str, ...]) -> None:
    describe(workspace)

    workspace.run(*arguments, code=3)


def test_3_for_manifests_that_are_wrong_and_4_for_credentials(workspace: Workspace) -> None:
    describe(workspace)

    workspace.run("plan", environment={"SH_CLIENT_SECRET": ""}, code=4)
    script(workspace, {"faults": [{"path": "token", "status": 401, "times": None}]})
    workspace.run("plan", code=4)
    workspace.write("s2.yaml", "kind: Nothing")
    workspace.run("plan", code=3)


def test_5_when_a_rail_blocks(workspace: Workspace) -> None:
    describe(workspace)
    workspace.apply()
    (workspace.folder / "s2.yaml").unlink()

    assert "collectionDeletes" in workspace.apply(code=5).text
    assert len(workspace.ask_paths()) == 1


def test_6_when_a_plan_is_damaged_or_another_one(workspace: Workspace) -> None:
    describe(workspace)
    workspace.run("plan", "--out", PLAN_FILE, code=0)
    content = bytearray((workspace.folder / PLAN_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (workspace.folder / PLAN_FILE).write_bytes(content)

    workspace.run("apply", "--plan", PLAN_FILE, code=6)
    workspace.run("apply", "--expect-plan", "0" * 64, code=6)
    assert workspace.ask("") == []


def test_7_when_a_change_is_refused_and_0_when_run_again(workspace: Workspace) -> None:
    describe(workspace, good=2)
    add_fault(workspace, status=400)

    workspace.apply(code=7)
    workspace.apply(code=0)


def test_8_while_another_run_holds_the_lease(workspace: Workspace) -> None:
    describe(workspace)
    state = open_local_state(Project(folder=str(workspace.folder)))

    with state.lease("another-run"):
        refused = workspace.apply(code=8)

    assert "another-run" in refused.text
    workspace.apply(code=0)


def test_9_when_ingestion_does_not_end_in_time_and_7_goes_before_it(stuck: Workspace) -> None:
    describe(stuck, good=2)
    add_fault(stuck, status=400)

    stuck.apply("--timeout", "0.2", code=7)
    stuck.apply("--timeout", "0.2", code=9)


def test_10_when_ingestion_fails_and_7_goes_before_it(workspace: Workspace) -> None:
    describe(workspace, good=1, bad=2)
    add_fault(workspace, status=400, after=2)

    workspace.apply("--parallelism", "1", code=7)
    workspace.put("1999/B02.tif", b"no image")
    workspace.apply(code=10)


def test_10_goes_before_9(stuck: Workspace) -> None:
    """The emulator's clock jumps before the second tile comes: the first one's time is over, the second one's begins."""
    describe(stuck, good=1, bad=1)
    script(stuck, {"faults": [f"POST */tiles nth=2 clock={2 * LONG_S}"]})

    outcome = stuck.apply("--parallelism", "1", "--timeout", "2", "--format", "json", code=10).json()

    assert (outcome["ingestion_failed"], outcome["pending"]) == (1, 1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_when_interrupted(stuck: Workspace, number: signal.Signals, code: int) -> None:
    describe(stuck)

    running = start(stuck, "apply", "--auto-approve")
    wait_until(lambda: count_posts(stuck) == 1)
    running.send_signal(number)
    text, _ = running.communicate(timeout=30)

    assert running.returncode == code, text
    assert "Traceback" not in text


def test_a_run_without_room_for_its_tiles_says_where_and_leaves_no_crash_report(workspace: Workspace) -> None:
    describe(workspace, good=2)
    environment = {"PATH": os.environ["PATH"], **workspace.environment, "HOME": str(workspace.folder)}
    # As on a full disk: no file may grow past a few blocks. Python would leave modules that it compiles cut off there.
    command = ["sh", "-c", 'ulimit -f 8; exec "$0" plan', COMMAND]

    done = subprocess.run(
        command,
        cwd=workspace.folder,
        env=environment | {"TMPDIR": str(workspace.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"{workspace.folder}: there is no room for the temporary files of this run; make room" in done.stderr
    assert not list(workspace.folder.rglob("crash-*"))
    assert not list(workspace.folder.glob("byocplan-sets-*"))
