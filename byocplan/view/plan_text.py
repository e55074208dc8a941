"""A plan in, text out: about 60 lines whatever the number of tiles and collections. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, TileAction
from byocplan.model.rail import Rule
from byocplan.model.tile import PENDING, Status
from byocplan.view.clean import clean
from byocplan.view.collection_text import list_causes, render_block, render_short
from byocplan.view.headline import rank_parts, render_headline
from byocplan.view.rails_text import list_rails
from byocplan.view.style import Paint
from byocplan.view.typed import render_typed
from byocplan.view.words import format_count, format_minutes, format_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.view.style import Style

APPLY = "byocplan apply"
BLOCK_LINES = 36
SHORT_SHOWN = 6
NOTES_SHOWN = 6
HASH_SHOWN = 6


def render_plan(plan: Plan, style: Style, *, for_apply: bool = False, next_step: str = APPLY) -> str:
    """Return the plan as text: blocks, notes, summary, rails.

    ``for_apply`` words the rails for a run that stops at them. ``next_step`` is the command to type after a plan that
    can be applied, and with acks after one that is blocked.
    """
    paragraphs = [*list_plan_blocks(plan, style), list_plan_notes(plan, style), _list_summary(plan, style)]
    paragraphs.append(list_rails(plan, style, for_apply=for_apply, command=next_step))
    if next_step and not for_apply and plan.has_changes and plan.is_applyable:
        paragraphs[-2].append(f"Next:  {render_typed(next_step)}")
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def list_plan_blocks(plan: Plan, style: Style) -> list[list[str]]:
    """Return the blocks of what changes, and the line of what does not."""
    changed = [part for part in plan.collections if part.is_changed]
    unchanged = [part for part in plan.collections if not part.is_changed]
    return [*_list_blocks(rank_parts(changed, plan), style), _list_unchanged(unchanged, style)]


def _list_blocks(parts: Sequence[CollectionPlan], style: Style) -> list[list[str]]:
    """Return blocks while there is room for them, then single lines, then one line for all the rest."""
    blocks: list[list[str]] = []
    room = BLOCK_LINES
    for part in parts:
        block = render_block(part, style)
        room -= len(block) + 1
        if blocks and room < 0:
            break
        blocks.append(block)
    rest = parts[len(blocks) :]
    short = [render_short(part, style) for part in rest[:SHORT_SHOWN]]
    return [*blocks, short + _list_rest(rest[SHORT_SHOWN:])]


def _list_rest(parts: Sequence[CollectionPlan]) -> list[str]:
    if not parts:
        return []
    counts = [f"{sum(part.count(action) for part in parts):,} to {action.value}" for action in WRITES]
    return [f"and {format_count(len(parts), 'more collection')} with changes; tiles: {', '.join(counts)}"]


def _list_unchanged(parts: Sequence[CollectionPlan], style: Style) -> list[str]:
    """Return one line for all collections without changes, and what is amiss in them."""
    if not parts:
        return []
    statuses = [part.by_status for part in parts]
    counted = [
        ("FAILED", sum(each.get(Status.FAILED, 0) for each in statuses)),
        ("pending", sum(each.get(status, 0) for each in statuses for status in PENDING)),
        ("unmanaged", _sum_tiles(parts, TileAction.UNMANAGED)),
        ("incomplete", _sum_tiles(parts, TileAction.INCOMPLETE)),
    ]
    head = f"{format_count(len(parts), 'collection')} unchanged: live {format_count(_sum_live(parts), 'tile')}"
    causes: dict[str, int] = {}
    for part in parts:
        for cause, count in part.by_cause.items():
            causes[cause] = causes.get(cause, 0) + count
    words = [f"{word} {count:,}" for word, count in counted if count]
    return ["   ".join([head, *words]), *(f"  {line}" for line in list_causes(causes, style))]


def _sum_live(parts: Sequence[CollectionPlan]) -> int:
    return sum(part.live_tiles for part in parts)


def _sum_tiles(parts: Sequence[CollectionPlan], action: TileAction) -> int:
    return sum(part.count(action) for part in parts)


def list_plan_notes(plan: Plan, style: Style) -> list[str]:
    """Return errors, then warnings, then the rails an ack let pass."""
    ranked = sorted(plan.diagnostics, key=lambda note: note.severity != "error")
    notes = [
        (note.severity, f"{clean(note.address, 80)}: " if note.address else "", clean(note.summary)) for note in ranked
    ]
    notes += [
        (
            "acked",
            f"{clean(rail.address, 80)}: ",
            f"{rail.rule.value}, {clean(rail.text)} ({clean(rail.acked_by, 120)})",
        )
        for rail in plan.rails
        if rail.acked_by and not rail.tripped
    ]
    notes += [
        ("proven", f"{clean(rail.address, 80)}: ", clean(rail.text))
        for rail in plan.rails
        if rail.rule is Rule.EVIDENCE and not rail.tripped and not rail.acked_by
    ]
    if not plan.is_complete and plan.refresh.is_full:
        notes.append(("note", "", "removed collections were not looked for: this plan covers a part of the project"))
    shown = [
        f"{style.paint(f'{word}:', Paint.RED if word == 'error' else Paint.YELLOW)} {where}{text}"
        for word, where, text in notes[:NOTES_SHOWN]
    ]
    return shown + format_rest(len(notes), len(shown), "note")


def _list_summary(plan: Plan, style: Style) -> list[str]:
    if not plan.has_changes:
        return [render_headline(plan)]
    cut = style.symbols.cut if len(plan.plan_hash) > HASH_SHOWN else ""
    tail = f"   plan {clean(plan.plan_hash[:HASH_SHOWN])}{cut}" if plan.plan_hash else ""
    return [*_list_estimate(plan, style), style.paint(f"Plan: {render_headline(plan)}", Paint.BOLD) + tail]


def _list_estimate(plan: Plan, style: Style) -> list[str]:
    estimate = plan.estimate
    if not (estimate.writes or estimate.reads):
        return []
    text = f"estimate  {format_count(estimate.writes, 'write')} + {format_count(estimate.reads, 'read')}"
    if estimate.minutes is None or not estimate.requests_per_minute:
        return [text]
    rate = f"{estimate.requests_per_minute:,.0f} requests/min"
    return [f"{text} {style.symbols.about} {format_minutes(estimate.minutes)} at {rate}"]
