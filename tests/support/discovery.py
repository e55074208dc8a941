"""Builders of tile sources and of what discovery makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.discovery.discover import discover_collection
from byocplan.discovery.rule import make_source_rules
from byocplan.model.address import make_address
from byocplan.model.collection import Collection
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.source import PathSource, PatternSource, TileOptions
from byocplan.model.tile_paths import TilePaths
from byocplan.sets import TileSets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.discovery.listing import Bucket
    from byocplan.model.discovered import Discovered
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredRow

ANY = Where()
DEFAULTS = TileOptions()


@dataclass(frozen=True, slots=True)
class Result:
    """The report and the tiles of one discovery; ``tiles`` are keyed by path."""

    report: Discovered
    tiles: dict[str, DesiredRow]

    @property
    def complete(self) -> list[str]:
        return [path for path, row in self.tiles.items() if row.is_complete]


def make_pattern_source(
    text: str, where: Where = ANY, options: TileOptions = DEFAULTS, place: str = "m.yaml:1", inventory: str = ""
) -> PatternSource:
    return PatternSource(compile_pattern(text), where, options, place, inventory)


def make_path_source(path: str, options: TileOptions = DEFAULTS, place: str = "m.yaml:2") -> PathSource:
    return PathSource(path, options, place)


def make_collection(sources: Sequence[TileSource]) -> Collection:
    return Collection(make_address("c"), "c", "bucket", sources=tuple(sources))


def discover(
    bucket: Bucket, *sources: TileSource, bands: Sequence[str] | None = None, selected: TilePaths | None = None
) -> Result:
    """Discover the sources in the bucket and read all tiles back."""
    with TileSets() as sets:
        desired = sets.make_desired(make_source_rules(sources, bands), selected or TilePaths())
        report = discover_collection(make_collection(sources), bands, bucket, desired)
        return Result(report, {row.path: row for row in desired.iter_rows()})
