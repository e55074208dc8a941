"""The live tiles of a collection, as they come. Reads the service alone."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from byocplan.model.tile import LiveTile
from byocplan.workflow.live import LISTING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.api.client import ReadClient
    from byocplan.model.collection import LiveCollection

REMEMBERED_PAGES = 10


def iter_live_tiles(collection: LiveCollection, client: ReadClient) -> Iterator[LiveTile]:
    """Yield all live tiles, without times but that of sensing and without files; one request a page of 100.

    A tile that comes again on one of the next pages, since others write meanwhile, is left out.
    """
    recent: deque[set[str]] = deque(maxlen=REMEMBERED_PAGES)
    for page in client.iter_tile_pages(collection.id, sort=LISTING_ORDER):
        columns = zip(page.ids, page.paths, page.statuses, page.sensing_times_ms, page.covers, page.causes, strict=True)
        for tile_id, path, status, time_ms, cover, cause in columns:
            if not any(tile_id in ids for ids in recent):
                yield LiveTile(tile_id, path, status, time_ms, cover, cause=cause)
        recent.append(set(page.ids))
