"""Narrowing a plan to the actions that are asked for. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.model.change import CollectionChange
    from byocplan.model.selection import Selection
    from byocplan.planner.part import PlannedPart


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


def drop_unselected(parts: Iterable[PlannedPart], selection: Selection) -> list[PlannedPart]:
    """Return the parts that are in the plan: neither collections not to be created nor removals not to be made."""
    return [
        planned
        for planned in parts
        if _takes(planned.part.change, selection)
        and not (planned.part.change.action is Action.KEEP and planned.part.change.id is None)
    ]


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
