"""The command in a process that was forked with its libraries loaded: a run costs a fifth of a fresh process's.

The fork server imports and runs nothing else, so each fork begins as a fresh process would, and goes through the
installed console entry point to the same error boundary.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import IO, Any, TextIO


@dataclass(frozen=True, slots=True)
class Streams:
    """The files of a run; without one for ``stderr`` it goes where ``stdout`` does."""

    stdout: str
    stderr: str = ""
    stdin: str = os.devnull


def run_command(arguments: tuple[str, ...], folder: str, environment: Mapping[str, str], streams: Streams) -> None:
    """Be ``byocplan`` with these arguments."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    open_streams(streams)
    sys.argv = ["byocplan", *arguments]
    [entry] = entry_points(group="console_scripts", name="byocplan")
    sys.exit(entry.load()())


def open_streams(streams: Streams) -> None:
    """Put the files into the places of the three standard streams, as Python opens them at its start."""
    os.dup2(os.open(streams.stdin, os.O_RDONLY), 0)
    written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(streams.stdout, written, 0o600), 1)
    os.dup2(os.open(streams.stderr, written, 0o600) if streams.stderr else 1, 2)
    sys.stdin = open_text(0, sys.__stdin__, "r")
    sys.stdout = open_text(1, sys.__stdout__, "w")
    sys.stderr = open_text(2, sys.__stderr__, "w", buffering=1)


def open_text(descriptor: int, first: TextIO | None, mode: str, buffering: int = -1) -> IO[Any]:
    """Open a descriptor as Python opened the stream that it replaces."""
    assert first is not None
    return os.fdopen(descriptor, mode, buffering, encoding=first.encoding, errors=first.errors)
