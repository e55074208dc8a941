"""What the terminal can show, and the only place that prints: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.view.style import Style


#: Each says that a CI system keeps what is printed, and obeys some of it.
CI_VARIABLES = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")


@dataclass(frozen=True, slots=True)
class Terminal:
    """How to write. ``verbosity`` is -1 for quiet, 0, 1 or more; ``no_color`` is what the user asked for."""

    verbosity: int = 0
    no_color: bool = False

    @staticmethod
    def open(*, verbosity: int, no_color: bool) -> Terminal:
        """Return the terminal as options and environment (``NO_COLOR``) describe it."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return Terminal(verbosity, no_color or bool(os.environ.get("NO_COLOR")))

    def style(self, stream: TextIO | None = None) -> Style:
        """Return the style for ``stream`` (stdout): ``FORCE_COLOR`` goes before what the stream is."""
        from byocplan.view.style import Style

        target = stream or sys.stdout
        color = not self.no_color and (bool(os.environ.get("FORCE_COLOR")) or target.isatty())
        encoding = (getattr(target, "encoding", None) or "ascii").lower().replace("-", "")
        return Style(color=color, unicode=not self.no_color and encoding == "utf8")

    def result(self, text: str) -> None:
        """Write the command's result to stdout."""
        _echo(text, sys.stdout)

    def stream(self, pieces: Iterable[str]) -> None:
        """Write a result that comes in pieces to stdout, each as it comes; they bring their own line ends."""
        for piece in pieces:
            _write(piece, sys.stdout)

    def is_obeyed(self) -> bool:
        """Tell whether stdout may go where text is obeyed: a terminal, or the log of a CI system; a file is neither."""
        if sys.stdout.isatty():
            return True
        is_logged = any(os.environ.get(name) for name in CI_VARIABLES)
        return is_logged and not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)

    def note(self, text: str) -> None:
        """Write something beside the result to stderr, unless quiet."""
        if self.verbosity >= 0:
            _echo(text, sys.stderr)

    def detail(self, text: str) -> None:
        """Write what only ``-v`` asks for."""
        if self.verbosity > 0:
            _echo(text, sys.stderr)

    def complain(self, text: str) -> None:
        """Write what is wrong to stderr, also when quiet."""
        _echo(text, sys.stderr)


def _echo(text: str, stream: TextIO) -> None:
    """Write text whose colours are settled: click would take them away again when the stream is no terminal."""
    _write(text.rstrip("\n") + "\n", stream)


def _write(text: str, stream: TextIO) -> None:
    try:
        click.echo(text, file=stream, color=True, nl=False)
    except BrokenPipeError:
        # Whoever read has seen enough: nothing to tell anybody.
        raise
    except OSError as error:
        from byocplan.outfile import make_output_error

        raise make_output_error("standard output" if stream is sys.stdout else "standard error", error) from error


def drop_unwritable(stream: TextIO) -> None:
    """Let go of output that cannot be written: Python would fail again, with a code of its own, at exit."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
