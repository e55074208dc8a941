"""Instants as whole milliseconds since 1970-01-01T00:00:00Z. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


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
    return convert_moment(datetime.fromisoformat(text))


def convert_moment(moment: datetime) -> int:
    """Return the instant (ms) of a moment; microseconds are cut off, no zone means UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // MILLISECOND


def convert_moments(moments: Sequence[datetime | None]) -> list[int | None]:
    """Return the instants (ms) of many moments, None for none."""
    try:
        return [None if moment is None else (moment - EPOCH) // MILLISECOND for moment in moments]
    except TypeError:  # some have no zone
        return [None if moment is None else convert_moment(moment) for moment in moments]


def format_instant(instant_ms: int) -> str:
    """Return ``2019-11-27T00:00:00Z``; with milliseconds only where there are some."""
    moment = EPOCH + timedelta(milliseconds=instant_ms)
    text = moment.isoformat()[:19]  # strftime does not pad years before 1000
    return f"{text}.{instant_ms % 1000:03d}Z" if instant_ms % 1000 else f"{text}Z"
