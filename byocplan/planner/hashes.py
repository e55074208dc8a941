"""Hashes of a plan: what it does, whatever the time and the order of listings. Pure.

Two plans with one ``plan_hash`` do the same. Two with one ``guard_hash`` may differ in imagery that came or changed:
creates and reingests.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from byocplan.model.change import Action, TileAction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.plan import CollectionPlan

GUARDED = (TileAction.UPDATE, TileAction.DELETE)
IMAGERY = (TileAction.CREATE, TileAction.REINGEST)


def make_hashes(project: str, deployment: str, parts: Sequence[CollectionPlan]) -> tuple[str, str]:
    """Return (plan hash, guard hash)."""
    ordered = sorted(parts, key=lambda part: part.address)
    guard = [project, deployment, [_encode_guarded(part) for part in ordered]]
    return _hash([guard, [_encode_imagery(part) for part in ordered]]), _hash(guard)


def _encode_guarded(part: CollectionPlan) -> list[object]:
    """Return the collection change, and what is updated or deleted."""
    change = part.change
    what: list[object] = []
    if change.action is not Action.KEEP:
        fields = [[field.path, field.before, field.after] for field in change.fields]
        payload = asdict(change.payload) if change.payload else None
        what = [change.action.value, change.id, change.name, change.s3_bucket, fields, payload, bool(change.blocked)]
    return [part.address, what, _encode_sets(part, GUARDED)]


def _encode_imagery(part: CollectionPlan) -> list[object]:
    """Return what is created and read again."""
    again = [each.reingest_digest for each in part.sets if each.reingest_digest]
    return [part.address, _encode_sets(part, IMAGERY), again]


def _encode_sets(part: CollectionPlan, actions: Sequence[TileAction]) -> list[list[object]]:
    return [[each.action.value, each.count, each.digest] for each in part.sets if each.action in actions]


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()
