"""Plan what goes: addresses that no manifest describes any more, or all of them. Delete, or forget. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, CollectionChange, Reason
from byocplan.model.collection import OnRemove
from byocplan.model.plan import CollectionPlan, Diagnostic
from byocplan.model.rail import Rule
from byocplan.planner.part import PlannedPart
from byocplan.planner.rails import make_hard_rail

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.binding import Binding, Bindings
    from byocplan.model.collection import Collection, Lifecycle
    from byocplan.planner.resolve import LiveCollections

PREVENTED = (
    "its document is gone, but its binding says preventDestroy; bring the document back with preventDestroy: false and"
    " apply, then remove it, or bring it back for good"
)
KEPT = (
    "preventDestroy is set, in its manifest or by the last apply; nothing is destroyed before its manifest says"
    " preventDestroy: false and is applied"
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


def plan_destroy(
    bindings: Bindings, described: Mapping[Address, Collection], live: LiveCollections
) -> tuple[PlannedPart, ...]:
    """Return a part for each binding, in order of address; what is not bound is in none.

    Of what the manifest says of the lifecycle and what the last apply recorded, the more careful counts.
    """
    by_id = {collection.id: collection for collection in described.values() if collection.id is not None}
    return tuple(
        _plan_destroy(binding, (described.get(address), by_id.get(binding.id)), live)
        for address, binding in sorted(bindings.by_address.items())
    )


def _plan_destroy(
    binding: Binding, documents: tuple[Collection | None, Collection | None], live: LiveCollections
) -> PlannedPart:
    """Plan the end of one binding; ``documents`` are that of its address, and the one that names its id."""
    obstacle = _find_contradiction(binding, documents[0], live)
    if obstacle:
        rail = make_hard_rail(Rule.OWNERSHIP, binding.address, obstacle)
        return PlannedPart(_make_part(binding, Action.DELETE, Reason.DESTROYED, obstacle), (rail,))
    for document in filter(None, documents):
        binding = _heed(binding, document.lifecycle)
    if binding.prevent_destroy and binding.id in live.by_id:
        rail = make_hard_rail(Rule.PREVENT_DESTROY, binding.address, KEPT)
        return PlannedPart(_make_part(binding, Action.DELETE, Reason.DESTROYED, KEPT), (rail,))
    planned = _plan_removal(binding, live, is_claimed=False)
    change = planned.part.change
    if change.action is not Action.DELETE:
        return planned
    return replace(planned, part=replace(planned.part, change=replace(change, reason=Reason.DESTROYED)))


def _heed(binding: Binding, lifecycle: Lifecycle) -> Binding:
    """Return the binding as careful as the manifest, also where that was not applied yet."""
    retains = OnRemove.RETAIN in {binding.on_remove, lifecycle.on_remove}
    return replace(
        binding,
        prevent_destroy=binding.prevent_destroy or lifecycle.prevent_destroy,
        on_remove=OnRemove.RETAIN if retains else OnRemove.DELETE,
    )


def _find_contradiction(binding: Binding, collection: Collection | None, live: LiveCollections) -> str:
    """Return why it is not certain which collection is meant, empty where it is."""
    if collection is not None and collection.id not in {None, binding.id}:
        return (
            f"the manifest says `id: {collection.id}`, but {binding.id} is bound; mend or remove that line, or apply it"
            " first"
        )
    accounts = {each.account_id for each in live.by_id.values()} - {None, binding.account_id}
    if binding.id not in live.by_id and binding.account_id and accounts:
        return (
            f"{binding.id} was bound on the account {binding.account_id}, these credentials are of"
            f" {', '.join(sorted(map(str, accounts)))}; take the right ones, or forget it with `byocplan state rm"
            f" {binding.address}`"
        )
    return ""


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
