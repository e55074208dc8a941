"""Runs the command in forks of a server that has its libraries loaded, started once for all tests of a process."""

import atexit
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp

from tests.support import command_client

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 300


@cache
def start_server() -> Path:
    """Start the server and return its folder; both go with this process."""
    folder = Path(mkdtemp(prefix="byocplan-commands-"))
    command = [sys.executable, "-m", "tests.support.command_server", str(folder / "socket")]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(server.communicate)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return folder


@cache
def make_programs() -> Path:
    """Return a folder like a venv's ``bin``: ``python``, and a ``byocplan`` that has the server run it."""
    folder = start_server() / "bin"
    folder.mkdir()
    source = Path(command_client.__file__).read_text(encoding="utf-8")
    known = source.replace('ADDRESS = ""', f"ADDRESS = {str(start_server() / 'socket')!r}")
    (folder / "byocplan").write_text(f"#!{sys.executable} -IS\n{known}", encoding="utf-8")
    (folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    for each in folder.iterdir():
        each.chmod(0o755)
    return folder


def run_forked(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str = ""
) -> tuple[int, str, str]:
    """Run the command to its end; return its exit code and what it wrote to stdout and to stderr."""
    with TemporaryFile("w+", encoding="utf-8") as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        descriptors = (given.fileno(), out.fileno(), err.fileno())
        address = str(start_server() / "socket")
        code = command_client.ask(address, arguments, str(folder), environment, descriptors, TIMEOUT_S)
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()
