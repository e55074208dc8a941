"""Path patterns from paths: what is live, or lies in a bucket, in; patterns that give exactly that out. Pure.

``infer_sources`` folds tile paths with their sensing times; ``fold_keys`` finds what varies from band to band in keys.
"""

from byocplan.inference.bands import FoldedKeys, fold_keys
from byocplan.inference.infer import MIN_TILES, infer_sources
from byocplan.inference.narrow import narrow_source
from byocplan.inference.tiles import Tiles
from byocplan.inference.values import Inference, Inferred
from byocplan.model.seen import TileList

__all__ = [
    "MIN_TILES",
    "FoldedKeys",
    "Inference",
    "Inferred",
    "TileList",
    "Tiles",
    "fold_keys",
    "infer_sources",
    "narrow_source",
]
