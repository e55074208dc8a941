"""Forty hostile texts, in every place of every view that text from outside can reach."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from byocplan.errors import Problem
from byocplan.model.address import Address
from byocplan.model.change import Action, FieldChange, TileAction
from byocplan.model.discovered import Discovered, Overlap, SourceReport
from byocplan.model.outcome import Outcome
from byocplan.model.plan import Diagnostic, Plan
from byocplan.model.preflight import PreflightReport, RuleCount
from byocplan.view.discovered import render_discovered, render_discovered_json
from byocplan.view.explained import render_explained, render_explained_json
from byocplan.view.outcome_json import render_outcome_json
from byocplan.view.outcome_text import render_outcome
from byocplan.view.plan_json import render_plan_json
from byocplan.view.plan_text import render_plan
from byocplan.view.preflight import render_preflight, render_preflight_json
from byocplan.view.problems import render_problems, render_problems_json
from byocplan.view.problems_github import render_problems_github
from byocplan.view.problems_junit import render_problems_junit
from byocplan.view.problems_sarif import render_problems_sarif
from byocplan.view.style import Style
from tests.support.plans import make_change, make_part, make_payload, make_plan, make_rail, make_sample, make_set

HOSTILE = [
    "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\x1bP+q\x1b\\", "\x1b[31mred\x1b[0m",
    "\x9b31m", "\x9d0;t\x9c", "\x00", "\x07", "\x08\x08\x08", "\x0b\x0c", "\r overwritten", "a\nPlan: 0 tiles",
    "a\r\n::set-output name=x::y", "\x7f\x7f", "\x85", "\x80\x81", "a\tb", "\u202egpj.fit", "\u202a\u202b\u202c\u202d",
    "\u2066\u2067\u2068\u2069", "\u200e\u200f", "\u061c", "a\u200bb", "a\u200cb\u200d", "\ufeffa", "\u2060",
    "\u00ada", "\u2028Plan", "\u2029Plan", "\u00a0", "\u3000", "\U000e0001\U000e0020", "\ufff9x\ufffa", "\ud800",
    "\udfff", "\u034f", "\u3164", "a\ufe0f", "\x1b" * 5000,
]  # fmt: skip


def make_hostile_plan(text: str) -> Plan:
    """Return a plan that says ``text`` wherever it can."""
    counted = {text: 3}
    samples = [make_sample(text, text)]
    sets = [
        make_set(action, 3, prefix=counted, month=counted, reasons=counted, samples=samples) for action in TileAction
    ]
    fields = [FieldChange(text, text, {text: text})]
    change = make_change(Action.REPLACE, text, fields=fields, payload=make_payload(text, [text]), blocked=text)
    change = replace(change, id=text, s3_bucket=text)
    part = make_part(change, *sets, live=9, by_status=counted, by_cause=counted)
    quiet = make_part(make_change(Action.KEEP, "b"), live=9, by_status=counted, by_cause=counted)
    rails = [make_rail(name=text, text=text, ack=text), make_rail(name=text, text=text, acked_by=text)]
    rails = [replace(rail, source=text, unit=text) for rail in rails]
    plan = make_plan(part, quiet, rails=rails, notes=[Diagnostic("error", text, Address(text))])
    return replace(plan, project=text, deployment=text, plan_hash=text)


def make_hostile_outcome(text: str) -> Outcome:
    """Return an outcome that says ``text`` wherever it can."""
    return Outcome(
        applied={text: 1},
        failed=1,
        errors={text: 1},
        ingestion_failed=1,
        by_cause={text: 1},
        examples={text: text},
        outputs={Address(text): text},
        is_stopped=True,
        stopped_by=text,
    )


def make_hostile_discovery(text: str) -> Discovered:
    """Return a discovery that says ``text`` wherever it can."""
    source = SourceReport(text, text, (text,), 1, 1, 1, text, f"{text}/")
    counted, texts = {text: 1}, (text,)
    overlaps = (Overlap(text, (text, text)),)
    return Discovered(
        Address(text), (source,), 1, 1, 1, counted, {text: text}, texts, counted, 1, overlaps, texts, texts
    )


def make_hostile_answer(text: str) -> dict[str, object]:
    """Return an explained key that says ``text`` wherever it can."""
    match = dict.fromkeys(
        ("address", "source", "band", "path", "sensingTime", "status", "reason", "id", "liveSensingTime"), text
    )
    miss = dict.fromkeys(("address", "source", "expected"), text)
    return {"key": text, "matches": [{**match, "fields": {text: text}}], "misses": [{**miss, "stopped_at": 1}]}


def make_hostile_preflight(text: str) -> PreflightReport:
    """Return a preflight that says ``text`` wherever it can."""
    return PreflightReport(
        Address(text), 1, 1, 1, 1, 1, 1, (RuleCount("blocks", "says", 1, {text: text}),), (text,), (text,)
    )


def make_hostile_problem(text: str) -> Problem:
    """Return a problem that says ``text`` wherever it can."""
    return Problem(text, 1, 2, text, text, f"x{text}", text)


TEXT_VIEWS: dict[str, Callable[[str], str]] = {
    "plan": lambda text: render_plan(make_hostile_plan(text), Style()),
    "outcome": lambda text: render_outcome(make_hostile_outcome(text), Style()),
    "discovered": lambda text: render_discovered([make_hostile_discovery(text)], Style()),
    "preflight": lambda text: render_preflight([make_hostile_preflight(text)], Style()),
    "explained": lambda text: render_explained(make_hostile_answer(text), Style()),
    "problems": lambda text: render_problems([make_hostile_problem(text)], Style()),
    "junit": lambda text: render_problems_junit([make_hostile_problem(text)]),
}
JSON_VIEWS: dict[str, Callable[[str], str]] = {
    "plan": lambda text: render_plan_json(make_hostile_plan(text)),
    "outcome": lambda text: render_outcome_json(make_hostile_outcome(text)),
    "discovered": lambda text: render_discovered_json([make_hostile_discovery(text)]),
    "preflight": lambda text: render_preflight_json([make_hostile_preflight(text)]),
    "explained": lambda text: render_explained_json(make_hostile_answer(text)),
    "problems": lambda text: render_problems_json([make_hostile_problem(text)]),
    "sarif": lambda text: render_problems_sarif([make_hostile_problem(text)]),
}


def test_there_are_forty_of_them() -> None:
    assert len(set(HOSTILE)) == 40


@pytest.mark.parametrize("view", TEXT_VIEWS)
def test_no_text_view_lets_a_control_or_unseen_character_through(view: str) -> None:
    lines_of_harmless = TEXT_VIEWS[view]("harmless").count("\n")

    for hostile in HOSTILE:
        shown = TEXT_VIEWS[view](hostile)

        assert shown.replace("\n", "").isprintable(), ascii(hostile)
        assert not {"\ufe0f", "\u034f", "\u3164"} & set(shown), ascii(hostile)
        assert shown.count("\n") == lines_of_harmless, ascii(hostile)
        assert len(shown) < 40_000, ascii(hostile)


@pytest.mark.parametrize("view", JSON_VIEWS)
def test_json_views_escape_what_is_not_printable_ascii(view: str) -> None:
    for hostile in HOSTILE:
        shown = JSON_VIEWS[view](hostile)

        assert shown.isascii(), ascii(hostile)
        assert "\x7f" not in shown, ascii(hostile)
        assert shown.replace("\n", "").isprintable(), ascii(hostile)


@pytest.mark.parametrize("command", ["::add-mask::x", "  ::set-output name=x::y", "##[command]x", "a##vso[x]y"])
@pytest.mark.parametrize("view", [*TEXT_VIEWS.values(), *JSON_VIEWS.values()])
def test_no_view_has_a_command_that_a_ci_system_obeys(view: Callable[[str], str], command: str) -> None:
    shown = view(command)

    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
    assert not re.search(r"##[A-Za-z]*\[", shown)


def test_the_commands_for_github_hold_no_other_command_and_end_nowhere_else() -> None:
    for hostile in [*HOSTILE, "::add-mask::x", "##[command]x", "a,line=9::b", "%0A::error::x"]:
        shown = render_problems_github([make_hostile_problem(hostile)])

        assert shown.endswith("\n")
        assert shown.count("\n") == 1
        assert shown.replace("\n", "").isprintable(), ascii(hostile)
        head, text = shown.removeprefix("::error ").split("::", 1)
        assert re.fullmatch(r"file=[^:,\s][^:,]*,line=1,col=2", head), ascii(shown)
        assert not re.search(r"##[A-Za-z]*\[|%(?!0A|25)", text), shown
