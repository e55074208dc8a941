"""Builders of plans for tests: a few words in, model values out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.address import make_address
from byocplan.model.band import LiveBand
from byocplan.model.change import (
    Action,
    CollectionChange,
    FieldChange,
    Origin,
    Reason,
    SetChange,
    TileAction,
    TileSample,
)
from byocplan.model.collection import CollectionPayload
from byocplan.model.instant import make_instant
from byocplan.model.plan import CollectionPlan, Diagnostic, Estimate, Plan
from byocplan.model.rail import Rail, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"
HASH = "9f3c1a7be2d84c55a0b19c9e51d2f3a4b5c6d7e8f90112233445566778899aabb"[:64]


def make_band(source: str = "B02", bit_depth: int = 16) -> LiveBand:
    """Return an ordinary band."""
    return LiveBand(source, source, 1, bit_depth, "UINT", None)


def make_sample(path: str = "2019/11/27/28V/(BAND).tif", reason: str = "", day: str = "2019-11-27") -> TileSample:
    """Return a sample tile of a day."""
    return TileSample(path, make_instant(day), reason)


def make_retimed(live: str | None = "2020-01-01", *, cover: bool = False) -> TileSample:
    """Return a sample tile to update, which is live with another sensing time; None for timeless."""
    reason = Reason.SENSING_TIME_AND_COVER_GEOMETRY if cover else Reason.SENSING_TIME
    return replace(make_sample(reason=reason), live_sensing_time_ms=None if live is None else make_instant(live))


def make_set(
    action: TileAction,
    count: int,
    *,
    prefix: Mapping[str, int] | None = None,
    month: Mapping[str, int] | None = None,
    reasons: Mapping[str, int] | None = None,
    samples: Sequence[TileSample] = (),
) -> SetChange:
    """Return a set; without a month all of it lies in November 2019."""
    groups = {"prefix": dict(prefix or {"28V": count}), "month": dict(month or {"2019-11": count})}
    return SetChange(action, count, groups, dict(reasons or {}), tuple(samples), "d" * 64)


def make_payload(name: str = "byoc-s2", bands: Sequence[str] | None = ("B02", "B03")) -> CollectionPayload:
    """Return what a create or update sends."""
    named = None if bands is None else {band: make_band(band) for band in bands}
    return CollectionPayload(name, "mosaics", None, named)


def make_change(
    action: Action = Action.UPDATE,
    name: str = "s2",
    *,
    reason: Reason = Reason.FIELD_CHANGED,
    fields: Sequence[FieldChange] = (),
    payload: CollectionPayload | None = None,
    blocked: str = "",
) -> CollectionChange:
    """Return a change of ``collection/NAME``, live as byoc-NAME unless it is a create."""
    live_id = None if action is Action.CREATE else ID
    return CollectionChange(
        make_address(name),
        action,
        reason,
        f"byoc-{name}",
        "mosaics",
        Origin.MANIFEST,
        live_id,
        tuple(fields),
        payload,
        blocked,
    )


def make_part(
    change: CollectionChange,
    *sets: SetChange,
    live: int = 0,
    by_status: Mapping[str, int] | None = None,
    by_cause: Mapping[str, int] | None = None,
) -> CollectionPlan:
    """Return a collection's part of a plan; all live tiles are owned and, unless told, INGESTED."""
    statuses = {"INGESTED": live} if by_status is None else dict(by_status)
    return CollectionPlan(change, sets, live, live, statuses, dict(by_cause or {}))


def make_plan(
    *parts: CollectionPlan,
    rails: Sequence[Rail] = (),
    notes: Sequence[Diagnostic] = (),
    estimate: Estimate | None = None,
    is_complete: bool = True,
) -> Plan:
    """Return a plan of the project ``mosaics``."""
    return Plan(
        "mosaics",
        "aws-eu-central-1",
        parts,
        tuple(rails),
        tuple(notes),
        is_complete,
        HASH,
        HASH[::-1],
        estimate or Estimate(),
    )


def make_rail(
    rule: Rule = Rule.DELETES, name: str = "s2", *, text: str = "", ack: str = "", acked_by: str = "", count: int = 4170
) -> Rail:
    """Return a rail that blocks, unless somebody acked it."""
    return Rail(
        rule,
        make_address(name),
        count,
        41.7,
        10,
        "percent",
        "manifests/s2.yaml:31",
        tripped=not acked_by,
        text=text or "4,170 of 10,000 owned tiles = 41.7 % > maxDeletePercent 10",
        ack=ack,
        acked_by=acked_by,
    )


def make_keep(name: str = "s2", live: int = 1) -> CollectionPlan:
    """Return a collection that is as desired."""
    return make_part(
        make_change(Action.KEEP, name, reason=Reason.AS_DESIRED), make_set(TileAction.KEEP, live), live=live
    )
