"""Apply: manifests, bucket and live state in, an outcome out. The one use case that writes."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.applier import ApplyOptions, Recovery, apply_plan, recover
from byocplan.model.event import Noted
from byocplan.model.failpoint import Failpoint
from byocplan.model.refresh import RefreshMode
from byocplan.model.selection import Selection
from byocplan.sets import TileSets
from byocplan.state import LeaseTerms
from byocplan.workflow.outdating import mark_outdated
from byocplan.workflow.plan import Surroundings, compute_plan
from byocplan.workflow.settled import ApplyRecords, Records

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.client import WriteClient
    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import Loaded
    from byocplan.model.collection import Collection
    from byocplan.model.event import Event
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.model.rail import Ack
    from byocplan.state import Inventory, JournalFolder, State


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """What an apply is about. ``project`` is placed: its deployment is the one the client talks to.

    ``journals`` None keeps no journal, ``inventory`` None no cache of live tiles, ``settled`` None no record of them.
    ``destroys`` as in ``Surroundings``.
    """

    loaded: Loaded
    project: Project
    client: WriteClient
    state: State
    open_bucket: Callable[[Collection], Bucket]
    run_id: str
    now_ms: int
    acks: tuple[Ack, ...] = ()
    options: ApplyOptions = ApplyOptions()
    journals: JournalFolder | None = None
    selection: Selection = Selection()
    lease_timeout_s: float = 0.0
    refresh: RefreshMode = RefreshMode.FULL
    inventory: Inventory | None = None
    settled: Inventory | None = None
    destroys: bool = False


def apply(request: ApplyRequest, approve: Callable[[Plan], bool], report: Callable[[Event], None]) -> Outcome | None:
    """Plan, let ``approve`` decide, and carry the plan out; None when it declined. Holds the lease throughout.

    The lease is taken before anything is listed, so that no other apply changes what the plan was made from.
    """
    with request.state.lease(request.run_id, make_terms(request)), TileSets() as sets:
        see_to_leftovers(request, report)
        around = Surroundings(
            request.project,
            request.client.make_reader(),
            request.state,
            request.open_bucket,
            request.now_ms,
            request.selection,
            request.refresh,
            request.inventory,
            keeps_inventory=True,
            settled=request.settled,
            destroys=request.destroys,
        )
        plan = compute_plan(request.loaded, around, sets, request.acks)
        if not approve(plan):
            return None
        return carry_out(request, plan, sets, report)


def make_terms(request: ApplyRequest) -> LeaseTerms:
    """Return how the lease is held: losing it ends the run."""
    return LeaseTerms(timeout_s=request.lease_timeout_s, on_lost=request.options.stop.fail)


def see_to_leftovers(request: ApplyRequest, report: Callable[[Event], None]) -> None:
    """Bind what crashed runs created without recording it. To be done before anything is planned or resumed."""
    if request.journals is not None:
        named = {each.address for each in request.loaded.manifests.collections if each.id is not None}
        recovery = Recovery(request.client.make_reader(), request.state, request.journals, named, request.options)
        recover(recovery, lambda text: report(Noted(text)))


def carry_out(request: ApplyRequest, plan: Plan, sets: TileSets, report: Callable[[Event], None]) -> Outcome:
    """Carry the plan out under a journal, and keep on record what is live then. The caller holds the lease."""
    journals = request.journals
    if request.inventory is not None:
        mark_outdated(request.inventory, plan, request.project.deployment.base_url, sets)
    records = _open_records(request, plan, sets)
    with journals.open(request.run_id, plan.plan_hash) if journals else nullcontext() as journal:
        options = replace(request.options, journal=journal, looks_first=not plan.refresh.is_full)
        outcome = apply_plan(plan, request.client, request.state, options, report)
    problem = records.keep(plan, outcome) if records else ""
    if problem:
        report(Noted(problem))
    request.options.reach(Failpoint.BEFORE_RELEASE)
    return outcome


def _open_records(request: ApplyRequest, plan: Plan, sets: TileSets) -> ApplyRecords | None:
    if request.settled is None:
        return None
    bound = {address: binding.id for address, binding in request.state.read().by_address.items()}
    records = Records(request.settled, request.project.deployment.base_url, sets)
    return ApplyRecords.open(records, plan, bound)
