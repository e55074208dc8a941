"""Assemble a plan: planned parts in, one plan with rails, hashes and an estimate out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, Reason, TileAction
from byocplan.model.plan import Estimate, Plan
from byocplan.model.rail import Limit
from byocplan.planner.acks import lift_rails
from byocplan.planner.hashes import make_hashes
from byocplan.planner.rails import make_deletes_rail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.collection import Collection
    from byocplan.model.plan import CollectionPlan, Diagnostic
    from byocplan.model.rail import Ack, Rail
    from byocplan.planner.part import PlannedPart

#: Tile actions that read the tile once more just before they write.
READ_FIRST = (TileAction.UPDATE, TileAction.REINGEST, TileAction.DELETE)
#: Collection actions that send something.
SENDS = {Action.CREATE: 1, Action.UPDATE: 1, Action.REPLACE: 2, Action.DELETE: 1}
#: Why a collection goes, where its document is not gone.
DOOMED = {Reason.IMMUTABLE_FIELD: "it would be replaced", Reason.DESTROYED: "it would be destroyed"}


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is made of.

    ``parts`` are those of ``plan_collection`` and ``plan_removals``; ``collections`` the described ones, for the acks
    in their manifests; ``acks`` the typed ones. ``max_collection_deletes`` is the Project's. ``now_ms`` is the time by
    which acks expire; nothing else depends on it. ``looks_first`` is that of ``make_estimate``. ``diagnostics`` are
    about no part.
    """

    project: str
    deployment: str
    now_ms: int
    parts: tuple[PlannedPart, ...] = ()
    collections: tuple[Collection, ...] = ()
    acks: tuple[Ack, ...] = ()
    max_collection_deletes: Limit = Limit(0)
    is_complete: bool = True
    requests_per_minute: float | None = None
    looks_first: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()


def make_plan(request: PlanRequest) -> Plan:
    """Return the plan, its parts in order of address. Total and deterministic."""
    planned = sorted(request.parts, key=lambda each: each.part.address)
    parts = tuple(each.part for each in planned)
    rails = [rail for each in planned for rail in each.rails]
    rails.extend(_iter_collection_deletes(parts, request))
    plan_hash, guard_hash = make_hashes(request.project, request.deployment, parts)
    return Plan(
        request.project,
        request.deployment,
        parts,
        lift_rails(rails, _list_acks(request), request.now_ms),
        (*request.diagnostics, *(note for each in planned for note in each.diagnostics)),
        request.is_complete,
        plan_hash,
        guard_hash,
        make_estimate(parts, request.requests_per_minute, looks_first=request.looks_first),
    )


def make_estimate(
    parts: Sequence[CollectionPlan], requests_per_minute: float | None, *, looks_first: bool = False
) -> Estimate:
    """Return the requests that carrying the plan out takes, polling for ingestion apart.

    ``looks_first``: creates are looked up before they are sent, as where not all live tiles were listed.
    """
    writes = sum(SENDS.get(part.change.action, int(part.change.payload is not None)) for part in parts)
    writes += sum(part.count(action) for part in parts for action in WRITES)
    reads = sum(part.count(action) for part in parts for action in READ_FIRST)
    reads += sum(part.count(TileAction.CREATE) for part in parts) if looks_first else 0
    return Estimate(writes, reads, requests_per_minute)


def _iter_collection_deletes(parts: Sequence[CollectionPlan], request: PlanRequest) -> Iterator[Rail]:
    """Yield a rail for each collection that the plan deletes, replaced ones included; blocked ones trip others."""
    limits = {collection.address: collection.rails.max_collection_deletes for collection in request.collections}
    doomed = [
        part for part in parts if part.change.action in (Action.DELETE, Action.REPLACE) and not part.change.blocked
    ]
    for part in doomed:
        limit = limits.get(part.address, request.max_collection_deletes)
        why = DOOMED.get(part.change.reason, "its document is gone")
        yield make_deletes_rail(part.address, len(doomed), limit, why)


def _list_acks(request: PlanRequest) -> list[Ack]:
    """Return typed acks, then those of the manifests, which are about their own collection."""
    own = [
        replace(ack, address=collection.address) if ack.address is None else ack
        for collection in request.collections
        for ack in collection.acks
    ]
    return [*request.acks, *own]
