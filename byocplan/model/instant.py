"""Instants as whole milliseconds since 1970-01-01T00:00:00Z. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_instant(text: str) -> int:
    """Return the instant (ms) that ``text`` names: ISO 8601, a date alone, or with any offset; without one, UTC.

    Raises ValueError when it is no time, or finer than a millisecond (the service keeps no more).
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment.microsecond % 1000:
        raise ValueError(f"{text!r} is finer than a millisecond")
    return (moment - EPOCH) // timedelta(milliseconds=1)


def decode_instant(text: str) -> int:
    """Return the instant (ms) of a time the API answered; microseconds are cut off, no zone means UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)


def format_instant(instant_ms: int) -> str:
    """Return ``2019-11-27T00:00:00Z``; with milliseconds only where there are some."""
    moment = EPOCH + timedelta(milliseconds=instant_ms)
    text = moment.isoformat()[:19]  # strftime does not pad years before 1000
    return f"{text}.{instant_ms % 1000:03d}Z" if instant_ms % 1000 else f"{text}Z"
