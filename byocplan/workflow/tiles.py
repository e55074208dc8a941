"""Tiles: one live collection in, its tiles one after the other out. Reads the service alone."""

from __future__ import annotations

import heapq
import sys
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING

from byocplan.model.tile import LiveTile, Status, TilePage
from byocplan.sets import TileSets
from byocplan.workflow.geo_parquet import write_geo_parquet
from byocplan.workflow.live import LISTING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.api.client import ReadClient
    from byocplan.sets import LiveTiles

#: As many as stand on ten pages.
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class TileFilter:
    """Which tiles are meant. No ``statuses`` means any, ``limit`` None all."""

    statuses: frozenset[Status] = frozenset()
    prefix: str = ""
    limit: int | None = None


def iter_tiles(client: ReadClient, collection_id: str, wanted: TileFilter) -> Iterator[LiveTile]:
    """Yield the tiles in the order of their creation; one request a page of 100, none after the limit.

    A tile that comes again soon, since others write meanwhile, is left out. Several statuses are several lists of the
    service, read side by side.
    """
    lists = [_iter_list(client, collection_id, wanted, status) for status in _list_statuses(wanted)]
    merged = heapq.merge(*lists, key=_get_created) if len(lists) > 1 else lists[0]
    yield from islice(_drop_repeats(merged), wanted.limit)


def write_parquet(client: ReadClient, collection_id: str, wanted: TileFilter, into: IO[bytes]) -> int:
    """Write the tiles to an open file, each once, and return how many. Raises OSError."""
    with TileSets() as sets:
        live = collect_tiles(client, collection_id, wanted, sets, holds_covers=True)
        write_geo_parquet(live.open_parquet(wanted.limit), sets, into)
        return live.count if wanted.limit is None else min(wanted.limit, live.count)


def collect_tiles(
    client: ReadClient, collection_id: str, wanted: TileFilter, sets: TileSets, *, holds_covers: bool
) -> LiveTiles:
    """Return the tiles, each once, as a finished set; a limit is not looked at."""
    live = sets.make_live(0 if holds_covers else sys.maxsize)
    for status in _list_statuses(wanted):
        for page in client.iter_tile_pages(collection_id, status=status, sort=LISTING_ORDER, ahead=True):
            live.add_page(_narrow(page, wanted))
    live.finish()
    return live


def _list_statuses(wanted: TileFilter) -> list[Status | None]:
    """Return what the service is asked for: one list of all tiles, or a list for each status, as tiles pass through."""
    return [status for status in Status if status in wanted.statuses] if wanted.statuses else [None]


def _iter_list(client: ReadClient, collection_id: str, wanted: TileFilter, status: Status | None) -> Iterator[LiveTile]:
    is_whole = wanted.limit is None
    for page in client.iter_tile_pages(collection_id, status=status, sort=LISTING_ORDER, ahead=is_whole):
        for row in _find_rows(page, wanted):
            yield LiveTile(
                page.ids[row],
                page.paths[row],
                page.statuses[row],
                page.sensing_times_ms[row],
                page.covers[row],
                page.created_ms[row],
                cause=page.causes[row],
            )


def _drop_repeats(tiles: Iterable[LiveTile]) -> Iterator[LiveTile]:
    recent: dict[str, None] = {}
    for tile in tiles:
        if tile.id in recent:
            continue
        yield tile
        recent[tile.id] = None
        if len(recent) > REMEMBERED:
            del recent[next(iter(recent))]


def _get_created(tile: LiveTile) -> int:
    return tile.created_ms or 0


def _find_rows(page: TilePage, wanted: TileFilter) -> list[int]:
    """Return the rows that are meant: a service that ignores the filter answers other tiles too."""
    return [
        row
        for row, (path, status) in enumerate(zip(page.paths, page.statuses, strict=True))
        if path.startswith(wanted.prefix) and (not wanted.statuses or status in wanted.statuses)
    ]


def _narrow(page: TilePage, wanted: TileFilter) -> TilePage:
    rows = _find_rows(page, wanted)
    columns = (getattr(page, name) for name in TilePage.__dataclass_fields__)
    return TilePage(*([column[row] for row in rows] for column in columns))
