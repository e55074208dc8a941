"""Starts the command in forks of a server that has its libraries loaded; what they print lies in files."""

import multiprocessing
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.command_child import Streams, run_command

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.command_libraries"])

TIMEOUT_S = 300


def make_process(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], streams: Streams
) -> BaseProcess:
    """Return the command as a process that is not started yet."""
    given = (arguments, str(folder), dict(environment), streams)
    process: BaseProcess = CONTEXT.Process(target=run_command, args=given, daemon=True)
    return process


def run_forked(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str
) -> tuple[int, str, str]:
    """Run the command to its end; return its exit code and what it wrote to stdout and to stderr."""
    with TemporaryDirectory() as held:
        names = [Path(held, name) for name in ("stdin", "stdout", "stderr")]
        names[0].write_text(stdin, encoding="utf-8")
        streams = Streams(stdin=str(names[0]), stdout=str(names[1]), stderr=str(names[2]))
        process = make_process(arguments, folder, environment, streams)
        process.start()
        process.join(TIMEOUT_S)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"{arguments} took too long\n{names[1].read_text()}{names[2].read_text()}")
        return process.exitcode, names[1].read_text(encoding="utf-8"), names[2].read_text(encoding="utf-8")
