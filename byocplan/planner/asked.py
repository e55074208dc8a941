"""What a manifest asks of a collection's own fields, as digests to be recorded, and who moved where live differs. Pure.

A field that was asked for in the same words at the last apply, and differs now, was changed outside.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Origin
from byocplan.model.unset import UNSET
from byocplan.planner.fields import BANDS, BUCKET, NAME, NO_DATA, STORAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.band import Band
    from byocplan.model.binding import Binding
    from byocplan.model.change import CollectionChange
    from byocplan.model.collection import Collection
    from byocplan.planner.resolve import Resolution

#: Enough to tell a few texts apart; the lock file is read by people.
DIGEST_LENGTH = 12


def make_asked(collection: Collection) -> dict[str, str]:
    """Return a digest of each field that the manifest asks for. What it ignores or leaves open has none."""
    bands = collection.bands or {}
    no_data = {name: band.no_data for name, band in bands.items() if band.no_data is not UNSET}
    asks_no_data = no_data or collection.no_data is not UNSET
    asked: dict[str, object] = {
        NAME: collection.name,
        BUCKET: collection.s3_bucket,
        NO_DATA: [None if collection.no_data is UNSET else [collection.no_data], no_data] if asks_no_data else None,
        BANDS: None if collection.bands is None else {name: _encode_band(band) for name, band in bands.items()},
        STORAGE: collection.storage_identifier,
    }
    ignored = collection.lifecycle.ignore_changes
    return {name: _digest(value) for name, value in asked.items() if value is not None and name not in ignored}


def trace_change(
    change: CollectionChange, collection: Collection, resolution: Resolution, binding: Binding | None
) -> CollectionChange:
    """Return the change with where it and its fields come from."""
    if resolution.live is None or not change.fields:
        return replace(change, origin=Origin.LIVE if resolution.is_gone else Origin.MANIFEST)
    if binding is None or binding.id != resolution.live.id or change.action is Action.ADOPT:
        return change
    same = _list_same(collection, binding)
    fields = tuple(
        replace(field, origin=Origin.LIVE if _get_key(field.path) in same else Origin.MANIFEST)
        for field in change.fields
    )
    is_drift = any(field.origin is Origin.LIVE for field in fields)
    return replace(change, fields=fields, origin=Origin.LIVE if is_drift else Origin.MANIFEST)


def _list_same(collection: Collection, binding: Binding) -> frozenset[str]:
    """Return the fields of which the manifest says what it said at the last apply.

    A binding without digests, of an older version or an import, still has the name and the bucket.
    """
    if not binding.asked:
        pairs = ((NAME, binding.name, collection.name), (BUCKET, binding.s3_bucket, collection.s3_bucket))
        return frozenset(name for name, before, now in pairs if before == now)
    asked = make_asked(collection)
    return frozenset(name for name in (NAME, BUCKET, NO_DATA, BANDS, STORAGE) if _is_same(name, asked, binding.asked))


def _is_same(name: str, asked: Mapping[str, str], before: Mapping[str, str]) -> bool:
    return asked.get(name) == before.get(name)


def _get_key(path: str) -> str:
    """Return which digest a field belongs to: noData of all bands goes together, for one sets or clears the others."""
    if path == NO_DATA or (path.startswith(f"{BANDS}.") and path.endswith(f".{NO_DATA}")):
        return NO_DATA
    return BANDS if path.startswith(f"{BANDS}.") else path


def _encode_band(band: Band) -> dict[str, object]:
    """Return what is asked of a band; that it once had another name changes nothing once it is live."""
    values = asdict(replace(band, previous_name=None, no_data=None))
    return {name: value for name, value in values.items() if value is not None}


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
