"""``byocplan validate``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.errors import Problem


FORMATS = ("text", "json", "sarif", "junit", "github")


@click.command(epilog="Example:  byocplan validate manifests/")
@manifest_options
@click.option("--format", "output", type=click.Choice(FORMATS), default="text", show_default=True)
@click.pass_obj
def validate_command(
    terminal: Terminal,
    given: Input,
    output: str,
) -> int:
    """Check manifests, offline; every problem of every file in one pass.

    PATHS are files or folders (default: this folder); - is standard input. Leaves with 0, or 3 when something is
    wrong. SARIF is for code scanning, JUnit for test reports, github for notes beside the lines of a pull request.
    """
    from byocplan.view.problems import render_problems
    from byocplan.workflow.validate import validate

    answer = validate(given.paths, given.options)
    if output != "text":
        terminal.result(_render(answer.problems, output))
    elif answer.problems:
        terminal.complain(render_problems(answer.problems, terminal.style(sys.stderr)))
    if answer.is_valid and output in {"text", "github"}:
        files = f"{answer.files} file{'' if answer.files == 1 else 's'}"
        count = f"{answer.collections} collection{'' if answer.collections == 1 else 's'}"
        terminal.result(f"Valid: {count} in {files}.")
    return 0 if answer.is_valid else 3


def _render(problems: Sequence[Problem], output: str) -> str:
    from byocplan.view.problems import render_problems_json
    from byocplan.view.problems_github import render_problems_github
    from byocplan.view.problems_junit import render_problems_junit
    from byocplan.view.problems_sarif import render_problems_sarif

    renderers = {
        "json": render_problems_json,
        "sarif": render_problems_sarif,
        "junit": render_problems_junit,
        "github": render_problems_github,
    }
    return renderers[output](problems)
