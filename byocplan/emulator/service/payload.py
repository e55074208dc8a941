"""Request bodies, read as leniently as the service does: unknown and read-only keys ignored, null as absent. Pure."""

import json
import math
from typing import Any

from byocplan.emulator.errors import BAD_PAYLOAD, ApiError, make_bad_payload

Payload = dict[str, Any]


def refuse_constant(name: str) -> float:
    """Raise for NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def decode_payload(body: bytes) -> Payload:
    """Return the JSON object of a body, or raise the 400."""
    if not body.strip():
        raise ApiError(400, "Request body should be non-empty.", BAD_PAYLOAD)
    try:
        payload = json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise ApiError(400, "Request body is not valid JSON.", BAD_PAYLOAD) from None
    if not isinstance(payload, dict):
        raise ApiError(400, "Request body should be a JSON object.", BAD_PAYLOAD)
    return payload


def get_text(payload: Payload, key: str) -> str:
    """Return a required text."""
    value = payload.get(key)
    if not isinstance(value, str):
        raise make_bad_payload(key, "must not be null" if value is None else "must be a string")
    return value


def find_number(payload: Payload, key: str, where: str = "") -> float | None:
    """Return an optional number as it was written (an integer stays one)."""
    value = payload.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise make_bad_payload(where + key, "must be a number")
    return value


def find_object(payload: Payload, key: str, where: str = "") -> Payload | None:
    """Return an optional JSON object."""
    value = payload.get(key)
    if value is not None and not isinstance(value, dict):
        raise make_bad_payload(where + key, "must be an object")
    return value
