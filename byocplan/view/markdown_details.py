"""The rest of a plan as pieces of Markdown: totals, fields, groups, samples, failures, warnings. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, Origin, TileAction
from byocplan.view.clean import clean_code, clean_words
from byocplan.view.field_text import render_value
from byocplan.view.headline import rank_parts
from byocplan.view.markdown import list_fold, list_lines, list_table, make_paragraph
from byocplan.view.markdown_danger import render_note, render_sample, render_set_cells
from byocplan.view.words import format_count, format_rest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.change import CollectionChange
    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.view.cut import Piece

#: Columns of the totals: every class that asks for a look.
COUNTED = (*WRITES, TileAction.FAILED, TileAction.PENDING, TileAction.UNMANAGED, TileAction.INCOMPLETE)
#: So many fields of a collection are named where they were changed outside.
FIELDS_NAMED = 8
#: Sets that are shown with groups and samples; deletes have theirs above.
GROUPED = (TileAction.CREATE, TileAction.UPDATE, TileAction.REINGEST, TileAction.FAILED, TileAction.INCOMPLETE)


def list_details(plan: Plan, *, folds: bool) -> Iterator[Piece]:
    """Yield totals, fields, groups, samples, causes and warnings; long ones folded away where the host can."""
    changed = rank_parts([part for part in plan.collections if part.is_changed], plan)
    yield from _list_outside(changed)
    yield from _list_totals(changed)
    yield from _list_unchanged([part for part in plan.collections if not part.is_changed])
    yield from _list_fields(changed)
    sets = [(part, each) for part in changed for each in part.sets if each.action in GROUPED and each.count]
    groups = [
        [clean_code(part.address, 80), each.action.value, f"{each.count:,}", *render_set_cells(each)]
        for part, each in sets
    ]
    head = ["collection", "action", "tiles:", "why", "sensed", "largest groups"]
    yield from _list_long("Groups", head, groups, folds=folds)
    samples = [[each.action.value, *render_sample(sample)] for _, each in sets for sample in each.samples]
    yield from _list_long("Samples", ["action", "path", "sensed", "why"], samples, folds=folds)
    yield from _list_causes(plan)
    yield from _list_warnings(plan)


def _list_long(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, folds: bool) -> Iterator[Piece]:
    yield from list_fold(title, head, rows) if folds else list_table(f"#### {title}", head, rows)


def _list_outside(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    """Yield what of the plan was changed outside, a line a collection."""
    lines = [
        f"{clean_code(part.address, 80)}: {', '.join([*_list_itself(part.change), *_list_counts(part)])}"
        for part in parts
        if part.is_drifted
    ]
    yield from list_lines("#### Changed outside", lines)


def _list_itself(change: CollectionChange) -> Iterator[str]:
    fields = [clean_code(field.path, 80) for field in change.fields if field.origin is Origin.LIVE]
    yield from fields[:FIELDS_NAMED]
    yield from format_rest(len(fields), min(len(fields), FIELDS_NAMED), "field")
    if change.origin is Origin.LIVE and not fields and change.action is not Action.KEEP:
        yield "the collection itself"


def _list_counts(part: CollectionPlan) -> Iterator[str]:
    for each in part.sets:
        count = each.count_origin(Origin.LIVE)
        if count:
            yield f"{format_count(count, 'tile')} to {each.action.value}"


def _list_totals(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    """Yield a row a collection that changes; columns without a single tile are left out."""
    shown = [action for action in COUNTED if action in WRITES or any(part.count(action) for part in parts)]
    rows = [
        [
            clean_code(part.address, 80),
            "" if part.change.action is Action.KEEP else part.change.action.value,
            *(f"{part.count(action):,}" for action in shown),
            f"{part.live_tiles:,}",
        ]
        for part in parts
    ]
    head = ["collection", "itself", *(f"{action.value}:" for action in shown), "live:"]
    yield from list_table("#### Tiles by collection", head, rows)


def _list_unchanged(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    if parts:
        live = format_count(sum(part.live_tiles for part in parts), "live tile")
        yield make_paragraph(f"{format_count(len(parts), 'collection')} unchanged, with {live}.")


def _list_fields(parts: Sequence[CollectionPlan]) -> Iterator[Piece]:
    rows = [
        [
            clean_code(part.address, 80),
            clean_code(field.path, 80) + (" (refused in place)" if field.is_immutable else ""),
            clean_code(render_value(field.before)),
            clean_code(render_value(field.after)),
        ]
        for part in parts
        for field in part.change.fields
    ]
    yield from list_table("#### Fields of collections", ["collection", "field", "before", "after"], rows)


def _list_causes(plan: Plan) -> Iterator[Piece]:
    causes = [(count, cause, part.address) for part in plan.collections for cause, count in part.by_cause.items()]
    rows = [
        [clean_code(address, 80), f"{count:,}", clean_words(cause, 140)]
        for count, cause, address in sorted(causes, key=lambda each: (-each[0], each[1], each[2]))
    ]
    yield from list_table("#### FAILED tiles by cause", ["collection", "tiles:", "cause"], rows)


def _list_warnings(plan: Plan) -> Iterator[Piece]:
    lines = [render_note(note) for note in plan.diagnostics if note.severity != "error"]
    lines += [
        f"acked: {clean_code(rail.address, 80)}: {rail.rule.value}, {clean_words(rail.text)}"
        f" ({clean_words(rail.acked_by, 120)})"
        for rail in plan.rails
        if rail.acked_by and not rail.tripped
    ]
    if not plan.is_complete:
        lines.append("Removed collections were not looked for: this plan covers a part of the project.")
    yield from list_lines("#### Notes", lines)
