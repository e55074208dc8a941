"""Files of one source in, a page at a time; tiles out, in batches. Touches the desired tile set it fills.

A listing brings the files of a tile close together, so they are folded here, where a file costs least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from byocplan.sets import TileBatch
from byocplan.sets.columns import BAND_END, join_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.sets import DesiredTiles

#: Tiles held before they are handed over.
BATCH_TILES = 10_000


class FoundTile(msgspec.Struct, eq=False, gc=False):
    """A tile so far, equal to itself alone. ``files`` are ``pieces`` texts as by ``join_files``, joined by newlines.

    It holds texts and numbers alone: of a million lists the garbage collector would take a fifth of a listing's time.
    """

    path: str
    sensing_time_ms: int | None
    group: str
    files: str = ""
    band_count: int = 0
    newest_ms: int = 0
    pieces: int = 0

    def add(self, bands: Sequence[str], etags: Sequence[str], modified_ms: Sequence[int]) -> None:
        """Add files, at least one; columns of equal length."""
        files = join_files(bands, etags)
        self.files = f"{self.files}\n{files}" if self.pieces else files
        self.band_count = len(set(bands))
        self.newest_ms = max(self.newest_ms, *modified_ms)
        self.pieces += 1

    def fold(self) -> None:
        """Make one text of the pieces."""
        if self.pieces > 1:
            lines = sorted(set(self.files.split("\n")))
            self.files, self.pieces = "\n".join(lines), 1
            self.band_count = len({line.partition(BAND_END)[0] for line in lines})


class TileBuffer:
    """Holds the tiles of one source that are being found, and hands them over when there are enough."""

    def __init__(self, source: int, desired: DesiredTiles) -> None:
        self._source, self._desired = source, desired
        self._tiles: list[FoundTile] = []

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush."""
        return len(self._tiles) >= BATCH_TILES

    def start(self, tile: FoundTile) -> FoundTile:
        """Hold a tile, and return it to be filled until the next flush."""
        self._tiles.append(tile)
        return tile

    def flush(self) -> None:
        """Hand over the tiles, and let go of them."""
        tiles, self._tiles = self._tiles, []
        for tile in tiles:
            tile.fold()
        if tiles:
            self._desired.add_tiles(
                TileBatch(
                    self._source,
                    [tile.path for tile in tiles],
                    [tile.files for tile in tiles],
                    [tile.band_count for tile in tiles],
                    [tile.newest_ms for tile in tiles],
                    [tile.sensing_time_ms for tile in tiles],
                    [tile.group for tile in tiles],
                )
            )
