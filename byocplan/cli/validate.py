"""``byocplan validate``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan validate manifests/")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def validate_command(
    terminal: Terminal,
    given: Input,
    output: str,
) -> int:
    """Check manifests, offline; every problem of every file in one pass.

    PATHS are files or folders (default: this folder); - is standard input. Leaves with 0, or 3 when something is
    wrong.
    """
    from byocplan.view.problems import render_problems, render_problems_json
    from byocplan.workflow.validate import validate

    answer = validate(given.paths, given.options)
    if output == "json":
        terminal.result(render_problems_json(answer.problems))
    elif answer.problems:
        terminal.complain(render_problems(answer.problems, terminal.style(sys.stderr)))
    if answer.is_valid and output == "text":
        files = f"{answer.files} file{'' if answer.files == 1 else 's'}"
        count = f"{answer.collections} collection{'' if answer.collections == 1 else 's'}"
        terminal.result(f"Valid: {count} in {files}.")
    return 0 if answer.is_valid else 3
