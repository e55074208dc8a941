"""A collection's extent, times and resolution, computed some time after its tiles changed. Touches the store."""

import sqlite3
from dataclasses import replace
from typing import Any

from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection_row, write_collection
from byocplan.emulator.store.database import Database
from byocplan.emulator.store.tally import find_end, has_untimed, iter_counts

#: Source: BYOC documentation, "five times the median resolution of the lowest resolution overview of all tiles".
RESOLUTION_FACTOR = 5


def encode_extent(box: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return the extent as the service writes it: CRS84 without a ``crs`` member, clockwise from the lower left."""
    west, south, east, north = box
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def read_median_resolution(connection: sqlite3.Connection, cid: int) -> float | None:
    """Return the median of the tiles' coarsest resolutions."""
    counts = list(iter_counts(connection, cid, "max_mpp"))
    half = sum(count for _, count in counts) / 2
    seen = 0
    for value, count in counts:
        seen += count
        if seen >= half:
            return value
    return None


def find_extent(connection: sqlite3.Connection, cid: int) -> dict[str, Any] | None:
    """Return the extent of the tiles whose place is known, none without any."""
    west, south = (find_end(connection, cid, kind) for kind in ("lon0", "lat0"))
    east, north = (find_end(connection, cid, kind, last=True) for kind in ("lon1", "lat1"))
    if west is None or south is None or east is None or north is None:
        return None
    return encode_extent((float(west), float(south), float(east), float(north)))


def make_metadata(database: Database, cid: int) -> dict[str, Any]:
    """Return what the ingested tiles say about the collection; empty without any."""
    with database.lock:
        connection = database.connection
        untimed, first = has_untimed(connection, cid), find_end(connection, cid, "sensing")
        last = find_end(connection, cid, "sensing", last=True)
        resolution, extent = read_median_resolution(connection, cid), find_extent(connection, cid)
    if first is None and not untimed:
        return {}
    metadata: dict[str, Any] = {"maxMetersPerPixel": RESOLUTION_FACTOR * resolution} if resolution else {}
    metadata |= {"extent": extent} if extent else {}
    metadata["hasSensingTimes"] = "NO" if first is None else "PARTIALLY" if untimed else "YES"
    return metadata | ({"fromSensingTime": first, "toSensingTime": last} if first is not None else {})


def refresh_metadata(state: EmulatorState, collection: Collection) -> Collection:
    """Return the collection with new metadata if its tiles changed long enough ago, and store them."""
    delay_us = state.settings.metadata_delay_s * 1_000_000
    if collection.dirty_us is None or state.clock.now_us() < collection.dirty_us + delay_us:
        return collection
    with state.database.transaction():
        current = find_collection_row(state.database, collection.cid) or collection
        fresh = replace(current, metadata=make_metadata(state.database, collection.cid), dirty_us=None)
        write_collection(state.database, fresh)
    return fresh
