"""What ends a command, and the exit code it leaves with."""

import signal
import subprocess
import sys

import pytest

CHILD = """
import sys
import click
from byocplan.cli.boundary import run_guarded
from byocplan.sets.engine import Engine, EngineOptions

@click.command()
def working():
    engine = Engine(EngineOptions())
    print("begun", flush=True)
    engine.run("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b")

sys.exit(run_guarded(working))
"""


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Stopped by SIGTERM.")],
)
def test_a_signal_while_the_engine_computes_ends_the_command(number: signal.Signals, code: int, text: str) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()

        child.send_signal(number)
        _, said = child.communicate(timeout=60)

    assert (child.returncode, said.decode().strip()) == (code, text)


REFUSED = """
import errno, os, sys
import click
from byocplan.cli.boundary import run_guarded

@click.command()
@click.argument("number")
@click.argument("name", required=False)
def working(number, name):
    code = getattr(errno, number)
    raise OSError(code, os.strerror(code), int(name) if name and name.isdigit() else name)

sys.exit(run_guarded(working))
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["EACCES", "a/b"], "a/b: Permission denied; change its permissions"),
        (["EROFS", "a"], "a: Read-only file system; this file system is read-only: choose another place"),
        (["EISDIR", "5"], "standard output, or a file of this run: Is a directory; a folder has this name"),
        (["EMFILE", "a"], "a: Too many open files; too many files are open: raise the limit (`ulimit -n`)"),
        (["ENOTDIR", "a/b"], "a/b: Not a directory; a part of this path is a file"),
        (["ENOSPC"], "standard output, or a file of this run: No space left on device; free disk space"),
        (["EIO", "a\x1b[2J"], "a\\x1b[2J: Input/output error; check the path, its permissions and the disk"),
    ],
)
def test_what_the_system_refuses_is_told_with_the_place_and_what_to_do(arguments: list[str], said: str) -> None:
    done = subprocess.run([sys.executable, "-c", REFUSED, *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert done.stderr.count("\n") == 1
