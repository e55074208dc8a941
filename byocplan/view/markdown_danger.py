"""What a reviewer must see first, as pieces of Markdown: errors, rails, deletes, collections that go. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import Action, TileAction
from byocplan.view.clean import LONG, clean_code, clean_words
from byocplan.view.headline import rank_parts
from byocplan.view.markdown import list_lines, list_table, make_paragraph
from byocplan.view.sensed import render_sensed
from byocplan.view.set_text import render_groups, render_months, render_reasons
from byocplan.view.style import Style
from byocplan.view.typed import ACKS_SHOWN, render_acks, render_typed
from byocplan.view.words import REASONS, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.change import SetChange, TileSample
    from byocplan.model.plan import CollectionPlan, Diagnostic, Plan
    from byocplan.model.rail import Rail
    from byocplan.view.cut import Piece

STYLE = Style()
#: Collections whose tiles go with them, or that get another id.
HARSH = (Action.REPLACE, Action.DELETE)


def list_danger(plan: Plan) -> Iterator[Piece]:
    """Yield what may stop a plan and what it takes away."""
    yield from list_lines("#### Errors", [render_note(note) for note in plan.diagnostics if note.severity == "error"])
    yield from _list_rails(plan)
    parts = rank_parts(plan.collections, plan)
    yield from _list_deletes(parts)
    yield from _list_gone(parts)


def render_note(note: Diagnostic) -> str:
    """Return a diagnostic on one line."""
    where = f"{clean_code(note.address, 80)}: " if note.address else ""
    return f"{where}{clean_words(note.summary)}"


def render_sample(sample: TileSample) -> list[str]:
    """Return path, time and reason of a tile, as cells."""
    time = render_sensed(sample, STYLE.symbols.become)
    reason = REASONS.get(sample.reason) or (clean_words(sample.reason, 60) if sample.reason else "")
    return [clean_code(sample.path), time, reason]


def render_set_cells(change: SetChange) -> list[str]:
    """Return why, months and largest groups of a set, as cells."""
    prefixes = render_groups(change.groups.get("prefix", {}), change.count, STYLE)
    months = render_months(change.groups.get("month", {}), change.count, STYLE)
    return [clean_words(render_reasons(change, STYLE)), clean_words(months), clean_code(prefixes)]


def _list_rails(plan: Plan) -> Iterator[Piece]:
    tripped = plan.tripped
    rows = [
        [rail.rule.value, clean_code(rail.address, 80), clean_words(rail.text), clean_code(rail.source, 120)]
        for rail in tripped
    ]
    title = f"#### Blocked by {format_count(len(tripped), 'rail')}"
    yield from list_table(title, ["rail", "collection", "measured", "limit set in"], rows)
    if tripped:
        yield make_paragraph(_render_advice(tripped, plan.command))


def _render_advice(tripped: Sequence[Rail], command: str) -> str:
    hard = list(dict.fromkeys(rail.rule.value for rail in tripped if not rail.ack))
    if hard:
        return f"No ack lifts {', '.join(hard)}: mend the cause, then plan again."
    typed = render_typed(command, render_acks(tripped[:ACKS_SHOWN]))
    more = f" and {len(tripped) - ACKS_SHOWN:,} more" if len(tripped) > ACKS_SHOWN else ""
    return f"If that is meant: {clean_code(typed, len(typed))}{more}"


def _list_deletes(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    """Yield the sets of tiles that are deleted, and samples of them."""
    doomed = [(part, each) for part in parts for each in part.sets if each.action is TileAction.DELETE and each.count]
    rows = [[clean_code(part.address, 80), f"{each.count:,}", *render_set_cells(each)] for part, each in doomed]
    total = format_count(sum(each.count for _, each in doomed), "tile")
    yield from list_table(f"#### Deletes {total}", ["collection", "tiles:", "why", "sensed", "largest groups"], rows)
    samples = [render_sample(sample) for _, each in doomed for sample in each.samples]
    yield from list_table("For example:", ["path", "sensed", "why"], samples)


def _list_gone(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    """Yield the collections that are replaced, deleted or forgotten, and those that cannot be changed."""
    gone = [part for part in parts if part.change.action in {*HARSH, Action.FORGET} or part.change.blocked]
    rows = [
        [
            clean_code(part.address, 80),
            part.change.action.value,
            f"{part.live_tiles:,}",
            clean_words(part.change.blocked, LONG) if part.change.blocked else _render_why(part),
        ]
        for part in gone
    ]
    head = ["collection", "action", "live tiles:", "why"]
    yield from list_table("#### Collections replaced, deleted, forgotten or blocked", head, rows)


def _render_why(part: CollectionPlan) -> str:
    reason = REASONS.get(part.change.reason, part.change.reason.value)
    if part.change.action is Action.DELETE:
        return f"{reason}; its tiles go with it"
    return f"{reason}; it gets a new id" if part.change.action is Action.REPLACE else reason
