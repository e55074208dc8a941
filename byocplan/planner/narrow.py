"""Narrowing a plan to the collections, tiles and actions that are asked for. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Reason, TileAction
from byocplan.model.plan import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from byocplan.model.change import CollectionChange, SetChange
    from byocplan.model.plan import CollectionPlan
    from byocplan.model.selection import Selection
    from byocplan.planner.part import PlannedPart
    from byocplan.sets import Comparison

NOT_LIVE = frozenset({TileAction.CREATE, TileAction.INCOMPLETE})


def narrow_change(change: CollectionChange, selection: Selection) -> CollectionChange:
    """Return the change, or one that leaves the collection as it is; one to adopt is adopted without field changes.

    A collection that is not to be created has no id then: ``drop_unselected`` takes it out of the plan.
    """
    if change.action is Action.ADOPT and not selection.takes(Action.UPDATE) and change.fields:
        return replace(change, fields=(), payload=None)
    if change.action is Action.KEEP and not change.blocked:
        return change
    if selection.takes(change.action) and change.origin in selection.origins:
        return _narrow_fields(change, selection)
    return replace(change, action=Action.KEEP, reason=Reason.NOT_SELECTED, fields=(), payload=None, blocked="")


def drop_unselected(
    parts: Iterable[PlannedPart], selection: Selection
) -> tuple[list[PlannedPart], tuple[Diagnostic, ...]]:
    """Return the parts that are in the plan: neither collections not to be created nor removals not to be made.

    And what is worth knowing of collections that are not created.
    """
    kept, notes = [], []
    for planned in parts:
        change = planned.part.change
        if change.action is Action.KEEP and change.id is None:
            notes += [note for note in planned.diagnostics if note.severity == "warning"]
        elif _takes(change, selection):
            kept.append(planned)
    return kept, tuple(notes)


def spare_create(change: CollectionChange, sets: Sequence[SetChange], selection: Selection) -> CollectionChange:
    """Return the change; a collection of which tiles are selected by their paths is made for tiles, or not at all."""
    is_spared = change.action is Action.CREATE and bool(selection.paths.like)
    if not is_spared or any(each.action is TileAction.CREATE for each in sets):
        return change
    return replace(change, action=Action.KEEP, reason=Reason.NOT_SELECTED, payload=None)


def iter_left_out(part: CollectionPlan, comparison: Comparison | None, selection: Selection) -> Iterator[Diagnostic]:
    """Yield what of a collection is not planned since it is not selected."""
    if comparison is None:
        return
    if not selection.paths.is_all:
        live = sum(each.count for each in part.sets if each.action not in NOT_LIVE)
        paths = ", ".join([*selection.paths.like, *(f"not {each}" for each in selection.paths.unlike)])
        yield Diagnostic(
            "warning", f"only {live:,} of {part.live_tiles:,} live tiles are selected, by {paths}", part.address
        )
    idle = [each for each in selection.paths.like if not comparison.has_path_like(each)]
    if idle:
        yield Diagnostic(
            "warning", f"no tile has a path like {', '.join(idle)}, neither live nor asked for", part.address
        )
    if comparison.left_out:
        what = ", ".join(f"{count:,} {action.value}" for action, count in comparison.left_out.items())
        why = "not selected and left out" if selection.takes_all_origins else "planned, but no drift"
        yield Diagnostic("warning", f"{why}: {what}", part.address)


def _takes(change: CollectionChange, selection: Selection) -> bool:
    """Tell whether a change is selected; one that nothing is done to is always in the plan."""
    is_kept = change.action is Action.KEEP
    return selection.takes(change.action) and (is_kept or change.origin in selection.origins)


def _narrow_fields(change: CollectionChange, selection: Selection) -> CollectionChange:
    """Leave out the fields of other origins; what is left of a replacement may be possible in place."""
    fields = tuple(field for field in change.fields if field.origin in selection.origins)
    if len(fields) == len(change.fields):
        return change
    if change.action is Action.REPLACE and not any(field.is_immutable for field in fields):
        change = replace(change, action=Action.UPDATE, reason=Reason.FIELD_CHANGED, blocked="")
    return replace(change, fields=fields)
