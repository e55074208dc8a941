"""What the terminal can show, and the only place that prints: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.view.style import Style


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
            click.echo(piece, file=sys.stdout, color=True, nl=False)

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
    click.echo(text.rstrip("\n"), file=stream, color=True)


def drop_unwritable(stream: TextIO) -> None:
    """Let go of output that cannot be written: Python would fail again, with a code of its own, at exit."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
