"""Every file in positive/ and negative/ is a test: a line of the latter says after ``#!`` what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from byocplan.manifest import ReadOptions, check_manifests, read_manifests

HERE = Path(__file__).parent
POSITIVE = sorted((HERE / "positive").glob("*.y*ml"))
NEGATIVE = sorted((HERE / "negative").glob("*.yaml"))


@pytest.mark.parametrize("path", POSITIVE, ids=lambda path: path.stem)
def test_a_positive_manifest_is_read_without_a_warning(path: Path) -> None:
    loaded = read_manifests([str(path)], ReadOptions())

    assert loaded.manifests.collections
    assert loaded.warnings == ()


@pytest.mark.parametrize("path", NEGATIVE, ids=lambda path: path.stem)
def test_a_negative_manifest_has_exactly_the_problems_it_announces(path: Path) -> None:
    expected = [(number, text) for number, line in enumerate(_lines(path), 1) for text in _announced(line)]

    problems = check_manifests([str(path)], ReadOptions())

    unexpected = [problem for problem in problems if not _is_announced(problem.line, problem.message, expected)]
    missing = [each for each in expected if not any(_is_announced(p.line, p.message, [each]) for p in problems)]
    assert (unexpected, missing) == ([], [])
    assert len(problems) == len(expected)


@pytest.mark.parametrize("path", NEGATIVE, ids=lambda path: path.stem)
def test_every_problem_has_its_line_as_snippet_and_a_column_inside_of_it(path: Path) -> None:
    lines = _lines(path)

    problems = check_manifests([str(path)], ReadOptions())

    assert {problem.file for problem in problems} == {str(path)}
    assert all(problem.snippet == lines[problem.line - 1] for problem in problems)
    assert all(1 <= problem.column <= len(problem.snippet) for problem in problems)


def test_twenty_mistakes_are_twenty_problems_in_one_pass() -> None:
    problems = check_manifests([str(HERE / "negative" / "twenty-mistakes.yaml")], ReadOptions())

    assert len(problems) == 20


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def _announced(line: str) -> list[str]:
    return [text.strip() for text in line.split("#!")[1:]]


def _is_announced(line: int, message: str, expected: list[tuple[int, str]]) -> bool:
    return any(line == number and text in message for number, text in expected)
