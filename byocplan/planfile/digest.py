"""Manifests in, a digest of what they say out: comments, order of keys and places in files do not count. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING

from byocplan.model.pattern import PathPattern
from byocplan.model.project import Project
from byocplan.model.rail import Ack, Limit

if TYPE_CHECKING:
    from byocplan.model.project import Manifests

#: Where a value stands, which is no part of what it says. ``place`` is left out of every value.
PLACES = {Limit: "source", Ack: "source", Project: "folder"}


def make_manifests_digest(manifests: Manifests) -> str:
    """Return the SHA-256 of the Project and all collections."""
    text = json.dumps(_make_plain(manifests), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _make_plain(value: object) -> object:
    """Return the value as JSON values, the same for equal values."""
    match value:
        case None | bool() | int() | float():
            plain: object = value
        case Enum():
            plain = [type(value).__name__, value.value]
        case str():
            plain = value
        case PathPattern():
            plain = value.text
        case Mapping():
            plain = {str(key): _make_plain(item) for key, item in value.items()}
        case AbstractSet():
            plain = sorted(str(item) for item in value)
        case list() | tuple():
            plain = [_make_plain(item) for item in value]
        case _:
            plain = _make_plain_fields(value)
    return plain


def _make_plain_fields(value: object) -> dict[str, object]:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} has no digest")
    left_out = {"place", PLACES.get(type(value), "")}
    names = [field.name for field in fields(value) if field.name not in left_out]
    return {name: _make_plain(getattr(value, name)) for name in names}
