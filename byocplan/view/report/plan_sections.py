"""The parts of a plan's report that need no script: totals, rails, collections, fields, causes, notes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, TileAction
from byocplan.view.clean import clean_html
from byocplan.view.field_text import render_value
from byocplan.view.headline import rank_parts
from byocplan.view.report.causes import list_causes_tabs
from byocplan.view.report.markup import MAX_ROWS, Tab, render_counts, render_section, render_table
from byocplan.view.typed import ACKS_SHOWN, render_acks, render_typed
from byocplan.view.words import REASONS, format_count, format_minutes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.plan import CollectionPlan, Diagnostic, Plan

COUNTED = (*WRITES, TileAction.FAILED, TileAction.PENDING, TileAction.INCOMPLETE, TileAction.UNMANAGED)


def render_totals(plan: Plan) -> str:
    """Return how many tiles have each action."""
    quiet = {TileAction.PENDING, TileAction.INCOMPLETE, TileAction.UNMANAGED}
    counts = {action.value: plan.count_tiles(action) for action in COUNTED}
    return render_counts(
        "Tiles by action", {name: count for name, count in counts.items() if count or name not in quiet}
    )


def render_rails(plan: Plan) -> str:
    """Return errors and the rails that block, with what to type; nothing when nothing stands in the way."""
    errors = [note for note in plan.diagnostics if note.severity == "error"]
    html = render_section("Errors", _render_notes(errors[:MAX_ROWS]), "alarm") if errors else ""
    tripped = plan.tripped
    if not tripped:
        return html
    rows = [
        [
            rail.rule.value,
            _render_code(rail.address, 80),
            clean_html(rail.text),
            _render_code(rail.source, 120),
        ]
        for rail in tripped
    ]
    title = f"Blocked by {format_count(len(tripped), 'rail')}"
    table = render_table(["Rail", "Collection", "Measured", "Limit set in"], rows)
    return html + render_section(title, table + _render_advice(plan), "alarm")


def list_plan_tabs(plan: Plan) -> list[Tab]:
    """Return the tabs that have something to show."""
    parts = rank_parts(plan.collections, plan)
    fields = [(part, field) for part in parts for field in part.change.fields]
    notes = _list_notes(plan)
    tabs = [
        Tab("collections", f"Collections <small>{len(parts):,}</small>", _render_collections(parts)) if parts else None,
        Tab("fields", f"Changed fields <small>{len(fields):,}</small>", _render_fields(parts)) if fields else None,
        *list_causes_tabs({part.address: part.by_cause for part in parts}),
        Tab("notes", f"Notes <small>{len(notes):,}</small>", f"<ul>{''.join(notes[:MAX_ROWS])}</ul>")
        if notes
        else None,
    ]
    return [tab for tab in tabs if tab is not None]


def _render_advice(plan: Plan) -> str:
    hard = list(dict.fromkeys(rail.rule.value for rail in plan.tripped if not rail.ack))
    if hard:
        return f"<p>No ack lifts {', '.join(hard)}: mend the cause, then plan again.</p>"
    typed = render_typed(plan.command, render_acks(plan.tripped[:ACKS_SHOWN]))
    return f"<pre><code>{clean_html(typed, len(typed))}</code></pre>"


def _render_collections(parts: Sequence[CollectionPlan]) -> str:
    shown = [action for action in COUNTED if action in WRITES or any(part.count(action) for part in parts)]
    rows = [
        [
            f'{_render_code(part.address, 80)}<br><span class="muted">{clean_html(part.change.name, 80)}</span>',
            _render_change(part),
            *(f"{part.count(action):,}" for action in shown),
            f"{part.live_tiles:,}",
        ]
        for part in parts
    ]
    return render_table(["Collection", "Itself", *(f"{action.value}:" for action in shown), "live:"], rows)


def _render_change(part: CollectionPlan) -> str:
    change = part.change
    if change.blocked:
        return f'<span class="alarm-text">blocked: {clean_html(change.blocked)}</span>'
    if change.action is Action.KEEP:
        return '<span class="muted">unchanged</span>'
    why = REASONS.get(change.reason, change.reason.value) if change.action is not Action.UPDATE else ""
    return f"{change.action.value}{f', {why}' if why else ''}"


def _render_fields(parts: Sequence[CollectionPlan]) -> str:
    rows = [
        [
            _render_code(part.address, 80),
            _render_code(field.path, 80) + (" (refused in place)" if field.is_immutable else ""),
            _render_code(render_value(field.before)),
            _render_code(render_value(field.after)),
        ]
        for part in parts
        for field in part.change.fields
    ]
    return render_table(["Collection", "Field", "Before", "After"], rows)


def _list_notes(plan: Plan) -> list[str]:
    return [f"<li>{text}</li>" for text in _iter_notes(plan)]


def _iter_notes(plan: Plan) -> Iterator[str]:
    for note in plan.diagnostics:
        if note.severity != "error":
            yield _render_note(note)
    for rail in plan.rails:
        if rail.acked_by and not rail.tripped:
            acked = f"{rail.rule.value}, {clean_html(rail.text)} ({clean_html(rail.acked_by, 120)})"
            yield f"acked: {_render_code(rail.address, 80)} {acked}"
    if not plan.is_complete:
        yield "Removed collections were not looked for: this plan covers a part of the project."
    if plan.estimate.minutes is not None:
        requests = format_count(plan.estimate.writes + plan.estimate.reads, "request")
        yield f"Estimate: {requests}, {format_minutes(plan.estimate.minutes)}."


def _render_notes(notes: Sequence[Diagnostic]) -> str:
    return f"<ul>{''.join(f'<li>{_render_note(note)}</li>' for note in notes)}</ul>"


def _render_note(note: Diagnostic) -> str:
    where = f"{_render_code(note.address, 80)}: " if note.address else ""
    return f"{where}{clean_html(note.summary)}"


def _render_code(text: str, limit: int = 300) -> str:
    return f"<code>{clean_html(text, limit)}</code>"
