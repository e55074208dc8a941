"""Apply a plan file: a reviewed plan in, an outcome out, if the plan still holds. Writes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from byocplan.errors import StaleError
from byocplan.manifest import Loaded
from byocplan.model.instant import format_instant
from byocplan.model.project import Manifests, Project
from byocplan.planfile import Present, find_differences, make_manifests_digest
from byocplan.planner import lift_rails
from byocplan.sets import TileSets
from byocplan.workflow.apply import carry_out, make_terms, see_to_leftovers
from byocplan.workflow.live import LONG_COVER, list_tiles
from byocplan.workflow.provenance import find_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.model.event import Event
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan
    from byocplan.planfile import PlanFile
    from byocplan.workflow.apply import ApplyRequest


def make_loaded(file: PlanFile) -> Loaded:
    """Return what stands for the manifests when none are given: the project as the plan knows it. Raises StaleError."""
    plan, made = file.plan, file.plan.provenance
    if made.deployment is None:
        raise StaleError(str(file.path), ["the plan names no deployment"])
    rate = plan.estimate.requests_per_minute
    project = Project(plan.project, made.deployment, made.state, requests_per_minute=rate, folder=made.folder)
    return Loaded(Manifests(project, ()), (), (), is_whole=False)


def apply_file(
    file: PlanFile, request: ApplyRequest, approve: Callable[[Plan], bool], report: Callable[[Event], None]
) -> Outcome | None:
    """Carry out the plan of the file, or what is left of it; None when ``approve`` declined.

    Typed acks are laid over the rails as they were measured. Raises StaleError when the plan does not hold any more.
    """
    with request.state.lease(request.run_id, make_terms(request)), TileSets() as sets:
        see_to_leftovers(request, report)
        is_begun = request.state.has_begun(file.seal)
        differences = find_differences(file.plan, _look_around(request, is_begun=is_begun))
        if differences:
            raise StaleError(str(file.path), differences)
        plan = replace(file.plan, rails=lift_rails(file.plan.rails, request.acks, request.now_ms))
        if not approve(plan):
            return None
        if not is_begun:
            request.state.record_begun(file.seal, format_instant(request.now_ms))
        list_live = partial(list_tiles, client=request.client.make_reader(), sets=sets, cover_length=LONG_COVER)
        options = replace(request.options, is_resume=is_begun, list_live=list_live)
        return carry_out(replace(request, options=options), plan, sets, report)


def _look_around(request: ApplyRequest, *, is_begun: bool) -> Present:
    """Return what is there now; one request a page of collections."""
    bindings = request.state.read()
    loaded = request.loaded
    return Present(
        request.now_ms,
        request.project.name,
        request.project.deployment.base_url,
        find_account(request.client.iter_collections(), bindings),
        bindings.lineage,
        bindings.by_address,
        make_manifests_digest(loaded.manifests) if loaded.files else None,
        is_begun,
    )
