"""Which live collection an address stands for, and its tiles. Reads the service and the state; writes nothing."""

from __future__ import annotations

from collections import deque
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.tile import LiveTile
from byocplan.planner import LiveCollections, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.collection import LiveCollection
    from byocplan.state import State

#: The only order that every deployment sorts by, and a stable one while others add tiles.
LISTING_ORDER = "created:asc"
REMEMBERED_PAGES = 10


def find_live(address: str, loaded: Loaded, client: ReadClient, state: State) -> LiveCollection:
    """Return the live collection of an address. Raises ArgumentError where there is none."""
    collection = next((each for each in loaded.manifests.collections if each.address == address), None)
    if collection is None:
        known = [each.address for each in loaded.manifests.collections]
        near = get_close_matches(address, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "name an address of the manifests, collection/NAME"
        raise ArgumentError(f"{address} is not in the manifests", hint)
    found = resolve(collection, state.read(), LiveCollections.index(client.iter_collections()))
    if found.live is None:
        raise ArgumentError(f"{address} is not live", found.blocked or "apply creates it")
    return found.live


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
