"""Tile sets as columns: build, compare, group, sample, digest. The one place that knows the columnar engine."""

from byocplan.sets.columns import FileBatch, SourceRule
from byocplan.sets.desired import DesiredRow, DesiredTiles
from byocplan.sets.live import LiveTiles
from byocplan.sets.opened import TileSets

__all__ = ["DesiredRow", "DesiredTiles", "FileBatch", "LiveTiles", "SourceRule", "TileSets"]
