"""Export: live collections in, manifests that ask for what is live out. Reads the service and the buckets it may."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.inference import MIN_TILES, Inferred, infer_sources, narrow_source
from byocplan.model.address import make_label
from byocplan.model.exported import Exported, WrittenSource
from byocplan.model.source import SensingKind, SensingTime
from byocplan.sets import RestTiles
from byocplan.workflow.export_rest import FEW, Rest, can_be_listed, list_rest
from byocplan.workflow.live import LISTING_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.inference import Tiles
    from byocplan.model.collection import LiveCollection
    from byocplan.sets import TileSets

#: With more tiles left than this, patterns that keep the live times are tried first.
MANY_PATHS = 1_000
#: Beside a table a pattern stands for so many tiles at least: fewer are alike by chance, and a pattern costs a listing.
MIN_ALIKE = 5
#: So many tiles without files are listed; a source with more of them is not pruned instead.
MAX_GONE = 200
BATCH_PATHS = 1_000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Where collections are read from, and what holds their tiles. ``taken`` are names that other documents have.

    ``rows_a_table``: so many tiles at most go into one table beside the manifest; 0 where none can be written.
    """

    client: ReadClient
    open_bucket: Callable[[LiveCollection], Bucket]
    sets: TileSets
    taken: frozenset[str] = frozenset()
    rows_a_table: int = 0


def export_collections(request: ExportRequest, collections: Iterable[LiveCollection]) -> Iterator[Exported]:
    """Yield the manifest of each collection, under a name of its own; the rows of its tables stay in the sets."""
    taken = set(request.taken)
    for live in collections:
        name = make_label(live.name, taken)
        taken.add(name)
        yield _export_one(request, live, name)


def _export_one(request: ExportRequest, live: LiveCollection, name: str) -> Exported:
    has_tables = request.rows_a_table > 0
    tiles = _list_tiles(request, live.id)
    sources = _fold(tiles, has_tables=has_tables)
    seen = _look(request, live, sources) if sources else _Seen()
    chosen: list[Inferred] = []
    written: list[WrittenSource] = []
    gone: list[Tiles] = []
    for index, source in enumerate(sources):
        for each in narrow_source(source, seen.foreign[index]) if seen.is_read else (source,):
            lost = each.tiles.without([seen.found[index]]) if seen.is_read else None
            is_listed = lost is None or _is_listed(lost, each, has_tables=has_tables)
            if lost is not None and is_listed:
                gone.append(lost)
            chosen.append(each)
            written.append(_write_pattern(each, 0 if lost is None else len(lost), prune=is_listed))
    rest = tiles.without(each.tiles for each in chosen)
    listed = list_rest(Rest(rest, gone), RestTiles(request.sets.engine), name, request.rows_a_table)
    return Exported(
        name, live, len(tiles), (*written, *listed.sources), seen.notes, listed.left_out, tables=listed.tables
    )


def _is_listed(lost: Tiles, source: Inferred, *, has_tables: bool) -> bool:
    """Tell whether the tiles of a source without files are to be listed.

    Where more than half of its files are missing, it may be the wrong bucket that was looked at.
    """
    most = max(MAX_GONE, len(source.tiles) // 2) if has_tables else MAX_GONE
    return len(lost) <= most and all(map(can_be_listed, lost))


def _list_tiles(request: ExportRequest, collection_id: str) -> Tiles:
    """Return the tiles, each path once; one request a page of 100."""
    tiles = request.sets.make_seen()
    for page in request.client.iter_tile_pages(collection_id, sort=LISTING_ORDER, ahead=True):
        tiles.add(page.paths, page.sensing_times_ms)
    return tiles.finish()


def _fold(tiles: Tiles, *, has_tables: bool) -> list[Inferred]:
    """Return patterns; a table takes tiles of which only a few are alike."""
    found, min_tiles = infer_sources(tiles), MIN_TILES
    if has_tables and len(found.rest) > FEW:
        found, min_tiles = infer_sources(tiles, MIN_ALIKE), MIN_ALIKE
    more = _fold_without_times(found.rest, tiles, min_tiles) if len(found.rest) > MANY_PATHS else []
    return [*found.sources, *more]


def _fold_without_times(rest: Tiles, tiles: Tiles, min_tiles: int) -> list[Inferred]:
    """Fold tiles whose times follow from no path: the live times are kept. Nothing else may be taken along."""
    sources: list[Inferred] = []
    others = tiles.without([rest])
    for each in infer_sources(rest.hide_times(), min_tiles).sources:
        kept = replace(each, sensing=SensingTime(SensingKind.KEEP), tiles=each.tiles.show_times())
        sources += narrow_source(kept, others)
    return sources


@dataclass(slots=True)
class _Seen:
    """What the bucket shows, for each source: the tile paths with files, and those of them that are not its own."""

    found: list[Tiles] = field(default_factory=list)
    foreign: list[Tiles] = field(default_factory=list)
    is_read: bool = False
    notes: tuple[str, ...] = ()


def _look(request: ExportRequest, live: LiveCollection, sources: Sequence[Inferred]) -> _Seen:
    """List what the patterns look at; a bucket that cannot be read leaves the export to the live tiles alone."""
    bands = frozenset(band.source for band in live.bands.values()) or None
    bucket = request.open_bucket(live)
    seen = _Seen(is_read=True)
    try:
        for source in sources:
            found = _list_paths(request.sets, bucket, source, bands)
            seen.found.append(found)
            seen.foreign.append(found.without([source.tiles]))
    except (AccessError, BucketError, UnreachableError) as error:
        note = f"The bucket was not read ({error}), so a plan may find tiles in it that are not live yet."
        return _Seen(notes=(note,))
    return seen


def _list_paths(sets: TileSets, bucket: Bucket, source: Inferred, bands: frozenset[str] | None) -> Tiles:
    """Return the tile paths that have files, each once."""
    found = sets.make_seen()
    # Files of a tile mostly follow one another, so most repeats are left out before they are rows.
    paths = (path for path, _ in groupby(_iter_tile_paths(bucket, source, bands)))
    while batch := list(islice(paths, BATCH_PATHS)):
        found.add(batch, [None] * len(batch))
    return found.finish()


def _iter_tile_paths(bucket: Bucket, source: Inferred, bands: frozenset[str] | None) -> Iterator[str]:
    for prefix in source.pattern.prefixes(source.where):
        for page in bucket.iter_pages(prefix):
            for key in page.keys:
                match = source.pattern.match(key, bands)
                if match is not None and (source.where is None or source.where.accepts(match)):
                    yield match.tile_path


def _write_pattern(source: Inferred, lost: int, *, prune: bool) -> WrittenSource:
    note = f"{len(source.tiles):,} tiles"
    if source.sensing.kind is SensingKind.KEEP:
        note += "; their times do not follow from their paths and stay as they are"
    if not prune:
        note += f"; {lost:,} have no file in the bucket, so nothing is pruned"
    return WrittenSource(source.pattern.text, source.sensing, source.where, key="pattern", prune=prune, note=note)
