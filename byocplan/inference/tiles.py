"""Many tiles as inference asks for them: gone through, parted and sampled, never held here. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self

from byocplan.model.seen import MAX_PARTS, SeenTile

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence


class Tiles(Protocol):
    """Tiles in an order of their own, each path once. There may be millions of them."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[SeenTile]: ...

    def spread(self, count: int) -> list[SeenTile]:
        """Return about so many tiles, from all over the sequence."""

    def select(self, test: Callable[[SeenTile], bool]) -> Self:
        """Return the tiles that pass."""

    def part(self, key: Callable[[SeenTile], Hashable], least: int) -> Sequence[Self]:
        """Return groups of equal keys, in order of their first members: ``MAX_PARTS`` at most, the largest.

        Those of fewer than ``least`` tiles are left out. Keys are equal where their ``repr`` is.
        """

    def without(self, others: Iterable[Self]) -> Self:
        """Return the tiles whose paths are in none of the others."""

    def hide_times(self) -> Self:
        """Return the same tiles, their sensing times UNKNOWN until ``show_times``."""

    def show_times(self) -> Self:
        """Return the same tiles with the sensing times they came with."""


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

    def without(self, others: Iterable[TileList]) -> TileList:
        """Return the tiles whose paths are in none of the others."""
        taken = {tile.path for other in others for tile in other.tiles}
        return replace(self, tiles=[tile for tile in self.tiles if tile.path not in taken])

    def hide_times(self) -> TileList:
        """Return the same tiles, their sensing times UNKNOWN."""
        return replace(self, is_timed=False)

    def show_times(self) -> TileList:
        """Return the same tiles with the sensing times they came with."""
        return replace(self, is_timed=True)
