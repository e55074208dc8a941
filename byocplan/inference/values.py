"""What inference takes and gives. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.seen import UNKNOWN
from byocplan.model.source import SensingKind, SensingTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.inference.tiles import Tiles
    from byocplan.model.pattern import Match, PathPattern, Where
    from byocplan.model.seen import SeenTile


@dataclass(frozen=True, slots=True)
class Inferred:
    """A pattern that takes all of ``tiles``; ``sensing`` gives each its time. ``where`` narrows it."""

    pattern: PathPattern
    sensing: SensingTime
    tiles: Tiles = field(repr=False)
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

    sources: tuple[Inferred, ...]
    rest: Tiles
