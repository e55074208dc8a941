"""A batch of tiles, ingested together. Touches the S3 endpoint and the store."""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter

from byocplan.emulator.ingest.finish import finish_tile
from byocplan.emulator.ingest.read_tile import Reading, read_listed_tiles, read_tile
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection_row
from byocplan.emulator.store.tiles import TileRow

LOG = logging.getLogger(__name__)
UNEXPECTED = "Unexpected error occurred while ingesting the tile."
READERS = 4
#: Tiles finished in one transaction: long enough to be quick, short enough not to keep requests waiting.
COMMIT_SIZE = 50
FULL_CHUNK = 16


def read_all(
    state: EmulatorState, collection: Collection, tiles: Sequence[TileRow], pool: ThreadPoolExecutor
) -> list[Reading]:
    """Return a full check's findings in order; a reader that breaks fails its tile, not the emulator."""
    futures = [pool.submit(read_tile, state, collection, tile.path) for tile in tiles]
    return [get_reading(tile, future) for tile, future in zip(tiles, futures, strict=True)]


def get_reading(tile: TileRow, future: "Future[Reading]") -> Reading:
    """Return what a reader found, or the service's own cause when it broke."""
    problem = future.exception()
    if problem is None:
        return future.result()
    LOG.error("reading %s broke", tile.path, exc_info=problem)
    return Reading(tile.path, causes=(UNEXPECTED,))


def ingest_fully(state: EmulatorState, tiles: Sequence[TileRow], pool: ThreadPoolExecutor) -> None:
    """Read the files of one collection's tiles; one tile at a time until the first has configured the bands."""
    left = list(tiles)
    while left:
        collection = find_collection_row(state.database, left[0].cid)
        if collection is None:
            return
        chunk = left[: FULL_CHUNK if collection.bands else 1]
        for tile, reading in zip(chunk, read_all(state, collection, chunk, pool), strict=True):
            finish_tile(state, tile, reading)
        left = left[len(chunk) :]


def ingest_listed(state: EmulatorState, tiles: Sequence[TileRow]) -> None:
    """Look whether the files of one collection's tiles exist (check ``listing``), or at nothing (check ``none``)."""
    collection = find_collection_row(state.database, tiles[0].cid)
    if collection is None:
        return
    listed = state.settings.check == "listing"
    readings = read_listed_tiles(state, collection, (tile.path for tile in tiles)) if listed else {}
    for first in range(0, len(tiles), COMMIT_SIZE):
        with state.database.transaction():
            for tile in tiles[first : first + COMMIT_SIZE]:
                finish_tile(state, tile, readings.get(tile.path) or Reading(tile.path))


def ingest_batch(state: EmulatorState, tiles: Iterable[TileRow]) -> None:
    """Bring tiles to INGESTED or FAILED, oldest first within each collection."""
    ordered = sorted(tiles, key=attrgetter("cid", "seq"))
    with state.ingesting, ThreadPoolExecutor(READERS) as pool:
        for _, group in groupby(ordered, key=attrgetter("cid")):
            if state.settings.check == "full":
                ingest_fully(state, list(group), pool)
            else:
                ingest_listed(state, list(group))
