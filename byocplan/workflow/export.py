"""Export: live collections in, manifests that ask for what is live out. Reads the service and the buckets it may."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.inference import MIN_TILES, Inferred, SeenTile, infer_sources, narrow_source
from byocplan.model.address import make_label
from byocplan.model.exported import Exported, WrittenSource
from byocplan.model.source import SensingKind, SensingTime
from byocplan.workflow.export_rest import FEW, Rest, can_be_listed, list_rest
from byocplan.workflow.live import LISTING_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.model.collection import LiveCollection

#: With more tiles left than this, patterns that keep the live times are tried first.
MANY_PATHS = 1_000
#: Beside a table a pattern stands for so many tiles at least: fewer are alike by chance, and a pattern costs a listing.
MIN_ALIKE = 5
#: So many tiles without files are listed; a source with more of them is not pruned instead.
MAX_GONE = 200


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Where collections are read from. ``taken`` are names that other documents have.

    ``rows_a_table``: so many tiles at most go into one table beside the manifest; 0 where none can be written.
    """

    client: ReadClient
    open_bucket: Callable[[LiveCollection], Bucket]
    taken: frozenset[str] = frozenset()
    rows_a_table: int = 0


def export_collections(request: ExportRequest, collections: Iterable[LiveCollection]) -> Iterator[Exported]:
    """Yield the manifest of each collection, under a name of its own."""
    taken = set(request.taken)
    for live in collections:
        name = make_label(live.name, taken)
        taken.add(name)
        yield _export_one(request, live, name)


def _export_one(request: ExportRequest, live: LiveCollection, name: str) -> Exported:
    tiles = _list_tiles(request.client, live.id)
    sources, rest = _fold(tiles, has_tables=request.rows_a_table > 0)
    seen = _look(request.open_bucket(live), live, sources) if sources else _Seen()
    written: list[WrittenSource] = []
    gone: list[SeenTile] = []
    for index, source in enumerate(sources):
        narrowed = narrow_source(source, seen.get_foreign(index))
        rest += narrowed.rest
        for each in narrowed.sources:
            lost = seen.find_gone(each)
            is_listed = _is_listed(lost, each, has_tables=request.rows_a_table > 0)
            gone += lost if is_listed else []
            written.append(_write_pattern(each, len(lost), prune=is_listed))
    listed = list_rest(Rest(rest, gone), name, request.rows_a_table)
    return Exported(
        name, live, len(tiles), (*written, *listed.sources), seen.notes, listed.left_out, tables=listed.tables
    )


def _is_listed(lost: Sequence[SeenTile], source: Inferred, *, has_tables: bool) -> bool:
    """Tell whether the tiles of a source without files are to be listed.

    Where more than half of its files are missing, it may be the wrong bucket that was looked at.
    """
    most = max(MAX_GONE, len(source.tiles) // 2) if has_tables else MAX_GONE
    return len(lost) <= most and all(map(can_be_listed, lost))


def _list_tiles(client: ReadClient, collection_id: str) -> list[SeenTile]:
    """Return the tiles, each path once; one request a page of 100."""
    tiles: dict[str, SeenTile] = {}
    for page in client.iter_tile_pages(collection_id, sort=LISTING_ORDER):
        for path, time_ms in zip(page.paths, page.sensing_times_ms, strict=True):
            tiles[path] = SeenTile(path, time_ms)
    return list(tiles.values())


def _fold(tiles: Sequence[SeenTile], *, has_tables: bool) -> tuple[list[Inferred], list[SeenTile]]:
    """Return patterns and the tiles that none gives; a table takes those of which only a few are alike."""
    found, min_tiles = infer_sources(tiles), MIN_TILES
    if has_tables and len(found.rest) > FEW:
        found, min_tiles = infer_sources(tiles, MIN_ALIKE), MIN_ALIKE
    sources, rest = list(found.sources), list(found.rest)
    if len(rest) > MANY_PATHS:
        more, rest = _fold_without_times(rest, tiles, min_tiles)
        sources += more
    return sources, rest


def _fold_without_times(
    rest: Sequence[SeenTile], tiles: Sequence[SeenTile], min_tiles: int
) -> tuple[list[Inferred], list[SeenTile]]:
    """Fold tiles whose times follow from no path: the live times are kept. Nothing else may be taken along."""
    by_path = {tile.path: tile for tile in tiles}
    found = infer_sources([SeenTile(tile.path) for tile in rest], min_tiles)
    sources: list[Inferred] = []
    left = [by_path[tile.path] for tile in found.rest]
    own = {tile.path for tile in rest}
    for each in found.sources:
        kept = replace(each, sensing=SensingTime(SensingKind.KEEP))
        narrowed = narrow_source(kept, [tile.path for tile in tiles if tile.path not in own])
        sources += [replace(part, tiles=[by_path[tile.path] for tile in part.tiles]) for part in narrowed.sources]
        left += [by_path[tile.path] for tile in narrowed.rest]
    return sources, left


@dataclass(slots=True)
class _Seen:
    """What the bucket shows: for each source, tile paths that are not live, and those of its own that have files."""

    foreign: dict[int, set[str]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    is_read: bool = False
    notes: tuple[str, ...] = ()

    def get_foreign(self, index: int) -> list[str]:
        """Return tile paths that the pattern takes and that are not to be its own, in order."""
        return sorted(self.foreign.get(index, ()))

    def find_gone(self, source: Inferred) -> list[SeenTile]:
        """Return the tiles of a source without any file; none where the bucket was not read."""
        return [tile for tile in source.tiles if tile.path not in self.present] if self.is_read else []


def _look(bucket: Bucket, live: LiveCollection, sources: Sequence[Inferred]) -> _Seen:
    """List what the patterns look at; a bucket that cannot be read leaves the export to the live tiles alone."""
    bands = frozenset(band.source for band in live.bands.values()) or None
    seen = _Seen(is_read=True)
    try:
        for index, source in enumerate(sources):
            own = {tile.path for tile in source.tiles}
            foreign = seen.foreign.setdefault(index, set())
            for path in _iter_tile_paths(bucket, source, bands):
                (seen.present if path in own else foreign).add(path)
    except (AccessError, BucketError, UnreachableError) as error:
        note = f"The bucket was not read ({error}), so a plan may find tiles in it that are not live yet."
        return _Seen(notes=(note,))
    return seen


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
