"""Outcomes as text and JSON."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from byocplan.model.address import make_address
from byocplan.model.outcome import Outcome, Reason, Refused
from byocplan.schemafiles import read_schema_file
from byocplan.view.outcome_json import render_outcome_json
from byocplan.view.outcome_text import render_outcome, render_outcome_line
from byocplan.view.style import PLAIN
from tests.support.plans import ID

COUNTS = st.integers(0, 10**9)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
OUTCOMES = st.builds(
    Outcome,
    applied=st.dictionaries(st.sampled_from(["collection.create", "tile.reingest"]), COUNTS),
    satisfied=COUNTS,
    conflict=COUNTS,
    failed=COUNTS,
    skipped=COUNTS,
    errors=st.dictionaries(TEXTS, COUNTS, max_size=2),
    by_cause=st.dictionaries(TEXTS, COUNTS, max_size=2),
    examples=st.dictionaries(TEXTS, TEXTS, max_size=2),
    outputs=st.dictionaries(TEXTS.map(make_address), TEXTS, max_size=2),
    pending=COUNTS,
    is_waited=st.booleans(),
    is_stopped=st.booleans(),
    signal=st.sampled_from([0, 2, 15]),
    elapsed_s=st.floats(0, 1e6),
    refused=st.none() | st.builds(Refused, st.sampled_from(Reason), TEXTS, st.sampled_from([1, 4, 5, 6, 8, 143])),
)

PARTLY = """\
Applied: 1 collection updated; 12 tiles created, 3 deleted.   40 requests in 12 s
  satisfied  4 were so already
  conflict   2 changed since the plan and were left alone
  failed     1 change refused
             1  tile is too large
                e.g. a/(BAND).tif
  ingestion  9 INGESTED, 1 pending, 2 FAILED
             2  not a COG

Outputs
  collection/s2  017aa0ae-33a6-45d3-8548-0f7d1041b40c  byoc-017aa0ae-33a6-45d3-8548-0f7d1041b40c

A part is not done: run `byocplan apply` again; what is done stays done.
"""


def make_partly_done() -> Outcome:
    """Return an outcome in which a little of everything went wrong."""
    return Outcome(
        applied={"collection.update": 1, "tile.create": 12, "tile.delete": 3},
        satisfied=4,
        conflict=2,
        failed=1,
        errors={"tile is too large": 1},
        examples={"tile is too large": "a/(BAND).tif"},
        ingested=9,
        pending=1,
        ingestion_failed=2,
        by_cause={"not a COG": 2},
        outputs={make_address("s2"): ID},
        requests=40,
        elapsed_s=12.3,
    )


def test_an_outcome_tells_what_was_done_and_what_was_not() -> None:
    assert render_outcome(make_partly_done(), PLAIN) == PARTLY


def test_an_empty_outcome_is_one_line() -> None:
    assert render_outcome(Outcome(), PLAIN) == "Applied: nothing.\n"


def test_failed_ingestion_says_how_to_go_on() -> None:
    text = render_outcome(Outcome(applied={"tile.create": 1}, ingestion_failed=1, by_cause={"not a COG": 1}), PLAIN)

    assert "Mend the files and run `byocplan apply` again" in text


def test_a_run_that_did_not_wait_says_so() -> None:
    text = render_outcome(Outcome(applied={"tile.create": 5}, pending=5, is_waited=False), PLAIN)

    assert "ingestion  0 INGESTED, 5 pending (not waited for)" in text


def test_a_stopped_run_says_why_and_how_to_go_on() -> None:
    text = render_outcome(Outcome(is_stopped=True, stopped_by="SIGINT", skipped=7, signal=2), PLAIN)

    assert text.startswith("Stopped early (SIGINT); applied: nothing.\n")
    assert "run `byocplan apply` again" in text


def test_five_hundred_outputs_and_causes_are_cut() -> None:
    outputs = {make_address(f"c{number}"): ID for number in range(500)}
    causes = {f"cause {number}": 1 for number in range(500)}

    text = render_outcome(Outcome(ingestion_failed=500, by_cause=causes, errors=causes, outputs=outputs), PLAIN)

    assert text.count("\n") < 60
    assert "and 480 more collections" in text
    assert "and 494 more causes" in text


def test_the_json_gives_the_name_other_services_use() -> None:
    document = json.loads(render_outcome_json(make_partly_done()))

    assert document["outputs"] == {"collection/s2": {"id": ID, "collection": f"byoc-{ID}"}}
    assert document["applied"] == {"collection.update": 1, "tile.create": 12, "tile.delete": 3}
    assert document["by_cause"] == {"not a COG": 2}
    assert document["exit_code"] == 7


def test_one_line_has_all_counts() -> None:
    told = "Applied: 1 collection updated; 12 tiles created, 3 deleted; 4 satisfied; 2 conflict; 1 failed"

    assert render_outcome_line(make_partly_done()) == f"{told}; 9 INGESTED; 1 pending; 2 FAILED"


def test_rails_are_described_as_in_plans() -> None:
    rails = [read_schema_file(name)["definitions"]["Rail"] for name in ("outcome", "plan")]

    assert rails[0] == rails[1]


def test_the_json_has_the_keys_of_the_schema_in_its_order() -> None:
    schema = read_schema_file("outcome")

    assert list(json.loads(render_outcome_json(Outcome()))) == schema["required"] == list(schema["properties"])


@settings(max_examples=40, deadline=None)
@given(OUTCOMES)
def test_every_outcome_keeps_to_the_published_schema_in_ascii(outcome: Outcome) -> None:
    text = render_outcome_json(outcome)

    Draft7Validator(read_schema_file("outcome")).validate(json.loads(text))
    assert text.isascii()
