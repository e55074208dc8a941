"""One collection change in, an entry of ``resource_changes`` in Terraform's shape out. Pure.

Source: Terraform's JSON output format, "change representation".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import Action, Origin

if TYPE_CHECKING:
    from byocplan.model.band import LiveBand
    from byocplan.model.change import CollectionChange
    from byocplan.model.collection import CollectionPayload
    from byocplan.model.plan import CollectionPlan

#: Terraform's words. It has none for adopting, which stands in ``action_reason``.
ACTIONS: dict[Action, list[str]] = {
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.REPLACE: ["delete", "create"],
    Action.ADOPT: ["no-op"],
    Action.DELETE: ["delete"],
    Action.FORGET: ["forget"],
    Action.KEEP: ["no-op"],
}
BAND_FIELDS = frozenset({"source", "bandIndex", "bitDepth", "sampleFormat", "noData"})
GONE = frozenset({Action.DELETE, Action.FORGET})
BORN = frozenset({Action.CREATE, Action.REPLACE})


def make_resource_change(part: CollectionPlan) -> dict[str, object]:
    """Return the entry of a collection, with what is live beside it."""
    change = part.change
    return {
        "address": change.address,
        "type": "collection",
        "id": change.id,
        "change": _make_change(change),
        "action_reason": "adopt" if change.action is Action.ADOPT else change.reason.value,
        "origin": change.origin.value,
        "blocked": change.blocked,
        "moves": part.moves,
        "live": {
            "tiles": part.live_tiles,
            "owned": part.owned_tiles,
            "by_status": dict(part.by_status),
            "by_cause": dict(part.by_cause),
        },
    }


def _make_change(change: CollectionChange) -> dict[str, object]:
    is_new = change.id is None or change.action is Action.CREATE
    actions = ["update"] if change.action is Action.ADOPT and change.fields else ACTIONS[change.action]
    return {
        "actions": list(actions),
        "before": None if is_new else _make_before(change),
        "after": None if change.action in GONE else _make_after(change),
        "after_unknown": _make_unknown(change),
        "replace_paths": [_split(field.path) for field in change.fields if field.is_immutable],
        "drift_paths": [_split(field.path) for field in change.fields if field.origin is Origin.LIVE],
    }


def _make_after(change: CollectionChange) -> dict[str, object]:
    document = _make_document(change)
    if change.action not in BORN:
        document = {"id": change.id, **document}
    for field in change.fields:
        _put(document, _split(field.path), field.after)
    return document


def _make_before(change: CollectionChange) -> dict[str, object]:
    """Return what was live, of the fields that this plan knows."""
    document = {"id": change.id, **_make_document(change)}
    for field in change.fields:
        _put(document, _split(field.path), field.before)
    return document


def _make_unknown(change: CollectionChange) -> dict[str, bool]:
    """Return what only the service can tell: the id, and the bands that the first ingested tile configures."""
    if change.action not in BORN:
        return {}
    has_bands = change.payload is not None and change.payload.bands is not None
    return {"id": True} if has_bands else {"id": True, "bands": True}


def _make_document(change: CollectionChange) -> dict[str, object]:
    document: dict[str, object] = {"name": change.name, "s3Bucket": change.s3_bucket}
    if change.payload is not None and change.action not in GONE:
        document |= _encode_payload(change.payload)
    return document


def _encode_payload(payload: CollectionPayload) -> dict[str, object]:
    document: dict[str, object] = {
        "name": payload.name,
        "s3Bucket": payload.s3_bucket,
        "noData": payload.no_data,
    }
    if payload.storage_identifier is not None:
        document["storageIdentifier"] = payload.storage_identifier
    if payload.max_meters_per_pixel_override is not None:
        document["maxMetersPerPixelOverride"] = payload.max_meters_per_pixel_override
    if payload.bands is not None:
        document["bands"] = {name: _encode_band(band) for name, band in payload.bands.items()}
    return document


def _encode_band(band: LiveBand) -> dict[str, object]:
    return {
        "source": band.source,
        "bandIndex": band.band_index,
        "bitDepth": band.bit_depth,
        "sampleFormat": band.sample_format,
        "noData": band.no_data,
    }


def _split(path: str) -> list[str]:
    """Return the steps of ``bands.Red.noData``. A band's name may hold dots, a field's does not."""
    head, _, rest = path.partition(".")
    if head != "bands" or not rest:
        return path.split(".")
    band, dot, field = rest.rpartition(".")
    return [head, band, field] if dot and field in BAND_FIELDS else [head, rest]


def _put(document: dict[str, object], steps: list[str], value: object) -> None:
    """Set a value in the nested document; a band that is None is absent."""
    *parents, last = steps
    for step in parents:
        inner = document.get(step)
        child = dict(inner) if isinstance(inner, dict) else {}
        document[step] = child
        document = child
    if value is None and parents == ["bands"]:
        document.pop(last, None)
    else:
        document[last] = value
