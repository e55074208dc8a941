"""The preflight report as text and JSON."""

import json

import jsonschema

from byocplan.model.address import make_address
from byocplan.model.preflight import PreflightReport, RuleCount
from byocplan.schemafiles import read_schema_file
from byocplan.view.preflight import render_preflight, render_preflight_json
from byocplan.view.style import PLAIN

SHOWN = """\
collection/s2   refused   100 of 1,192,085 tiles checked, 300 files   12 tiles would fail by 13 files
  refused  compression  13   rule: DEFLATE or none
           a/B1.tif   JPEG is not supported
           and 12 more like this
  advice   overviews  1   rule: overviews
           b/B1.tif   none

collection/empty   empty   no tiles to check

collection/cut   incomplete   all of 1 tile checked, 1 file
  listing not complete: x: denied
  note     tiles differ
"""


def make_reports() -> tuple[PreflightReport, ...]:
    rules = (
        RuleCount("compression", "DEFLATE or none", 13, {"a/B1.tif": "JPEG is not supported"}),
        RuleCount("overviews", "overviews", 1, {"b/B1.tif": "none"}, is_advice=True),
    )
    return (
        PreflightReport(make_address("s2"), 1_192_085, 100, 12, 300, 13, 4096, rules),
        PreflightReport(make_address("empty"), 0),
        PreflightReport(make_address("cut"), 1, 1, 0, 1, 0, 780, (), ("x: denied",), ("tiles differ",)),
    )


def test_the_text_groups_files_by_the_rule_they_break() -> None:
    assert render_preflight(make_reports(), PLAIN) == SHOWN


def test_nothing_to_judge_is_said() -> None:
    assert render_preflight((), PLAIN) == "No collections.\n"


def test_the_text_does_not_grow_with_the_files() -> None:
    samples = {f"{number}.tif": "JPEG" for number in range(20)}
    report = PreflightReport(
        make_address("x"), 10**8, 10**8, 10**8, 10**8, 10**8, 1, (RuleCount("r", "s", 10**8, samples),)
    )

    assert len(render_preflight([report], PLAIN).splitlines()) == 8


def test_names_from_outside_are_cleaned() -> None:
    rules = (RuleCount("compression", "s", 1, {"a\x1b[31m/B1.tif": "JPEG"}),)

    text = render_preflight([PreflightReport(make_address("x"), 1, 1, 1, 1, 1, 1, rules)], PLAIN)

    assert "\x1b" not in text
    assert "a\\x1b[31m/B1.tif" in text


def test_the_json_follows_its_schema() -> None:
    document = json.loads(render_preflight_json(make_reports()))

    jsonschema.validate(document, read_schema_file("preflight"))
    assert document["passed"] is False
    assert document["collections"]["collection/s2"]["rules"][0] == {
        "rule": "compression",
        "says": "DEFLATE or none",
        "advice": False,
        "count": 13,
        "samples": [{"key": "a/B1.tif", "text": "JPEG is not supported"}],
    }
