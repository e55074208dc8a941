"""The files by which a step of GitHub Actions talks to the next one and to its reader. Appends to these two files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.plan import Plan

OUTPUT, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"


def write_step_outputs(plan: Plan, environment: Mapping[str, str] = os.environ) -> None:
    """Append the plan's outputs to the file that ``GITHUB_OUTPUT`` names, if it does. Raises OutputError."""
    from byocplan.view.step_outputs import render_step_outputs

    if environment.get(OUTPUT):
        _append(environment[OUTPUT], render_step_outputs(plan, f"byocplan-{secrets.token_hex(16)}"))


def write_step_summary(markdown: str, environment: Mapping[str, str] = os.environ) -> None:
    """Append Markdown to the file that ``GITHUB_STEP_SUMMARY`` names, if it does. Raises OutputError."""
    if environment.get(SUMMARY):
        _append(environment[SUMMARY], markdown)


def _append(path: str, text: str) -> None:
    from byocplan.outfile import make_output_error

    try:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise make_output_error(Path(path), error) from error
