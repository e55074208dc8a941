"""Values as JSON text: ASCII only, keys in the order they were given, the same text for the same value. Pure."""

from __future__ import annotations

import json
import math
import re

FORMAT_VERSION = "1.0"
#: ``##[command]`` counts anywhere in the log of a CI system; in JSON two of these stand inside of strings alone.
DOUBLE_HASH = re.compile("#(?=#)")


def encode_json(value: object) -> str:
    """Return indented JSON that ends with a newline. Text from outside stays data: control characters are escaped.

    Numbers that JSON cannot hold (NaN, infinity) become null.
    """
    text = json.dumps(_make_finite(value), indent=2, ensure_ascii=True, allow_nan=False)
    return DOUBLE_HASH.sub(r"\\u0023", text) + "\n"


def encode_json_line(value: object) -> str:
    """Return the same on one line, without its end."""
    text = json.dumps(_make_finite(value), ensure_ascii=True, allow_nan=False)
    return DOUBLE_HASH.sub(r"\\u0023", text)


def _make_finite(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _make_finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_make_finite(item) for item in value]
        case _:
            return value
