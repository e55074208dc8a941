"""The command in a process that was forked with its libraries loaded: a run costs a third of a fresh process's.

Whoever forks has imported ``command_libraries`` and run nothing of byocplan, so each fork begins as a fresh process
would, and goes through the installed console entry point to the same error boundary.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import IO, Any, TextIO


def run_command(
    arguments: Sequence[str], folder: str, environment: Mapping[str, str], descriptors: tuple[int, int, int]
) -> None:
    """Be ``byocplan`` with these arguments; ``descriptors`` become stdin, stdout and stderr."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
    sys.stdin = open_text(0, sys.__stdin__, "r")
    sys.stdout = open_text(1, sys.__stdout__, "w")
    sys.stderr = open_text(2, sys.__stderr__, "w", buffering=1)
    sys.argv = ["byocplan", *arguments]
    sys.modules["__main__"].__package__ = None  # click names the program by it, and a script has none
    [entry] = entry_points(group="console_scripts", name="byocplan")
    sys.exit(entry.load()())


def run_to_file(arguments: Sequence[str], folder: str, environment: Mapping[str, str], output: str) -> None:
    """Be ``byocplan`` without input; both streams go to the file ``output``."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    run_command(arguments, folder, environment, (nothing, written, written))


def open_text(descriptor: int, first: TextIO | None, mode: str, buffering: int = -1) -> IO[Any]:
    """Open a descriptor as Python opened the stream that it replaces."""
    assert first is not None
    return os.fdopen(descriptor, mode, buffering, encoding=first.encoding, errors=first.errors)
