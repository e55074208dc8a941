"""An apply on a terminal: it shows the plan, asks, and does what the answer says."""

import os
import pty
import select
import time

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, COMMAND, Workspace

LIMIT_S = 90


def run_on_terminal(workspace: Workspace, answer: bytes) -> tuple[int, str]:
    """Run ``byocplan apply`` on a terminal of its own, answer its question, and return exit code and screen."""
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(workspace.folder)
        os.execve(COMMAND, [COMMAND, "apply"], {**held, **workspace.environment, "HOME": str(workspace.folder)})
    screen, is_answered, end_s = b"", False, time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            screen += os.read(terminal, 65_536)
        except OSError:  # the other end is closed
            break
        if not is_answered and b"[y/N]" in screen:
            os.write(terminal, answer)
            is_answered = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), screen.decode(errors="replace")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize(("answer", "code", "tiles"), [(b"n\n", 1, 0), (b"y\n", 0, 1)])
def test_an_apply_asks_on_a_terminal_and_does_as_told(
    workspace: Workspace, answer: bytes, code: int, tiles: int
) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    left_with, screen = run_on_terminal(workspace, answer)

    assert left_with == code, screen
    assert "1 tile to create" in screen
    assert len(workspace.ask_paths()) == tiles
