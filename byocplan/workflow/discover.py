"""Discover: manifests and buckets in, what the sources give out, tile by tile too. Reads S3; does not know the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.discovery.discover import discover_collection
from byocplan.discovery.rule import get_band_texts, get_text, make_source_rules
from byocplan.errors import ArgumentError
from byocplan.manifest import read_manifests
from byocplan.sets import FoundTiles, TileSets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import ReadOptions
    from byocplan.model.collection import Collection
    from byocplan.model.discovered import Discovered
    from byocplan.sets import DesiredTiles


def discover(
    address: str | None, paths: Sequence[str], options: ReadOptions, open_bucket: Callable[[Collection], Bucket]
) -> tuple[Discovered, ...]:
    """Return what the sources of every collection, or of one ``address``, give; bands are the manifest's own."""
    collections = select_collections(read_manifests(paths, options).manifests.collections, address)
    with TileSets() as sets:
        return tuple(_discover_one(collection, open_bucket(collection), sets)[0] for collection in collections)


def discover_tiles(
    collections: Sequence[Collection], open_bucket: Callable[[Collection], Bucket], sets: TileSets
) -> tuple[tuple[Discovered, ...], FoundTiles]:
    """Return what ``discover`` does, and the tiles, which are read from ``sets``: these stay open for as long."""
    found, reports = FoundTiles(sets.engine), []
    for collection in collections:
        report, desired = _discover_one(collection, open_bucket(collection), sets)
        found.add(collection.address, desired, [get_text(source) for source in collection.sources])
        reports.append(report)
    return tuple(reports), found


def _discover_one(collection: Collection, bucket: Bucket, sets: TileSets) -> tuple[Discovered, DesiredTiles]:
    bands = get_band_texts(collection.bands)
    desired = sets.make_desired(make_source_rules(collection.sources, bands))
    return discover_collection(collection, bands, bucket, desired), desired


def select_collections(collections: tuple[Collection, ...], address: str | None) -> tuple[Collection, ...]:
    """Return all collections, or the one of ``address``. Raises ArgumentError when no manifest describes it."""
    if address is None:
        return collections
    chosen = tuple(collection for collection in collections if collection.address == address)
    if not chosen:
        known = ", ".join(collection.address for collection in collections[:10])
        raise ArgumentError(f"no manifest describes {address}", hint=f"the manifests describe {known or 'none'}")
    return chosen
