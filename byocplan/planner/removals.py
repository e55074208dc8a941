"""Plan the addresses that no manifest describes any more: delete, or forget. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import Action, CollectionChange, Reason
from byocplan.model.collection import OnRemove
from byocplan.model.plan import CollectionPlan, Diagnostic
from byocplan.model.rail import Rule
from byocplan.planner.part import PlannedPart
from byocplan.planner.rails import make_hard_rail

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection

    from byocplan.model.address import Address
    from byocplan.model.binding import Binding, Bindings
    from byocplan.planner.resolve import LiveCollections

PREVENTED = (
    "its document is gone, but its binding says preventDestroy; bring the document back with preventDestroy: false and"
    " apply, then remove it, or bring it back for good"
)


def plan_removals(
    bindings: Bindings,
    described: AnyCollection[Address],
    live: LiveCollections,
    claimed_ids: AnyCollection[str] = (),
) -> tuple[PlannedPart, ...]:
    """Return a part for each binding whose address is not among ``described``, in order of address.

    ``claimed_ids`` are the live ids that described addresses stand for: a collection that another document took over is
    forgotten, not deleted.
    """
    return tuple(
        _plan_removal(binding, live, is_claimed=binding.id in claimed_ids)
        for address, binding in sorted(bindings.by_address.items())
        if address not in described
    )


def _plan_removal(binding: Binding, live: LiveCollections, *, is_claimed: bool) -> PlannedPart:
    found = live.by_id.get(binding.id)
    if found is None:
        note = f"the collection {binding.id} of this address is not live any more; its binding is dropped"
        diagnostic = Diagnostic("warning", note, binding.address)
        return PlannedPart(_make_part(binding, Action.FORGET, Reason.NOT_LIVE), diagnostics=(diagnostic,))
    if is_claimed:
        return PlannedPart(_make_part(binding, Action.FORGET, Reason.NOT_IN_MANIFEST))
    if binding.prevent_destroy:
        rail = make_hard_rail(Rule.PREVENT_DESTROY, binding.address, PREVENTED)
        return PlannedPart(_make_part(binding, Action.DELETE, Reason.NOT_IN_MANIFEST, PREVENTED), (rail,))
    if binding.on_remove is OnRemove.RETAIN:
        return PlannedPart(_make_part(binding, Action.FORGET, Reason.RETAINED))
    return PlannedPart(_make_part(binding, Action.DELETE, Reason.NOT_IN_MANIFEST))


def _make_part(binding: Binding, action: Action, reason: Reason, blocked: str = "") -> CollectionPlan:
    change = CollectionChange(
        binding.address, action, reason, binding.name, binding.s3_bucket, id=binding.id, blocked=blocked
    )
    return CollectionPlan(change, scopes=binding.scopes, labels=binding.labels)
