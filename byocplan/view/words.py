"""Numbers and reasons in words. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MINUTES_AN_HOUR = 60
LONG_MINUTES = 120

REASONS: Mapping[str, str] = {
    "not-live": "not live yet",
    "field-changed": "its fields differ",
    "sensing-time": "sensingTime",
    "cover-geometry": "coverGeometry",
    "sensing-time-and-cover-geometry": "sensingTime and coverGeometry",
    "immutable-field": "the service refuses this change in place",
    "not-in-manifest": "no longer in the manifests",
    "not-bound": "live, but not bound here",
    "retained": "onRemove: retain",
    "content-changed": "files changed since ingestion",
    "ingestion-failed": "ingestion failed",
    "file-newer": "failed, and a file is newer",
    "file-gone": "files gone from the bucket",
    "scope-removed": "no longer asked for",
    "scope-retained": "no longer asked for, kept",
    "file-missing": "a band's file is missing",
    "not-selected": "not selected",
    "destroyed": "everything bound is destroyed",
    "collection-replaced": "its collection is replaced",
}


def format_count(count: int, noun: str, plural: str = "") -> str:
    """Return ``1 tile``, ``12,480 tiles``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def format_share(part: int, whole: int) -> str:
    """Return ``99.98 %``, rounded; only all of them are 100 %, and only none are 0 %."""
    if not whole:
        return "0 %"
    hundredths = (part * 20_000 + whole) // (2 * whole)
    if 0 < part < whole:
        hundredths = min(max(hundredths, 1), 9_999)
    return f"{hundredths / 100:g} %"


def format_minutes(minutes: float) -> str:
    """Return ``43 min``; hours from two on."""
    if minutes < 1:
        return "1 min"
    if minutes < LONG_MINUTES:
        return f"{math.ceil(minutes)} min"
    return f"{minutes / MINUTES_AN_HOUR:,.1f} h"


def format_seconds(seconds: float) -> str:
    """Return ``12 s``; minutes from two on."""
    return f"{seconds:.0f} s" if seconds < LONG_MINUTES else format_minutes(seconds / 60)


def format_rest(total: int, shown: int, noun: str, plural: str = "") -> list[str]:
    """Return the line that stands for what was not shown, if anything was not."""
    rest = total - shown
    return [f"and {format_count(rest, f'more {noun}', f'more {plural}' if plural else '')}"] if rest > 0 else []


def indent(lines: Sequence[str], width: int = 2) -> list[str]:
    """Return the lines set in by ``width`` blanks."""
    return [" " * width + line for line in lines]
