"""A collection's extent, times and resolution, computed some time after its tiles changed. Touches the store."""

from dataclasses import replace
from typing import Any

from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection_row, write_collection
from byocplan.emulator.store.database import Database

#: Source: BYOC documentation, "five times the median resolution of the lowest resolution overview of all tiles".
RESOLUTION_FACTOR = 5


def encode_extent(box: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return the extent as the service writes it: CRS84 without a ``crs`` member, clockwise from the lower left."""
    west, south, east, north = box
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def read_median_resolution(database: Database, cid: int) -> float | None:
    """Return the median of the tiles' coarsest resolutions."""
    rows: list[tuple[Any, ...]] = database.read_all(
        "SELECT max_mpp, count(*) FROM tile WHERE cid = ? AND status = 'INGESTED' AND max_mpp IS NOT NULL "
        "GROUP BY max_mpp ORDER BY max_mpp",
        (cid,),
    )
    half = sum(count for _, count in rows) / 2
    seen = 0
    for value, count in rows:
        seen += count
        if seen >= half:
            return float(value)
    return None


def make_metadata(database: Database, cid: int) -> dict[str, Any]:
    """Return what the ingested tiles say about the collection; empty without any."""
    row: tuple[Any, ...] = database.read_all(
        "SELECT min(lon0), min(lat0), max(lon1), max(lat1), count(*), count(sensing), min(sensing), max(sensing) "
        "FROM tile WHERE cid = ? AND status = 'INGESTED'",
        (cid,),
    )[0]
    *box, tiles, timed, first, last = row
    if not tiles:
        return {}
    resolution = read_median_resolution(database, cid)
    metadata: dict[str, Any] = {"maxMetersPerPixel": RESOLUTION_FACTOR * resolution} if resolution else {}
    if None not in box:
        metadata["extent"] = encode_extent((box[0], box[1], box[2], box[3]))
    metadata["hasSensingTimes"] = "YES" if timed == tiles else "PARTIALLY" if timed else "NO"
    return metadata | ({"fromSensingTime": first, "toSensingTime": last} if timed else {})


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
