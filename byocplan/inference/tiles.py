"""Many tiles as inference asks for them: gone through, parted and sampled, never held here. Pure.

Few are a ``TileList``, many are rows elsewhere; a part of rows may be a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from byocplan.model.seen import SeenTile


class Tiles(Protocol):
    """Tiles in an order of their own, each path once. There may be millions of them."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[SeenTile]: ...

    def spread(self, count: int) -> list[SeenTile]:
        """Return about so many tiles, from all over the sequence."""

    def select(self, test: Callable[[SeenTile], bool]) -> Tiles:
        """Return the tiles that pass."""

    def part(self, key: Callable[[SeenTile], Hashable], least: int) -> Iterable[Tiles]:
        """Give groups of equal keys, in order of their first members: ``MAX_PARTS`` at most, the largest.

        Those of fewer than ``least`` tiles are left out. Keys are equal where their ``repr`` is. To be gone through
        once: a group may be held no longer than it is looked at.
        """

    def iter_without(self, own: Tiles) -> Iterator[SeenTile]:
        """Yield the tiles whose paths are not in ``own``, in any order."""

    def without(self, others: Iterable[Tiles]) -> Tiles:
        """Return the tiles whose paths are in none of the others."""

    def hide_times(self) -> Tiles:
        """Return the same tiles, their sensing times UNKNOWN until ``show_times``."""

    def show_times(self) -> Tiles:
        """Return the same tiles with the sensing times they came with."""
