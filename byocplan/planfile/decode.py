"""The text of ``plan.json`` in, a plan without its tiles out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from byocplan.errors import PatternError
from byocplan.model.address import Address
from byocplan.model.band import LiveBand
from byocplan.model.change import CollectionChange, FieldChange, SetChange, TileSample
from byocplan.model.collection import CollectionPayload, Lifecycle
from byocplan.model.deployment import Deployment
from byocplan.model.instant import make_instant
from byocplan.model.plan import BindingMark, CollectionPlan, Diagnostic, Estimate, Plan, Provenance
from byocplan.model.rail import Rail
from byocplan.model.refresh import Refresh
from byocplan.model.scope_form import make_scope
from byocplan.planfile import forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.model.plan import TileChanges

V = TypeVar("V")

MAJOR = "1"


class UnreadableError(Exception):
    """``plan.json`` is not what this version writes; the text says how."""


def decode_plan(content: bytes, open_tiles: Callable[[forms.CollectionForm], TileChanges]) -> Plan:
    """Return the plan; ``open_tiles`` gives the tile changes of a collection. Raises UnreadableError."""
    try:
        head = msgspec.json.decode(content, type=forms.FormatForm)
        if head.format_version.partition(".")[0] != MAJOR:
            raise UnreadableError(
                f"it has format {head.format_version}, made by byocplan {head.byocplan_version}; this one reads {MAJOR}"
            )
        return _make_plan(msgspec.json.decode(content, type=forms.PlanForm), open_tiles)
    except (msgspec.MsgspecError, ValueError, PatternError, RecursionError) as error:
        raise UnreadableError(f"plan.json cannot be read ({error})") from error


def _make_plan(form: forms.PlanForm, open_tiles: Callable[[forms.CollectionForm], TileChanges]) -> Plan:
    return Plan(
        form.project,
        form.deployment_name,
        tuple(_make_collection(each, open_tiles(each)) for each in form.collections),
        tuple(_rebuild(Rail, rail) for rail in form.rails),
        tuple(_rebuild(Diagnostic, note) for note in form.diagnostics),
        form.complete,
        form.plan_hash,
        form.guard_hash,
        _rebuild(Estimate, form.estimate),
        _make_provenance(form),
        _rebuild(Refresh, form.refresh),
        form.destroy,
        form.selected,
    )


def _make_provenance(form: forms.PlanForm) -> Provenance:
    state = form.state
    return Provenance(
        made_ms=make_instant(form.made_at),
        deployment=_rebuild(Deployment, form.deployment) if form.deployment else None,
        account_id=form.account_id,
        state=state.kind,
        folder=state.folder,
        lineage=state.lineage,
        bindings={Address(address): _rebuild(BindingMark, mark) for address, mark in state.bindings.items()},
        manifests_digest=form.manifests_digest,
        git_commit=form.git_commit,
        tool_version=form.byocplan_version,
    )


def _make_collection(form: forms.CollectionForm, tiles: TileChanges) -> CollectionPlan:
    lifecycle = _rebuild(Lifecycle, form.lifecycle, ignore_changes=frozenset(form.lifecycle.ignore_changes))
    return _rebuild(
        CollectionPlan,
        form,
        change=_make_change(form.change),
        sets=tuple(_make_set(each) for each in form.sets),
        scopes=tuple(make_scope(scope) for scope in form.scopes),
        lifecycle=lifecycle,
        tiles=tiles,
    )


def _make_change(form: forms.ChangeForm) -> CollectionChange:
    fields = tuple(_rebuild(FieldChange, field) for field in form.fields)
    return _rebuild(CollectionChange, form, fields=fields, payload=_make_payload(form.payload))


def _make_payload(form: forms.PayloadForm | None) -> CollectionPayload | None:
    if form is None:
        return None
    bands = None if form.bands is None else {name: _rebuild(LiveBand, band) for name, band in form.bands.items()}
    return _rebuild(CollectionPayload, form, bands=bands)


def _make_set(form: forms.SetForm) -> SetChange:
    values = {name: getattr(form, name) for name in form.__struct_fields__ if name != "members"}
    return SetChange(**{**values, "samples": tuple(_rebuild(TileSample, sample) for sample in form.samples)})


def _rebuild(value: type[V], form: msgspec.Struct, **changes: object) -> V:
    """Return the value whose fields are those of the form, some of them changed."""
    return value(**{**{name: getattr(form, name) for name in form.__struct_fields__}, **changes})
