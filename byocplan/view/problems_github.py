"""Problems of the input in, commands of GitHub Actions out, which shows them beside the lines of a pull request. Pure.

These lines are meant to be obeyed. What stands in them is cleaned first, then escaped as the runner undoes it, so that
no name ends a command or begins another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.problem_rules import has_file
from byocplan.view.problems import PROBLEMS_SHOWN, sort_problems
from byocplan.view.words import format_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.errors import Problem

PATH_LIMIT = 4096
#: Source: actions/toolkit, packages/core/src/command.ts, escapeData and escapeProperty; ``%`` has to be the first.
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}


def render_problems_github(problems: Sequence[Problem]) -> str:
    """Return a line a problem, in order of place, at most ``PROBLEMS_SHOWN``, and one that counts the rest."""
    ranked = sort_problems(problems)
    lines = [_render_command(problem) for problem in ranked[:PROBLEMS_SHOWN]]
    rest = format_rest(len(ranked), len(lines), "problem")
    return "".join(f"{line}\n" for line in [*lines, *(f"::notice::{text}" for text in rest)])


def _render_command(problem: Problem) -> str:
    properties = {"file": problem.file, "line": problem.line, "col": problem.column} if has_file(problem) else {}
    named = ",".join(
        f"{name}={_escape(clean(str(value), PATH_LIMIT), PROPERTY)}" for name, value in properties.items() if value
    )
    hint = f"\nhint: {clean(problem.hint)}" if problem.hint else ""
    word = "warning" if problem.is_warning else "error"
    return f"::{word}{' ' if named else ''}{named}::{_escape(f'{clean(problem.message)}{hint}', DATA)}"


def _escape(text: str, signs: dict[str, str]) -> str:
    for sign, escaped in signs.items():
        text = text.replace(sign, escaped)
    return text
