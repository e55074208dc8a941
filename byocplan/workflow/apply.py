"""Apply: manifests, bucket and live state in, an outcome out. The one use case that writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.applier import ApplyOptions, apply_plan
from byocplan.sets import TileSets
from byocplan.workflow.plan import Surroundings, compute_plan

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
    from byocplan.state import LocalState


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """What an apply is about. ``project`` is placed: its deployment is the one the client talks to."""

    loaded: Loaded
    project: Project
    client: WriteClient
    state: LocalState
    open_bucket: Callable[[Collection], Bucket]
    run_id: str
    now_ms: int
    acks: tuple[Ack, ...] = ()
    options: ApplyOptions = ApplyOptions()


def apply(request: ApplyRequest, approve: Callable[[Plan], bool], report: Callable[[Event], None]) -> Outcome | None:
    """Plan, let ``approve`` decide, and carry the plan out; None when it declined. Holds the lease throughout.

    The lease is taken before anything is listed, so that no other apply changes what the plan was made from.
    """
    with request.state.lease(request.run_id), TileSets() as sets:
        around = Surroundings(
            request.project, request.client.make_reader(), request.state, request.open_bucket, request.now_ms
        )
        plan = compute_plan(request.loaded, around, sets, request.acks)
        if not approve(plan):
            return None
        return apply_plan(plan, request.client, request.state, request.options, report)
