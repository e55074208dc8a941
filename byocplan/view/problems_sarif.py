"""Problems of the input in, SARIF 2.1.0 out: one run, one result a problem. Pure.

Source: OASIS SARIF 2.1.0 with errata 01, sections 3.4 (artifact locations), 3.27 (results) and 3.30 (regions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from byocplan import __version__
from byocplan.view.clean import clean
from byocplan.view.json_text import encode_json
from byocplan.view.problem_rules import RULES, get_rule, has_file
from byocplan.view.problems import sort_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.errors import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Relative addresses start where the command ran; code scanning takes that for the root of the repository.
ROOT = "%SRCROOT%"


def render_problems_sarif(problems: Sequence[Problem]) -> str:
    """Return the problems as a SARIF log, in order of place; columns count code points."""
    driver = {
        "name": "byocplan",
        "version": __version__,
        "rules": [{"id": rule.id, "shortDescription": {"text": rule.text}} for rule in RULES],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_make_result(problem) for problem in sort_problems(problems)],
    }
    return encode_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _make_result(problem: Problem) -> dict[str, object]:
    rule = get_rule(problem)
    hint = f" ({clean(problem.hint)})" if problem.hint else ""
    result: dict[str, object] = {
        "ruleId": rule.id,
        "ruleIndex": RULES.index(rule),
        "level": "warning" if problem.is_warning else "error",
        "message": {"text": f"{clean(problem.message)}{hint}"},
    }
    return {**result, "locations": [_make_location(problem)]} if has_file(problem) else result


def _make_location(problem: Problem) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": _make_artifact(problem.file)}
    if problem.line:
        physical["region"] = _make_region(problem)
    location: dict[str, object] = {"physicalLocation": physical}
    if problem.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": clean(problem.pointer), "kind": "member"}]
    return location


def _make_artifact(file: str) -> dict[str, object]:
    path = quote(file, errors="backslashreplace")
    return {"uri": f"file://{path}"} if path.startswith("/") else {"uri": path, "uriBaseId": ROOT}


def _make_region(problem: Problem) -> dict[str, object]:
    region: dict[str, object] = {"startLine": problem.line}
    if problem.column:
        region["startColumn"] = problem.column
    return {**region, "snippet": {"text": clean(problem.snippet)}} if problem.snippet.strip() else region
