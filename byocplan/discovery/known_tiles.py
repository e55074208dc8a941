"""Desired tiles without a bucket: live tiles that are known stand for files that nobody looks at. Reads tables alone.

A source that needs a bucket takes those of them that lie in its scope, with the sensing time and cover it gives them
now. So an edit of a source shows what it does to what is live; what else lies in the bucket is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.discovery.discover import finish_discovery
from byocplan.discovery.left_over import LeftOver
from byocplan.discovery.listing import ObjectPage
from byocplan.discovery.path_index import PathIndex, make_path_tile
from byocplan.discovery.progress import make_progress
from byocplan.discovery.rule import get_first_folder, get_sensing_time
from byocplan.discovery.table_tiles import list_tables
from byocplan.discovery.taker import Taker, offer_page
from byocplan.model.source import PathSource, PatternSource, TableSource
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Iterable, Iterator, Sequence

    from byocplan.discovery.progress import Progress
    from byocplan.model.collection import Collection
    from byocplan.model.discovered import Discovered
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredTiles

NOT_LOOKED_AT = "buckets are not looked at offline"
#: Stands for the bands of a tile of which neither the service nor the manifest names any.
SOME_BAND = "band"


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The files of live tiles as a page of a listing; ``paths`` are their tiles, row by row."""

    page: ObjectPage
    paths: Sequence[str]


def take_known_tiles(
    collection: Collection,
    bands: AnyCollection[str] | None,
    batches: Iterable[Sequence[tuple[str, str | None]]],
    desired: DesiredTiles,
) -> Discovered:
    """Fill and finish ``desired`` as ``discover_collection`` does, with live tiles in place of listings.

    ``batches`` hold path and files (as ``encode_files`` has them) of live tiles. No source but a table is evidence of
    what is not there: the report says that it was not looked at. Raises ManifestError for what is wrong with a table.
    """
    chosen = None if bands is None else frozenset(bands)
    progress = make_progress(collection.sources, desired)
    list_tables(collection.sources, progress, desired)
    takers = [
        Taker(source, progress.sources[index], chosen)
        for index, source in enumerate(collection.sources)
        if isinstance(source, PatternSource)
    ]
    paths = {index: each for index, each in enumerate(collection.sources) if isinstance(each, PathSource)}
    tiles = PathIndex(make_path_tile(index, source) for index, source in paths.items())
    for batch in batches:
        known = make_known_files(batch, bands)
        offer_page(known.page, takers, (), LeftOver())
        for at, key in enumerate(known.page.keys if paths else ()):
            for tile, band in tiles.iter_tiles(key, chosen):
                _add_file(known, at, band, (tile.source, paths[tile.source]), progress)
    return _mark(finish_discovery(collection, progress, desired), collection.sources)


def make_known_files(tiles: Sequence[tuple[str, str | None]], bands: AnyCollection[str] | None) -> KnownFiles:
    """Return the files that live tiles have, so far as is known: those recorded, else one of each band without ETag.

    No file is ever newer than an ingestion.
    """
    rows = [(key, etag, path) for path, files in tiles for key, etag in _iter_files(path, files, bands)]
    page = ObjectPage([row[0] for row in rows], [row[1] for row in rows], [0] * len(rows))
    return KnownFiles(page, [row[2] for row in rows])


def _iter_files(path: str, files: str | None, bands: AnyCollection[str] | None) -> Iterator[tuple[str, str]]:
    """Yield key and ETag of each file of a live tile."""
    recorded = [line.rpartition("=")[::2] for line in files.split("\n")] if files else []
    if BAND not in path:
        yield path, recorded[0][1] if recorded else ""
        return
    for band, etag in recorded or [(band, "") for band in bands or (SOME_BAND,)]:
        yield path.replace(BAND, band), etag


def _add_file(known: KnownFiles, at: int, band: str, owner: tuple[int, PathSource], progress: Progress) -> None:
    """Add a file to the explicit path that names its tile."""
    index, source = owner
    own, path = progress.sources[index], known.paths[at]
    own.path, own.keys = path, own.keys + 1
    own.files.add(known.page, at, (path, band, get_sensing_time(source.options, None), get_first_folder(path)))


def _mark(found: Discovered, sources: Sequence[TileSource]) -> Discovered:
    """Return the report, saying of each source that needs a bucket that it was not looked at."""
    reports = tuple(
        report if isinstance(source, TableSource) else replace(report, failure=NOT_LOOKED_AT)
        for source, report in zip(sources, found.sources, strict=True)
    )
    return replace(found, sources=reports)
