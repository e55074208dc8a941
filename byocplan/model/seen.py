"""Tiles as they were seen: paths with what is known of their sensing times. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Unknown(Enum):
    """A sensing time that nobody has said; not the same as none."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
#: So many groups of tiles at most are told apart, the largest; a manifest has far fewer patterns.
MAX_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class SeenTile:
    """A tile path, ``(BAND)`` literal, and its sensing time in ms: None for timeless.

    UNKNOWN for what was merely found in a bucket: such tiles are a sample, and dates are taken for what they seem.
    """

    path: str
    sensing_time_ms: int | Unknown | None = UNKNOWN
