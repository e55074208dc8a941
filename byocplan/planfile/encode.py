"""A plan in, the text of ``plan.json`` out. Pure; the same plan makes the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from byocplan.model.address import get_name
from byocplan.model.change import WRITES, Action, TileAction
from byocplan.model.instant import format_instant
from byocplan.model.scope_form import ScopeForm, encode_scope
from byocplan.planfile import forms
from byocplan.planfile.staleness import LIFETIME_MS

if TYPE_CHECKING:
    from byocplan.model.address import Address
    from byocplan.model.change import SetChange
    from byocplan.model.plan import CollectionPlan, Plan, Provenance

FORMAT_VERSION = "1.0"

T = TypeVar("T")


def encode_plan(plan: Plan) -> bytes:
    """Return ``plan.json``, indented for readers."""
    encoded = msgspec.json.encode(make_plan_form(plan))
    return msgspec.json.format(encoded, indent=1) + b"\n"


def name_members(address: Address, action: TileAction) -> str:
    """Return the file of the zip that lists the members of a set."""
    return f"changes/{get_name(address)}.{action.value}.ndjson.gz"


def make_plan_form(plan: Plan) -> forms.PlanForm:
    """Return the form of a plan."""
    origin = plan.provenance
    return forms.PlanForm(
        format_version=FORMAT_VERSION,
        byocplan_version=origin.tool_version,
        made_at=format_instant(origin.made_ms),
        expires_at=format_instant(origin.made_ms + LIFETIME_MS),
        git_commit=origin.git_commit,
        project=plan.project,
        deployment_name=plan.deployment,
        deployment=_convert(origin.deployment, forms.DeploymentForm) if origin.deployment else None,
        account_id=origin.account_id,
        state=_make_state(origin),
        manifests_digest=origin.manifests_digest,
        plan_hash=plan.plan_hash,
        guard_hash=plan.guard_hash,
        applyable=plan.is_applyable,
        complete=plan.is_complete,
        errored=plan.is_errored,
        summary={
            "collections": {action.value: plan.count_collections(action) for action in Action},
            "tiles": {action.value: plan.count_tiles(action) for action in TileAction},
        },
        collections=tuple(_make_collection(part) for part in plan.collections),
        rails=tuple(_convert(rail, forms.RailForm) for rail in plan.rails),
        diagnostics=tuple(_convert(note, forms.DiagnosticForm) for note in plan.diagnostics),
        estimate=_convert(plan.estimate, forms.EstimateForm),
        refresh=_convert(plan.refresh, forms.RefreshForm),
        destroy=plan.is_destroy,
        selected=plan.selected,
    )


def _make_state(origin: Provenance) -> forms.StateForm:
    marks = {str(address): _convert(mark, forms.MarkForm) for address, mark in origin.bindings.items()}
    return forms.StateForm(origin.state, origin.folder, origin.lineage, dict(sorted(marks.items())))


def _make_collection(part: CollectionPlan) -> forms.CollectionForm:
    lifecycle = part.lifecycle
    return forms.CollectionForm(
        change=_convert(part.change, forms.ChangeForm),
        sets=tuple(_make_set(part.address, each) for each in part.sets),
        live_tiles=part.live_tiles,
        owned_tiles=part.owned_tiles,
        by_status=dict(part.by_status),
        by_cause=dict(part.by_cause),
        scopes=tuple(msgspec.convert(encode_scope(scope), ScopeForm) for scope in part.scopes),
        lifecycle=forms.LifecycleForm(
            lifecycle.prevent_destroy, lifecycle.on_remove, lifecycle.replace, tuple(sorted(lifecycle.ignore_changes))
        ),
        labels=dict(sorted(part.labels.items())),
        moves=part.moves,
        is_slice=part.is_slice,
        asked=dict(sorted(part.asked.items())),
    )


def _make_set(address: Address, change: SetChange) -> forms.SetForm:
    form = _convert(change, forms.SetForm)
    form.members = name_members(address, change.action) if change.action in WRITES else ""
    return form


def _convert(value: object, form: type[T]) -> T:
    return msgspec.convert(value, form, from_attributes=True)
