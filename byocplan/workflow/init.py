"""Init: a prefix of a bucket in, what a first collection could be out. Reads the bucket, a sample of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.discovery.sampling import sample_keys
from byocplan.errors import ArgumentError, BucketError
from byocplan.inference import TileList, fold_keys, infer_sources
from byocplan.model.key_shape import make_key_shape
from byocplan.model.seen import SeenTile
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.discovery.listing import Folders
    from byocplan.inference import FoldedKeys, Inferred

_ADDRESS = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._:-]*[A-Za-z0-9])(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sample of ``keys`` keys gave: sources, bands by the tiles that have them, and what no source takes.

    ``bands`` are texts for ``(BAND)``, ``files`` one key of each; ``whole`` counts the tiles that lack none of them.
    ``left`` counts the other keys by shape, the most first.
    """

    bucket: str
    prefix: str
    keys: int
    sources: tuple[Inferred, ...]
    bands: Mapping[str, int]
    files: Mapping[str, str]
    whole: int
    left: Mapping[str, int]

    @property
    def tiles(self) -> int:
        """How many tiles of the sample the sources take."""
        return sum(len(source.tiles) for source in self.sources)


def split_bucket(address: str) -> tuple[str, str]:
    """Return bucket and prefix of ``s3://bucket/prefix``. Raises ArgumentError."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ArgumentError(f"{address!r} is no bucket", hint="write s3://bucket or s3://bucket/prefix/")
    return found[1], found[2] or ""


def guess_collection(bucket: Folders, name: str, prefix: str) -> Guess:
    """Return what the sample suggests. Raises BucketError where it has no file that could be of a tile."""
    keys = sample_keys(bucket, prefix)
    folded = fold_keys(keys)
    if not folded.files:
        what = f"no .tif or .tiff among {len(keys)} sampled keys below {prefix or 'the bucket'}"
        raise BucketError(name, what, "name the prefix below which the tiles lie; nothing was written")
    found = infer_sources(TileList([SeenTile(path) for path in folded.files]), min_tiles=1)
    taken = [(tile.path, folded.files[tile.path]) for source in found.sources for tile in source.tiles]
    counts = Counter(band for _, bands in taken for band in set(bands) if band)
    return Guess(
        name,
        prefix,
        len(keys),
        found.sources,
        bands=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        files={band: path.replace(BAND, band) for path, bands in reversed(taken) for band in bands if band},
        whole=sum(BAND not in path or counts.keys() <= set(bands) for path, bands in taken),
        left=_count_left(keys, folded, found.sources),
    )


def _count_left(keys: list[str], folded: FoldedKeys, sources: tuple[Inferred, ...]) -> dict[str, int]:
    bands = frozenset(folded.bands) or None
    left = (key for key in keys if not any(source.pattern.match(key, bands) for source in sources))
    return dict(Counter(make_key_shape(key) for key in left).most_common())
