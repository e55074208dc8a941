"""Problems of the input in, text or JSON out: place, message, snippet with a caret, pointer, hint. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.caret import list_caret
from byocplan.view.clean import LONG, clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.style import Paint
from byocplan.view.words import format_count, format_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.errors import Problem
    from byocplan.view.style import Style

PROBLEMS_SHOWN = 200


def render_problems(problems: Sequence[Problem], style: Style) -> str:
    """Return the problems in order of file and line, each with its snippet, and a line that counts them."""
    ranked = sort_problems(problems)
    blocks = ["\n".join(_list_problem(problem, style)) for problem in ranked[:PROBLEMS_SHOWN]]
    rest = format_rest(len(ranked), len(blocks), "problem")
    return "\n\n".join([*blocks, *rest, _render_count(problems)]) + "\n"


def render_problems_json(problems: Sequence[Problem]) -> str:
    """Return the problems as JSON; ``valid`` tells whether there is no error among them."""
    errors = sum(not problem.is_warning for problem in problems)
    document = {
        "format_version": FORMAT_VERSION,
        "valid": errors == 0,
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": [_make_problem(problem) for problem in sort_problems(problems)],
    }
    return encode_json(document)


def sort_problems(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems in order of file, line and column."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))


def _make_problem(problem: Problem) -> dict[str, object]:
    return {
        "severity": "warning" if problem.is_warning else "error",
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "pointer": problem.pointer,
        "snippet": problem.snippet,
        "hint": problem.hint,
    }


def _list_problem(problem: Problem, style: Style) -> list[str]:
    word, paint = ("warning", Paint.YELLOW) if problem.is_warning else ("error", Paint.RED)
    pointer = f"   ({clean(problem.pointer)})" if problem.pointer else ""
    place = style.paint(clean(problem.place), Paint.BOLD)
    lines = [f"{place}: {style.paint(word, paint)}: {clean(problem.message)}{pointer}"]
    lines += _list_snippet(problem, style)
    return [*lines, f"  hint: {clean(problem.hint, LONG)}"] if problem.hint else lines


def _list_snippet(problem: Problem, style: Style) -> list[str]:
    """Return the source line and, where the column is known, a caret below it."""
    if not problem.snippet.strip():
        return []
    text, caret = list_caret(problem.snippet, min(max(problem.column - 1, 0), len(problem.snippet)), style)
    lines = [f"{problem.line:>5} | {text}"]
    return [*lines, f"      | {caret}"] if problem.column else lines


def _render_count(problems: Sequence[Problem]) -> str:
    errors = sum(not problem.is_warning for problem in problems)
    warnings = len(problems) - errors
    parts = [format_count(errors, "problem")] if errors or not warnings else []
    return ", ".join([*parts, format_count(warnings, "warning")] if warnings else parts)
