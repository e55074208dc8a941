"""Where things stand in manifests: sources, places in them, and the problems found there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file, and where it came from.

    ``name`` is what the user would type, ``folder`` where its relative paths start, ``roots`` the real folders that no
    file may leave. ``lines`` are split as YAML counts them.
    """

    name: str
    lines: tuple[str, ...]
    folder: Path
    roots: tuple[Path, ...]
    is_stdin: bool = False

    def get_line(self, line: int) -> str:
        """Return line ``line`` (from 1), empty when there is none."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def make_problem(self, line: int, column: int, message: str, hint: str = "") -> Problem:
        """Return a problem at a line and column, both from 1."""
        return Problem(self.name, line, column, message, snippet=self.get_line(line), hint=hint)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source; ``line`` and ``column`` count from 1, ``pointer`` is a JSON pointer into the document."""

    source: Source
    line: int
    column: int
    pointer: str

    @property
    def text(self) -> str:
        """``file:line``."""
        return f"{self.source.name}:{self.line}"

    def make_problem(self, message: str, hint: str = "", *, is_warning: bool = False) -> Problem:
        """Return a problem at this place."""
        snippet = self.source.get_line(self.line)
        return Problem(self.source.name, self.line, self.column, message, self.pointer, snippet, hint, is_warning)


def extend_pointer(pointer: str, key: str | int) -> str:
    """Return the JSON pointer one step further down."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
