"""Tiles as they were seen: paths with what is known of their sensing times. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence


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


@dataclass(frozen=True, slots=True)
class TileList:
    """Tiles that fit into memory; a sample, for one."""

    tiles: Sequence[SeenTile]
    is_timed: bool = True

    def __len__(self) -> int:
        return len(self.tiles)

    def __iter__(self) -> Iterator[SeenTile]:
        return iter(self.tiles) if self.is_timed else (SeenTile(tile.path) for tile in self.tiles)

    def spread(self, count: int) -> list[SeenTile]:
        """Return every so-manieth tile."""
        return list(self)[:: max(1, len(self) // count)]

    def select(self, test: Callable[[SeenTile], bool]) -> TileList:
        """Return the tiles that pass."""
        return replace(self, tiles=[tile for tile, seen in zip(self.tiles, self, strict=True) if test(seen)])

    def part(self, key: Callable[[SeenTile], Hashable], least: int) -> list[TileList]:
        """Return groups of equal keys."""
        groups: defaultdict[Hashable, list[SeenTile]] = defaultdict(list)
        for tile, seen in zip(self.tiles, self, strict=True):
            groups[key(seen)].append(tile)
        large = set(sorted(groups, key=lambda name: -len(groups[name]))[:MAX_PARTS])
        return [replace(self, tiles=group) for name, group in groups.items() if name in large and len(group) >= least]

    def iter_without(self, own: Iterable[SeenTile]) -> Iterator[SeenTile]:
        """Yield the tiles whose paths are not in ``own``."""
        return iter(self.without([own]))

    def without(self, others: Iterable[Iterable[SeenTile]]) -> TileList:
        """Return the tiles whose paths are in none of the others, of which none is held: they may be many more."""
        left = {tile.path: tile for tile in self.tiles}
        for other in others:
            for tile in other:
                left.pop(tile.path, None)
        return replace(self, tiles=list(left.values()))

    def hide_times(self) -> TileList:
        """Return the same tiles, their sensing times UNKNOWN."""
        return replace(self, is_timed=False)

    def show_times(self) -> TileList:
        """Return the same tiles with the sensing times they came with."""
        return replace(self, is_timed=True)
