"""One collection's part of a plan in, its block of lines out: at most some 35, whatever the number of tiles. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, Origin, SetChange, TileAction
from byocplan.model.tile import PENDING, Status
from byocplan.view.clean import LONG, clean
from byocplan.view.field_text import list_fields, render_payload
from byocplan.view.set_text import list_samples, render_set_line
from byocplan.view.style import PAINTS, Paint
from byocplan.view.symbols import get_symbol
from byocplan.view.words import REASONS, format_count, format_rest, format_share, indent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.change import CollectionChange
    from byocplan.model.plan import CollectionPlan
    from byocplan.view.style import Style

CAUSES_SHOWN = 4
GONE = "what it was bound to was deleted outside"

#: Actions on the collection itself that need a line of their own; an update shows its fields.
SPOKEN = frozenset({Action.CREATE, Action.REPLACE, Action.ADOPT, Action.DELETE, Action.FORGET})


def render_block(part: CollectionPlan, style: Style) -> list[str]:
    """Return the block of a collection that changes."""
    lines = [*_list_live(part, style), *_list_action(part, style), *_list_sets(part, style)]
    lines += list_fields(part.change.fields, style)
    if part.change.blocked:
        lines.append(style.paint(f"{style.symbols.attention}  blocked: {clean(part.change.blocked, LONG)}", Paint.RED))
    return [_render_head(part.change, style), *indent(lines)]


def render_short(part: CollectionPlan, style: Style) -> str:
    """Return a collection that changes as one line, for plans of very many."""
    counts = [f"{get_symbol(style.symbols, action)}{part.count(action):,}" for action in WRITES if part.count(action)]
    action = part.change.action
    word = [] if action is Action.KEEP else [f"{action.value} collection"]
    return "  ".join([clean(part.address, 80), *word, *counts])


def list_causes(causes: Mapping[str, int], style: Style) -> list[str]:
    """Return a line a cause of FAILED tiles, the most frequent first."""
    ranked = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    shown = [
        f"{style.paint(f'{style.symbols.attention}  FAILED', Paint.RED)}  {count:,}  {clean(cause, 140)}"
        for cause, count in ranked[:CAUSES_SHOWN]
    ]
    return shown + format_rest(len(ranked), len(shown), "cause")


def _render_head(change: CollectionChange, style: Style) -> str:
    head = style.paint(clean(change.address, 80), Paint.BOLD)
    where = clean(change.id, 60) if change.id else "(new)"
    return "  ".join([head, clean(change.name, 80), where, f"bucket {clean(change.s3_bucket, 80)}"])


def _list_live(part: CollectionPlan, style: Style) -> list[str]:
    """Return the line of what is live, and the causes of FAILED tiles; a forgotten one was not listed."""
    if (part.change.id is None or part.change.action is Action.FORGET) and not part.live_tiles:
        return []
    status = part.by_status
    pending = sum(status.get(pending, 0) for pending in PENDING)
    counted = [
        ("FAILED", status.get(Status.FAILED, 0)),
        ("pending", pending),
        ("unmanaged", part.count(TileAction.UNMANAGED)),
    ]
    words = [f"live {format_count(part.live_tiles, 'tile')}"]
    if part.live_tiles:
        words.append(f"INGESTED {format_share(status.get(Status.INGESTED, 0), part.live_tiles)}")
    words += [f"{word} {count:,}" for word, count in counted if count]
    return ["   ".join(words), *list_causes(part.by_cause, style)]


def _list_action(part: CollectionPlan, style: Style) -> list[str]:
    change = part.change
    if change.action not in SPOKEN:
        return []
    sign = get_symbol(style.symbols, change.action)
    head = style.paint(f"{sign}  {change.action.value} collection", PAINTS[change.action.value])
    reason = REASONS.get(change.reason, change.reason.value)
    if change.origin is Origin.LIVE and change.action in {Action.CREATE, Action.ADOPT}:
        reason = GONE
    lines = [f"{head}   {reason}{_render_loss(part)}"]
    if change.payload is not None and change.action in {Action.CREATE, Action.REPLACE}:
        lines.append(f"   {render_payload(change.payload)}")
    return lines


def _render_loss(part: CollectionPlan) -> str:
    """Say what goes with a collection that goes."""
    if part.change.action is Action.DELETE:
        return f"; all its {format_count(part.live_tiles, 'live tile')} go with it"
    if part.change.action is Action.REPLACE:
        return "; it gets a new id, which its users have to change"
    return ""


def _list_sets(part: CollectionPlan, style: Style) -> list[str]:
    lines: list[str] = []
    for action in (*WRITES, TileAction.INCOMPLETE):
        for change in _find_sets(part, action):
            lines += [render_set_line(change, style), *indent(list_samples(change, style), 5)]
    if part.moves:
        lines.append(f"   {format_count(part.moves, 'move')}: deleted and created with the same files at another path")
    return lines


def _find_sets(part: CollectionPlan, action: TileAction) -> list[SetChange]:
    """Return the sets of an action that have members; for deletes of a live set, an empty one too: none is news."""
    found = [change for change in part.sets if change.action is action and change.count]
    if found or action is not TileAction.DELETE or not part.live_tiles:
        return found
    return [SetChange(action, 0)] if part.change.action in {Action.KEEP, Action.UPDATE} else []
