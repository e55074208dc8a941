"""Tile sets as columns: build, compare, group, sample, digest. The one place that knows the columnar engine."""

from byocplan.sets.columns import FileBatch, RowBatch, SourceRule, TileBatch
from byocplan.sets.compare import Judges, Orphan, Past, compare_tiles
from byocplan.sets.comparison import Comparison
from byocplan.sets.desired import DesiredRow, DesiredTiles
from byocplan.sets.found import FoundTile, FoundTiles
from byocplan.sets.live import LiveTiles
from byocplan.sets.opened import TileSets
from byocplan.sets.rest import RestTiles
from byocplan.sets.seen import SeenRows, SeenTiles

__all__ = [
    "Comparison",
    "DesiredRow",
    "DesiredTiles",
    "FileBatch",
    "FoundTile",
    "FoundTiles",
    "Judges",
    "LiveTiles",
    "Orphan",
    "Past",
    "RestTiles",
    "RowBatch",
    "SeenRows",
    "SeenTiles",
    "SourceRule",
    "TileBatch",
    "TileSets",
    "compare_tiles",
]
