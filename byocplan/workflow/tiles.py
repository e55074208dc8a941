"""Tiles: one live collection in, its tiles one after the other out. Reads the service alone."""

from __future__ import annotations

import shutil
import sys
from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.model.tile import LiveTile, TilePage
from byocplan.sets import TileSets
from byocplan.workflow.live import LISTING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.api.client import ReadClient
    from byocplan.sets import LiveTiles

REMEMBERED_PAGES = 10


@dataclass(frozen=True, slots=True)
class TileFilter:
    """Which tiles are meant. ``limit`` None means all."""

    status: str | None = None
    prefix: str = ""
    limit: int | None = None


def iter_tiles(client: ReadClient, collection_id: str, wanted: TileFilter) -> Iterator[LiveTile]:
    """Yield the tiles in the order of their creation; one request a page of 100, none after the limit.

    A tile that comes again on one of the next pages, since others write meanwhile, is left out.
    """
    yield from islice(_iter_all(client, collection_id, wanted), wanted.limit)


def write_parquet(client: ReadClient, collection_id: str, wanted: TileFilter, path: str) -> None:
    """Write the tiles to a new file, each once. Raises OSError."""
    with TileSets() as sets:
        live = collect_tiles(client, collection_id, wanted, sets, holds_covers=True)
        made = sets.make_path("tiles.parquet")
        live.write_parquet(str(made), wanted.limit)
        with made.open("rb") as source, Path(path).open("xb") as copy:
            shutil.copyfileobj(source, copy)


def collect_tiles(
    client: ReadClient, collection_id: str, wanted: TileFilter, sets: TileSets, *, holds_covers: bool
) -> LiveTiles:
    """Return the tiles, each once, as a finished set; a limit is not looked at."""
    live = sets.make_live(0 if holds_covers else sys.maxsize)
    for page in client.iter_tile_pages(collection_id, status=wanted.status, sort=LISTING_ORDER):
        live.add_page(_narrow(page, wanted))
    live.finish()
    return live


def _iter_all(client: ReadClient, collection_id: str, wanted: TileFilter) -> Iterator[LiveTile]:
    recent: deque[set[str]] = deque(maxlen=REMEMBERED_PAGES)
    for page in client.iter_tile_pages(collection_id, status=wanted.status, sort=LISTING_ORDER):
        for row in _find_rows(page, wanted):
            if any(page.ids[row] in ids for ids in recent):
                continue
            yield LiveTile(
                page.ids[row],
                page.paths[row],
                page.statuses[row],
                page.sensing_times_ms[row],
                page.covers[row],
                page.created_ms[row],
                cause=page.causes[row],
            )
        recent.append(set(page.ids))


def _find_rows(page: TilePage, wanted: TileFilter) -> list[int]:
    """Return the rows that are meant: a service that ignores the filter answers other tiles too."""
    return [
        row
        for row, (path, status) in enumerate(zip(page.paths, page.statuses, strict=True))
        if path.startswith(wanted.prefix) and wanted.status in {None, status}
    ]


def _narrow(page: TilePage, wanted: TileFilter) -> TilePage:
    rows = _find_rows(page, wanted)
    columns = (getattr(page, name) for name in TilePage.__dataclass_fields__)
    return TilePage(*([column[row] for row in rows] for column in columns))
