"""Tiles in, one after the other, what a report shows of them out; bounded however many they are. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.geometry import find_center
from byocplan.model.cause import CauseTally
from byocplan.view.report.bins import get_month
from byocplan.view.report.cells import CellTally

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_MS = 86_400_000
#: Tiles drawn and listed one by one, in all.
MAX_TILES = 20_000
#: Tiles listed as samples of an action that has too many.
SAMPLES = 500
#: First what a reviewer has to see: actions are drawn one by one as long as all of an action fit.
RANKS = (
    *("delete", "failed", "update", "reingest", "create", "incomplete", "pending", "unmanaged", "keep"),
    *("FAILED", "WAITING", "QUEUED", "INGESTING", "INGESTED"),
)


@dataclass(frozen=True, slots=True)
class MapTile:
    """A tile of a report. ``action`` is what becomes of it, or its status; ``cover`` is GeoJSON text.

    ``live_time_ms`` is the sensing time that ``time_ms`` takes the place of, where the tile ``is_retimed``.
    """

    collection: str
    action: str
    path: str
    reason: str
    time_ms: int | None
    cover: str | None
    live_time_ms: int | None = None
    is_retimed: bool = False


@dataclass(slots=True)
class TileTally:
    """Counts all tiles, and keeps so many of each action that can be drawn one by one.

    ``causes`` are those of live tiles that FAILED.
    """

    max_tiles: int = MAX_TILES
    counts: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    timeless: Counter[str] = field(default_factory=Counter)
    days: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    kept: defaultdict[str, list[MapTile]] = field(default_factory=lambda: defaultdict(list))
    cells: CellTally = field(default_factory=CellTally)
    causes: CauseTally = field(default_factory=CauseTally)

    def add(self, tile: MapTile) -> None:
        """Count a tile."""
        action = tile.action
        self.counts[action] += 1
        if len(self.kept[action]) < self.max_tiles:
            self.kept[action].append(tile)
        day = None
        if tile.time_ms is None:
            self.timeless[action] += 1
        else:
            day = tile.time_ms // DAY_MS
            self.days[action][day] += 1
        place = find_center(tile.cover) if tile.cover else None
        if place is not None:
            self.placed[action] += 1
            self.cells.add(action, place, None if day is None else get_month(day))

    @property
    def actions(self) -> list[str]:
        """The actions that tiles have, in order of rank."""
        return sorted(self.counts, key=_get_rank)

    def count_unplaced(self) -> dict[str, int]:
        """Return how many tiles of each action have no known place; actions without such are left out."""
        missing = {action: self.counts[action] - self.placed[action] for action in self.actions}
        return {action: count for action, count in missing.items() if count}

    def choose_whole(self) -> Mapping[str, bool]:
        """Return for each action whether its tiles are drawn and listed one by one."""
        room, chosen = self.max_tiles, {}
        for action in self.actions:
            chosen[action] = self.counts[action] <= room
            room -= self.counts[action] if chosen[action] else min(SAMPLES, room)
        return chosen


def _get_rank(action: str) -> tuple[int, str]:
    return (RANKS.index(action) if action in RANKS else len(RANKS), action)
