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
