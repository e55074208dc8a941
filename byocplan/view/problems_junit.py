"""Problems of the input in, JUnit XML out: a test case a problem. Pure.

What XML cannot hold is written as an escape, as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean_html
from byocplan.view.problem_rules import get_rule
from byocplan.view.problems import sort_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.errors import Problem

SUITE = "byocplan validate"
#: Stands alone where nothing is wrong: a suite without a case looks as if nothing had run.
PASSED = f'    <testcase classname="{SUITE}" name="manifests"/>\n'


def render_problems_junit(problems: Sequence[Problem]) -> str:
    """Return one suite, in order of place: an error is a failure, a warning a case that passes and says something."""
    failures = sum(not problem.is_warning for problem in problems)
    cases = "".join(_render_case(problem) for problem in sort_problems(problems)) or PASSED
    counts = f'name="{SUITE}" tests="{max(1, len(problems))}" failures="{failures}" errors="0" skipped="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites>\n  <testsuite {counts}>\n{cases}  </testsuite>\n</testsuites>\n"
    )


def _render_case(problem: Problem) -> str:
    file, message = clean_html(problem.file), clean_html(problem.message)
    text = "\n".join(clean_html(part) for part in (problem.place, problem.message, problem.hint) if part)
    body = (
        f"<system-out>{text}</system-out>"
        if problem.is_warning
        else f'<failure type="{get_rule(problem).id}" message="{message}">{text}</failure>'
    )
    name = f"{clean_html(problem.place)}: {message}"
    return f'    <testcase classname="{file}" name="{name}">{body}</testcase>\n'
