"""Problems of the input as text and JSON."""

import json

from byocplan.errors import Problem
from byocplan.view.problems import render_problems, render_problems_json
from byocplan.view.style import PLAIN

TWO_PROBLEMS = """\
a.yaml:3:5: error: unknown key "nodata"   (/spec/nodata)
    3 |     nodata: 0
      |     ^
  hint: did you mean noData?

b.yaml: warning: the file is empty

1 problem, 1 warning
"""


def make_unknown_key() -> Problem:
    """Return an everyday mistake."""
    hint = "did you mean noData?"
    return Problem("a.yaml", 3, 5, 'unknown key "nodata"', "/spec/nodata", "    nodata: 0", hint)


def test_problems_stand_in_order_of_place_with_a_caret_below_the_column() -> None:
    warning = Problem("b.yaml", 0, 0, "the file is empty", is_warning=True)

    assert render_problems([warning, make_unknown_key()], PLAIN) == TWO_PROBLEMS


def test_the_caret_counts_escapes_and_wide_characters() -> None:
    text = render_problems([Problem("a", 1, 4, "x", snippet="\t日x!")], PLAIN)

    line, caret = text.splitlines()[1:3]
    assert line.endswith("| \\t日x!")
    assert caret == "      | " + " " * 5 + "^"


def test_of_a_long_line_only_the_neighbourhood_is_shown() -> None:
    text = render_problems([Problem("a", 1, 5001, "x", snippet="a" * 5000 + "b" + "c" * 5000)], PLAIN)

    line, caret = text.splitlines()[1:3]
    assert len(line) < 140
    assert line[caret.index("^")] == "b"


def test_a_column_beyond_the_line_points_at_its_end() -> None:
    text = render_problems([Problem("a", 1, 99, "x", snippet="ab:")], PLAIN)

    assert text.splitlines()[2] == "      |    ^"


def test_ten_thousand_problems_are_cut_and_counted() -> None:
    text = render_problems([make_unknown_key()] * 10_000, PLAIN)

    assert text.endswith("and 9,800 more problems\n\n10,000 problems\n")


def test_the_json_tells_whether_the_input_is_valid() -> None:
    warning = Problem("b.yaml", 0, 0, "the file is empty", is_warning=True)

    assert json.loads(render_problems_json([]))["valid"] is True
    assert json.loads(render_problems_json([warning]))["valid"] is True
    document = json.loads(render_problems_json([warning, make_unknown_key()]))
    assert (document["valid"], document["errors"], document["warnings"]) == (False, 1, 1)
    assert document["problems"][0] == {
        "severity": "error",
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "message": 'unknown key "nodata"',
        "pointer": "/spec/nodata",
        "snippet": "    nodata: 0",
        "hint": "did you mean noData?",
    }
