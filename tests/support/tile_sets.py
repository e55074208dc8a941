"""Builders of tile columns for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.tile import LiveTile, TilePage
from byocplan.model.tile_paths import TilePaths
from byocplan.sets import FileBatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.sets import DesiredTiles, LiveTiles, TileSets
    from byocplan.sets.columns import SourceRule


@dataclass(frozen=True, slots=True)
class Wanted:
    """A desired tile for tests: its files by band."""

    path: str
    files: Mapping[str, str] = field(default_factory=lambda: {"B1": "e1"})
    sensing_time_ms: int | None = None
    source: int = 0
    group: str = "g"
    modified_ms: int = 1000


def make_batches(tiles: Sequence[Wanted]) -> list[FileBatch]:
    """Return one batch a tile, one row a file."""
    return [
        FileBatch(
            tile.source,
            [tile.path] * len(tile.files),
            list(tile.files),
            list(tile.files.values()),
            [tile.modified_ms] * len(tile.files),
            [tile.sensing_time_ms] * len(tile.files),
            [tile.group] * len(tile.files),
        )
        for tile in tiles
    ]


def make_page(tiles: Sequence[LiveTile]) -> TilePage:
    """Return a page of the given tiles."""
    return TilePage.of(tiles)


def make_desired(
    sets: TileSets, tiles: Sequence[Wanted], rules: Sequence[SourceRule], selected: TilePaths | None = None
) -> DesiredTiles:
    """Return a finished desired set; a tile without files is added as missing."""
    desired = sets.make_desired(rules, selected or TilePaths())
    for tile, batch in zip(tiles, make_batches(tiles), strict=True):
        desired.add_files(batch)
        if not tile.files:
            desired.add_missing(tile.source, tile.path, tile.group, tile.sensing_time_ms)
    desired.finish()
    return desired


def make_live(sets: TileSets, tiles: Sequence[LiveTile]) -> LiveTiles:
    """Return a finished live set."""
    live = sets.make_live()
    live.add_page(make_page(tiles))
    live.finish()
    return live
