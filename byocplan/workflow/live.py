"""Live tiles of a collection: the service in, a live tile set out. Reads the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient
    from byocplan.model.collection import Collection
    from byocplan.sets import LiveTiles, TileSets

#: The only order that every deployment sorts by, and a stable one while others add tiles.
LISTING_ORDER = "created:asc"
#: A shorter cover geometry cannot have more points than the service takes back, so nobody asks for its text.
LONG_COVER = 500


def list_tiles(collection_id: str, client: ReadClient, sets: TileSets, cover_length: int = LONG_COVER) -> LiveTiles:
    """Return all live tiles of a collection; one request a page of 100."""
    live = sets.make_live(cover_length)
    for page in client.iter_tile_pages(collection_id, sort=LISTING_ORDER):
        live.add_page(page)
    live.finish()
    return live


def choose_cover_length(collection: Collection) -> int:
    """Return from which length on cover geometries are held: all where the manifest sets any, to compare them."""
    return 0 if any(source.options.cover is not None for source in collection.sources) else LONG_COVER
