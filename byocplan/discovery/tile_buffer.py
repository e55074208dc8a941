"""Files of one source in, a page at a time; tiles out, in batches. Touches the desired tile set it fills.

A listing brings the files of a tile close together, so they are folded here, where a file costs least.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.sets import TileBatch
from byocplan.sets.columns import join_files

if TYPE_CHECKING:
    from byocplan.sets import DesiredTiles

#: Tiles held before they are handed over.
BATCH_TILES = 10_000


@dataclass(slots=True, eq=False)
class FoundTile:
    """A tile so far, equal to itself alone; of each file its band and its ETag."""

    path: str
    sensing_time_ms: int | None
    group: str
    bands: list[str] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    newest_ms: int = 0


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
        if tiles:
            self._desired.add_tiles(
                TileBatch(
                    self._source,
                    [tile.path for tile in tiles],
                    [join_files(tile.bands, tile.etags) for tile in tiles],
                    [len(set(tile.bands)) for tile in tiles],
                    [tile.newest_ms for tile in tiles],
                    [tile.sensing_time_ms for tile in tiles],
                    [tile.group for tile in tiles],
                )
            )
