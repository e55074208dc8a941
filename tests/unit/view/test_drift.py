"""What was changed outside, in every view: marked in a plan, alone in a drift."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, FieldChange, Origin, Reason, SetChange, TileAction
from byocplan.model.plan import Diagnostic, Plan
from byocplan.view.drift_text import render_drift
from byocplan.view.plan_json import make_plan_document
from byocplan.view.plan_markdown import HOSTS, render_drift_markdown, render_plan_markdown
from byocplan.view.plan_text import render_plan
from byocplan.view.style import PLAIN
from tests.support.plans import make_change, make_keep, make_part, make_plan, make_set

if TYPE_CHECKING:
    from collections.abc import Mapping

MEND = "byocplan apply ."
RENAMED = FieldChange("name", "theirs", "ours", origin=Origin.LIVE)
EDITED = FieldChange("noData", None, 0)


def make_drifted(action: TileAction, count: int, origins: Mapping[str, int]) -> SetChange:
    return replace(make_set(action, count), origins=dict(origins))


def make_mixed() -> Plan:
    """Return a plan with something of each origin."""
    change = replace(make_change(fields=[RENAMED, EDITED]), origin=Origin.LIVE)
    sets = (
        make_drifted(TileAction.CREATE, 12, {"bucket": 10, "live": 2}),
        make_drifted(TileAction.UPDATE, 3, {"live": 3}),
        make_drifted(TileAction.REINGEST, 1, {"bucket": 1}),
    )
    return make_plan(make_part(change, *sets, live=100))


def find_line(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if word in line)


def test_text_marks_what_was_changed_outside() -> None:
    text = render_plan(make_mixed(), PLAIN)

    assert find_line(text, "create ").endswith("outside 2")
    assert find_line(text, "update ").endswith("outside")
    assert "outside" not in find_line(text, "reingest ")
    assert find_line(text, "name").endswith("changed outside")
    assert find_line(text, "noData").endswith("null -> 0")


def test_text_says_that_a_collection_was_deleted_outside() -> None:
    change = replace(make_change(Action.CREATE, reason=Reason.NOT_LIVE), origin=Origin.LIVE)

    text = render_plan(make_plan(make_part(change)), PLAIN)

    assert "what it was bound to was deleted outside" in text


def test_markdown_lists_what_was_changed_outside() -> None:
    text = render_plan_markdown(make_mixed(), HOSTS["github"])

    assert "#### Changed outside\n\n- `collection/s2`: `name`, 2 tiles to create, 3 tiles to update\n" in text


def test_markdown_names_a_few_fields_and_a_collection_that_is_gone() -> None:
    fields = [replace(RENAMED, path=f"bands.B{number}.noData") for number in range(10)]
    many = replace(make_change(fields=fields), origin=Origin.LIVE)
    gone = replace(make_change(Action.CREATE, "gone", reason=Reason.NOT_LIVE), origin=Origin.LIVE)

    text = render_plan_markdown(make_plan(make_part(many), make_part(gone)), HOSTS["github"])

    assert "`bands.B7.noData`, and 2 more fields" in text
    assert "- `collection/gone`: the collection itself" in text


def test_json_counts_origins_and_names_the_fields() -> None:
    document = make_plan_document(make_mixed())

    resources, sets = document["resource_changes"], document["set_changes"]
    assert isinstance(resources, list)
    assert isinstance(sets, list)
    assert resources[0]["origin"] == "live"
    assert resources[0]["change"]["drift_paths"] == [["name"]]
    assert [each["origins"] for each in sets] == [{"bucket": 10, "live": 2}, {"live": 3}, {"bucket": 1}]


def test_a_drift_ends_with_what_mends_it() -> None:
    text = render_drift(make_mixed(), PLAIN, next_step=MEND)

    assert text.endswith(f"Next:  {MEND}\n")
    assert "Changed outside: 1 collection to update; 12 tiles to create, 3 to update" in text
    assert "plan 9f3c1a" not in text


def test_no_drift_is_one_sentence() -> None:
    text = render_drift(make_plan(make_keep()), PLAIN, next_step=MEND)

    assert text.endswith("No drift. Nothing was changed outside.\n")
    assert MEND not in text


def test_drift_that_could_not_be_looked_for_is_not_called_none() -> None:
    plan = make_plan(make_keep(), notes=[Diagnostic("error", "no access to s3://mosaics")])

    assert "could not be looked for everywhere" in render_drift(plan, PLAIN, next_step=MEND)


def test_drift_as_markdown_has_no_hashes_to_be_approved() -> None:
    plan = replace(make_mixed(), plan_hash="", guard_hash="")

    text = render_drift_markdown(plan, HOSTS["gitlab"])

    assert text.startswith('<!-- byocplan:{"project":"mosaics","plan_hash":"","guard_hash":"","truncated":false} -->\n')
    assert "### byocplan drift: Changed outside: 1 collection to update; 12 tiles to create" in text
    assert "· guard" not in text
