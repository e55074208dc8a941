"""Where the demo plays: a folder, a bucket and an emulator. Touches files, loopback sockets and child processes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from byocplan.errors import ArgumentError, ByocplanError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Marks a folder that the demo made and may therefore empty.
MARKER = ".byocplan-demo"

COMMAND_LIMIT_S = 100


class DemoError(ByocplanError):
    """A step of the demo did not go as expected."""

    def __init__(self, step: str, expected: str, output: str) -> None:
        self.step, self.expected, self.output = step, expected, output
        super().__init__(f"the demo stopped at {step!r}: expected {expected}, and got\n{output}")


def clear_folder(folder: Path) -> None:
    """Make ``folder`` an empty one of ours; ArgumentError when it holds something the demo did not write."""
    from shutil import rmtree

    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise ArgumentError(f"{folder} is not empty", hint="name another folder with --folder")
        rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Made by `byocplan demo`, which may delete this folder.\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder with the manifests, the emulator's environment and what was told so far."""

    folder: Path
    environment: Mapping[str, str]
    told: list[str] = field(default_factory=list)

    def tell(self, title: str, text: str) -> None:
        """Open a step: a numbered title and a sentence or two."""
        self.told.append(title)
        click.echo()
        click.secho(f"{len(self.told)}. {title}", bold=True)
        click.echo(text)

    def run(self, *arguments: str, code: int, shows: str = "", hidden: bool = False) -> str:
        """Run ``byocplan`` in the folder, echo what it prints, and return its stdout.

        DemoError when it leaves with another exit code than ``code`` or its output lacks ``shows``.
        """
        if not hidden:
            click.secho(f"\n$ byocplan {shlex.join(arguments)}", fg="cyan")
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "byocplan", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
        if not hidden:
            click.echo(done.stdout.rstrip())
        if done.returncode != code or shows not in done.stdout:
            wanted = f"exit code {code} (was {done.returncode})" + (f" and {shows!r}" if shows else "")
            raise DemoError(self.told[-1], wanted, done.stdout if hidden else "the output above")
        return done.stdout
