"""What is live of one collection, in counts and ranges; no tile of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.tile import PENDING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class GroupGaps:
    """A group of tiles (by the first field of its pattern) and the ranges of ``unit`` without any, between its ends."""

    name: str
    missing: int
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """``extent`` is west, south, east, north; None where it is not known. Times are instants in ms.

    ``gaps`` are those of all tiles together, ``group_gaps`` of groups, those with most first, bounded; ``groups``
    counts all groups. ``unit`` is ``month`` or ``day``.
    """

    address: str
    id: str
    name: str
    s3_bucket: str
    tiles: int
    by_status: Mapping[str, int] = field(default_factory=dict)
    by_cause: Mapping[str, int] = field(default_factory=dict)
    extent: tuple[float, float, float, float] | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    timeless: int = 0
    unit: str = "month"
    gaps: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    group_gaps: tuple[GroupGaps, ...] = ()
    groups: int = 0
    requires_metadata_update: bool = False

    @property
    def pending(self) -> int:
        """How many tiles are being ingested."""
        return sum(count for status, count in self.by_status.items() if status in PENDING)
