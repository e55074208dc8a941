"""Live tiles of a collection: the service and the inventory cache in, a live tile set out. Reads the API.

A full listing takes a request for each hundred tiles. An incremental one reads the newest tiles until it meets known
ones, then the lists of those that are not ingested, and takes the rest from the cache.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.api.paging import PAGE_SIZE
from byocplan.errors import ByocplanError, NotFoundError
from byocplan.model.collection_form import encode_live_collection
from byocplan.model.cover import MAX_POINTS
from byocplan.model.instant import format_instant
from byocplan.model.refresh import RefreshMode
from byocplan.model.tile import Status, TilePage
from byocplan.sets.comparison import POSITION_LENGTH
from byocplan.sets.inventory import (
    Header,
    UnusableError,
    find_newest,
    has_ended,
    list_unsettled,
    merge,
    read_inventory,
    write_inventory,
)

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.api.client import ReadClient
    from byocplan.model.collection import LiveCollection
    from byocplan.sets import DesiredTiles, LiveTiles, TileSets
    from byocplan.state import Inventory

#: The only order that every deployment sorts by, and a stable one while others add tiles.
LISTING_ORDER, NEWEST_FIRST = "created:asc", "created:desc"
#: A shorter cover geometry cannot have more points than the service takes back, so nobody asks for its text.
LONG_COVER = MAX_POINTS * POSITION_LENGTH
#: So many pages in a row of nothing but known tiles end the reading of new ones: tiles made at one moment have no order
#: among themselves, and one that was made while the last listing ran may stand behind some that it saw.
KNOWN_PAGES = 2
#: In the order in which a tile passes through them, so that one that moves on meanwhile is seen twice, not never.
LISTS = (Status.WAITING, Status.QUEUED, Status.INGESTING, Status.FAILED)
#: So many tiles are read one by one, and more where a full listing has more pages; of more, all are listed again.
FEW = 20
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Listing:
    """How live tiles are looked at. ``saves``: whether what was found is kept; without ``inventory`` nothing is.

    ``collection`` is kept with its tiles, for those who plan offline.
    """

    client: ReadClient
    sets: TileSets
    deployment: str
    now_ms: int
    mode: RefreshMode = RefreshMode.FULL
    inventory: Inventory | None = None
    saves: bool = False
    collection: LiveCollection | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Live tiles, when the full listing behind them began, and what the reader should know of them."""

    live: LiveTiles
    full_ms: int
    notes: tuple[str, ...] = ()


def choose_few(tiles: int) -> int:
    """Return how many tiles are read one by one at most, of a collection of so many: not more than it has pages."""
    return max(FEW, tiles // PAGE_SIZE)


def list_tiles(collection_id: str, client: ReadClient, sets: TileSets, cover_length: int = LONG_COVER) -> LiveTiles:
    """Return all live tiles of a collection; one request a page of 100."""
    live = sets.make_live(cover_length)
    for page in client.iter_tile_pages(collection_id, sort=LISTING_ORDER, ahead=True):
        live.add_page(page)
    live.finish()
    return live


def choose_cover_length(desired: DesiredTiles) -> int:
    """Return from which length on cover geometries are held: all where any is asked for, to compare them."""
    return 0 if desired.has_covers else LONG_COVER


def look_at_tiles(collection_id: str, listing: Listing, cover_length: int) -> Listed:
    """Return the live tiles of a collection, refreshed as asked for, and keep them in the cache."""
    wanted = Header(collection_id, listing.deployment, listing.now_ms, cover_length, 0)
    found, notes = _refresh(listing, wanted) if listing.mode is not RefreshMode.FULL else (None, ())
    if found is None:
        live = list_tiles(collection_id, listing.client, listing.sets, cover_length)
        found = Listed(live, listing.now_ms)
    notes = (*notes, *found.notes)
    if listing.saves and listing.mode is not RefreshMode.NONE:
        notes = (*notes, *_save(listing, wanted, found))
    return Listed(found.live, found.full_ms, notes)


def _refresh(listing: Listing, wanted: Header) -> tuple[Listed | None, tuple[str, ...]]:
    """Return the tiles of the cache brought up to date; None, and why, when all have to be listed."""
    path = listing.sets.make_path("inventory.parquet")
    known = listing.sets.make_live(wanted.cover_length)
    try:
        if not _fetch(listing, wanted, path):
            return None, ("there is no inventory of live tiles, so all were listed",)
        header = read_inventory(known, path, wanted)
        if listing.mode is RefreshMode.NONE:
            _check_untouched(header)
            return Listed(known, header.full_ms, (_tell_age(header.full_ms, listing),)), ()
        live = _read_new(listing, wanted, known)
    except UnusableError as error:
        return None, (f"the inventory of live tiles was not used ({error}), so all were listed",)
    return Listed(live, header.full_ms, (_tell_age(header.full_ms, listing),)), ()


def _check_untouched(header: Header) -> None:
    """Raise UnusableError where tiles may have been changed since."""
    if header.touched:
        raise UnusableError(f"the last apply had tiles to change: {header.touched:,}")


def _fetch(listing: Listing, wanted: Header, path: Path) -> bool:
    """Copy the cache to a file and tell whether there is one. Raises UnusableError when it cannot be read."""
    try:
        return listing.inventory is not None and listing.inventory.fetch(wanted.collection_id, path)
    except ByocplanError as error:
        raise UnusableError(str(error)) from error


def _read_new(listing: Listing, wanted: Header, known: LiveTiles) -> LiveTiles:
    """Return the known tiles with those that are new, or not ingested, as they are now. Raises UnusableError."""
    client, collection_id = listing.client, wanted.collection_id
    live = listing.sets.make_live(wanted.cover_length)
    if not _read_newest(client, collection_id, known, live):
        for status in LISTS:
            for page in client.iter_tile_pages(collection_id, status=status, ahead=True):
                live.add_page(page)
    few = choose_few(known.count)
    unsettled = list_unsettled(known, live, few + 1)
    if len(unsettled) > few:
        what = f"more than {few:,} of its tiles have ended their ingestion, or were to be changed by an apply"
        raise UnusableError(what)
    gone = [tile_id for tile_id in unsettled if not _read_one(client, collection_id, tile_id, live)]
    known.drop(gone)
    live.finish()
    merge(known, live)
    return live


def _read_newest(client: ReadClient, collection_id: str, known: LiveTiles, live: LiveTiles) -> bool:
    """Add the newest tiles, until pages hold nothing but known ones; tell whether these were all there are.

    A tile counts as known where its ingestion had ended: those that were made last end theirs together, and a page is
    a hundred of them.
    """
    newest_ms, known_pages = find_newest(known), 0
    for page in client.iter_tile_pages(collection_id, sort=NEWEST_FIRST):
        live.add_page(page)
        # The engine is not asked about pages of what is newer than all that is known, of which there may be many.
        is_newer = all(time_ms is not None and time_ms > newest_ms for time_ms in page.created_ms)
        known_pages = known_pages + 1 if not is_newer and has_ended(known, page) else 0
        if known_pages == KNOWN_PAGES:
            return False
    return True


def _read_one(client: ReadClient, collection_id: str, tile_id: str, live: LiveTiles) -> bool:
    """Add a tile as it is now, and tell whether it is there."""
    with suppress(NotFoundError):
        live.add_page(TilePage.of([client.get_tile(collection_id, tile_id)]))
        return True
    return False


def _save(listing: Listing, wanted: Header, found: Listed) -> tuple[str, ...]:
    """Keep the tiles; a cache that cannot be written is worth a note, no more."""
    if listing.inventory is None:
        return ()
    header = replace(
        wanted,
        full_ms=found.full_ms,
        tiles=found.live.count,
        collection=encode_live_collection(listing.collection) if listing.collection else None,
    )
    path = listing.sets.make_path("inventory.parquet")
    try:
        write_inventory(found.live, header, path)
        listing.inventory.store(wanted.collection_id, path)
    except (ByocplanError, UnusableError) as error:
        return (f"the inventory of live tiles is not kept: {error}",)
    return ()


def tell_age(full_ms: int, now_ms: int) -> str:
    """Return when a listing began and how long ago that is: ``2024-06-01T04:17:00Z, 3 days ago``."""
    age_ms = max(now_ms - full_ms, 0)
    unit_ms, unit = (DAY_MS, "day") if age_ms >= DAY_MS else (HOUR_MS, "hour") if age_ms >= HOUR_MS else (60_000, "min")
    age = age_ms // unit_ms
    return f"{format_instant(full_ms // 1000 * 1000)}, {age:,} {unit}{'s' if age != 1 and unit != 'min' else ''} ago"


def _tell_age(full_ms: int, listing: Listing) -> str:
    when = tell_age(full_ms, listing.now_ms)
    what = "live tiles were not listed" if listing.mode is RefreshMode.NONE else "only new live tiles were listed"
    return f"{what}; the last full listing began at {when}; deletes, and edits by others since, are not seen or planned"
