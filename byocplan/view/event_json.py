"""A plan and the events of its apply in, one JSON object a line out, in Terraform's envelope. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan import __version__
from byocplan.model.change import WRITES, Action
from byocplan.model.event import Finished, Ingesting, Noted, Progress, Started
from byocplan.view.json_text import FORMAT_VERSION, encode_json_line
from byocplan.view.outcome_json import make_outcome_document
from byocplan.view.plan_json import make_plan_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.event import Event
    from byocplan.model.plan import Plan

#: Actions of sets that are told: those that write.
TOLD = frozenset(action.value for action in WRITES)
LEVELS = {"warning": "warn", "error": "error"}


def render_version_line(timestamp: str) -> str:
    """Return the first line of all."""
    facts = {"byocplan": __version__, "ui": FORMAT_VERSION}
    return _make_line("version", f"byocplan {__version__}", timestamp, facts)


def iter_plan_lines(plan: Plan, timestamp: str) -> Iterator[str]:
    """Yield the changes of collections and sets, ``change_summary`` and the plan's diagnostics."""
    document = make_plan_document(plan)
    resources, sets = document["resource_changes"], document["set_changes"]
    if isinstance(resources, list):
        for part, change in zip(plan.collections, resources, strict=True):
            if part.change.action is not Action.KEEP:
                text = f"{part.address}: plan to {part.change.action}"
                yield _make_line("planned_change", text, timestamp, {"change": change})
    if isinstance(sets, list):
        for each in sets:
            if each["action"] in TOLD:
                text = f"{each['address']}: plan to {each['action']} {each['count']:,}"
                yield _make_line("planned_set_change", text, timestamp, {"change": each})
    facts = {key: document[key] for key in ("plan_hash", "guard_hash", "applyable", "complete", "rails", "estimate")}
    yield _make_line("change_summary", "Plan", timestamp, {"changes": document["summary"], **facts})
    for note in plan.diagnostics:
        diagnostic = {"severity": note.severity, "summary": note.summary, "address": note.address}
        yield _make_line("diagnostic", note.summary, timestamp, {"diagnostic": diagnostic})


def render_event_line(event: Event, timestamp: str) -> str:
    """Return the event as a line."""
    match event:
        case Started():
            return _make_line("apply_start", "Applying", timestamp, {"totals": dict(event.totals)})
        case Progress():
            return _make_line("apply_progress", "Writing", timestamp, _encode_progress(event))
        case Ingesting():
            return _make_line("ingest_status", "Ingesting", timestamp, _encode_ingesting(event))
        case Noted():
            diagnostic = {"severity": "warning", "summary": event.text, "address": None}
            return _make_line("diagnostic", event.text, timestamp, {"diagnostic": diagnostic})
        case Finished():
            refused, outcome = event.outcome.refused, make_outcome_document(event.outcome)
            text = "Apply ended" if refused is None else f"Apply ended: {refused.text}"
            return _make_line("apply_complete", text, timestamp, {"outcome": outcome})


def _encode_progress(event: Progress) -> dict[str, object]:
    left = sum(event.totals.values()) - sum(event.done.values())
    return {
        "done": dict(event.done),
        "totals": dict(event.totals),
        "failed": event.failed,
        "per_minute": round(event.per_minute, 1),
        "elapsed_s": round(event.elapsed_s, 3),
        "eta_s": round(60 * left / event.per_minute, 1) if event.per_minute else None,
    }


def _encode_ingesting(event: Ingesting) -> dict[str, object]:
    return {
        "total": event.total,
        "remaining": event.remaining,
        "failed": event.failed,
        "by_status": dict(event.by_status),
        "elapsed_s": round(event.elapsed_s, 3),
    }


def _make_line(kind: str, message: str, timestamp: str, facts: Mapping[str, object]) -> str:
    diagnostic = facts.get("diagnostic")
    level = LEVELS.get(str(diagnostic["severity"]), "info") if isinstance(diagnostic, dict) else "info"
    return encode_json_line(
        {"@level": level, "@message": message, "@module": "byocplan", "@timestamp": timestamp, "type": kind, **facts}
    )
