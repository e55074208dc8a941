"""What inference takes and gives. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from byocplan.model.source import SensingKind, SensingTime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.model.pattern import Match, PathPattern, Where


class Unknown(Enum):
    """A sensing time that nobody has said; not the same as none."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class SeenTile:
    """A tile path, ``(BAND)`` literal, and its sensing time in ms: None for timeless.

    UNKNOWN for what was merely found in a bucket: such tiles are a sample, and dates are taken for what they seem.
    """

    path: str
    sensing_time_ms: int | Unknown | None = UNKNOWN


@dataclass(frozen=True, slots=True)
class Inferred:
    """A pattern that takes all of ``tiles``; ``sensing`` gives each its time. ``where`` narrows it."""

    pattern: PathPattern
    sensing: SensingTime
    tiles: Sequence[SeenTile] = field(repr=False)
    where: Where | None = None
    where_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get_time(self, match: Match) -> int | None:
        """Return the sensing time (ms) that the source gives the tile of a match."""
        if self.sensing.kind is SensingKind.AUTO:
            return next(iter(match.times.values()), None)
        return self.sensing.fixed_ms

    def fits(self, tile: SeenTile) -> bool:
        """Tell whether the pattern takes the tile and, where its time is known, gives it that time."""
        match = self.pattern.match_tile(tile.path)
        if match is None:
            return False
        is_free = self.sensing.kind is SensingKind.KEEP or tile.sensing_time_ms is UNKNOWN
        return is_free or self.get_time(match) == tile.sensing_time_ms


@dataclass(frozen=True, slots=True)
class Inference:
    """Patterns, and the tiles that none of them gives."""

    sources: tuple[Inferred, ...] = ()
    rest: tuple[SeenTile, ...] = ()
