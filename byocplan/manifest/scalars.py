"""Scalars: a text of YAML and the types the schema allows in, a typed value out. Pure.

What cannot be read as one of the types stays text, and the schema then refuses it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

Value: TypeAlias = str | int | float | bool | None

NULLS = frozenset({"null", "~"})
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,99})?([eE][+-]?[0-9]{1,4})?")
_BOOLEANS = {"true": True, "false": False}


def make_value(text: str, types: AbstractSet[str], *, is_plain: bool) -> Value:
    """Return the value of a scalar; ``types`` are JSON types. Only an unquoted text can be more than a text."""
    if not is_plain:
        return text
    if "null" in types and (text in NULLS or not text):
        return None
    if "boolean" in types and text in _BOOLEANS:
        return _BOOLEANS[text]
    if types & {"integer", "number"} and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
