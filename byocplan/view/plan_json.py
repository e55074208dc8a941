"""A plan in, JSON out, in the shape of ``schemas/v1/plan.schema.json``. Its size does not grow with the tiles. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan import __version__
from byocplan.model.change import Action, TileAction
from byocplan.model.instant import format_instant
from byocplan.view.collection_json import make_resource_change
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.sensed import make_sensed

if TYPE_CHECKING:
    from byocplan.model.address import Address
    from byocplan.model.change import SetChange, TileSample
    from byocplan.model.plan import Diagnostic, Estimate, Plan
    from byocplan.model.rail import Rail
    from byocplan.model.refresh import Refresh

TILE_WORDS = (
    TileAction.CREATE,
    TileAction.UPDATE,
    TileAction.REINGEST,
    TileAction.DELETE,
    TileAction.KEEP,
    TileAction.UNMANAGED,
    TileAction.PENDING,
    TileAction.FAILED,
    TileAction.INCOMPLETE,
)


def render_plan_json(plan: Plan) -> str:
    """Return the plan as JSON."""
    return encode_json(make_plan_document(plan))


def make_plan_document(plan: Plan) -> dict[str, object]:
    """Return the plan as JSON values, keys in the order they are printed."""
    return {
        "format_version": FORMAT_VERSION,
        "byocplan_version": __version__,
        "project": plan.project,
        "deployment": plan.deployment,
        "plan_hash": plan.plan_hash,
        "guard_hash": plan.guard_hash,
        "applyable": plan.is_applyable,
        "complete": plan.is_complete,
        "selected": list(plan.selected),
        "destroy": plan.is_destroy,
        "refresh": _make_refresh(plan.refresh),
        "errored": plan.is_errored,
        "summary": _make_summary(plan),
        "resource_changes": [make_resource_change(part) for part in plan.collections],
        "set_changes": [_make_set_change(part.address, change) for part in plan.collections for change in part.sets],
        "rails": [make_rail(rail) for rail in plan.rails],
        "estimate": _make_estimate(plan.estimate),
        "diagnostics": [_make_diagnostic(note) for note in plan.diagnostics],
    }


def _make_refresh(refresh: Refresh) -> dict[str, object]:
    last_ms = refresh.last_full_ms
    return {"mode": refresh.mode.value, "last_full_listing": None if last_ms is None else format_instant(last_ms)}


def _make_summary(plan: Plan) -> dict[str, object]:
    return {
        "collections": {action.value: plan.count_collections(action) for action in Action},
        "tiles": {action.value: plan.count_tiles(action) for action in TILE_WORDS},
        "moves": sum(part.moves for part in plan.collections),
    }


def _make_set_change(address: Address, change: SetChange) -> dict[str, object]:
    return {
        "address": f"{address}/tiles",
        "action": change.action.value,
        "count": change.count,
        "groups": {group: dict(counts) for group, counts in change.groups.items()},
        "reasons": dict(change.reasons),
        "origins": dict(change.origins),
        "samples": [_make_sample(sample) for sample in change.samples],
        "digest": change.digest,
    }


def _make_sample(sample: TileSample) -> dict[str, object]:
    return {"path": sample.path, **make_sensed(sample), "reason": sample.reason}


def make_rail(rail: Rail) -> dict[str, object]:
    """Return a rail as JSON values."""
    return {
        "rule": rail.rule.value,
        "address": rail.address,
        "value": rail.value,
        "limit": rail.limit,
        "unit": rail.unit,
        "source": rail.source,
        "tripped": rail.tripped,
        "ack": rail.ack,
        "count": rail.count,
        "text": rail.text,
        "acked_by": rail.acked_by,
    }


def _make_estimate(estimate: Estimate) -> dict[str, object]:
    minutes = estimate.minutes
    return {
        "writes": estimate.writes,
        "reads": estimate.reads,
        "minutes": None if minutes is None else round(minutes, 1),
        "requests_per_minute": estimate.requests_per_minute,
    }


def _make_diagnostic(note: Diagnostic) -> dict[str, object]:
    return {"severity": note.severity, "summary": note.summary, "address": note.address}
