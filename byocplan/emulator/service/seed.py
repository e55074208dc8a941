"""Collections and tiles put in at once, without ingestion: for tests, trials and benchmarks. Touches the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from byocplan.emulator.errors import make_bad_payload
from byocplan.emulator.service import collections, tiles
from byocplan.emulator.service.payload import Payload
from byocplan.emulator.service.tile_json import METERS_PER_DEGREE, SYNTHETIC
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection, insert_collection, mark_dirty
from byocplan.emulator.store.tiles import STATUSES, TileRow, insert_tiles

FIRST_DAY = datetime(2015, 7, 1, tzinfo=UTC)
TILE_M = 109_800.0
ZONES, COLUMNS, ROWS = 60, 5, 80


def make_synthetic_tile(cid: int, number: int, now_us: int, files: str) -> TileRow:
    """Return one made-up tile: a grid over the UTM zones, one day after the other."""
    place, day = number % (ZONES * COLUMNS * ROWS), number // (ZONES * COLUMNS * ROWS)
    zone, cell = place % ZONES + 1, place // ZONES
    column, row = cell % COLUMNS, cell // COLUMNS
    west, south = 199_980.0 + column * TILE_M, row * TILE_M
    moment = FIRST_DAY + timedelta(days=day)
    lon, lat = zone * 6 - 183 + (west - 500_000) / METERS_PER_DEGREE, south / METERS_PER_DEGREE
    side = TILE_M / METERS_PER_DEGREE
    return TileRow(
        0, cid, uuid4().bytes, f"{moment:%Y/%m/%d}/{zone:02d}/{column}{row:02d}/(BAND).tif", "INGESTED", now_us, now_us,
        f"{moment:%Y-%m-%dT%H:%M:%SZ}", 32600 + zone, west, south, west + TILE_M, south + TILE_M,
        lon, lat, lon + side, lat + side, 10.0, 160.0, files=files,
    )  # fmt: skip


def iter_synthetic_tiles(collection: Collection, count: int, now_us: int) -> Iterator[TileRow]:
    """Yield made-up tiles, one microsecond of creation apart. The ETag of a made-up file is the MD5 of its key."""
    sources = sorted({band["source"] for band in collection.bands.values()}) or ["B1"]
    files = SYNTHETIC + ",".join(sources)
    for number in range(count):
        yield make_synthetic_tile(collection.cid, number, now_us + number, files)


def decode_seed_tile(state: EmulatorState, cid: int, document: Payload, now_us: int) -> TileRow:
    """Return one written-out tile of a seed."""
    status = document.get("status") or "INGESTED"
    if status not in STATUSES:
        raise make_bad_payload("status", f"must be one of {', '.join(STATUSES)}")
    identity = UUID(document["id"]) if document.get("id") else uuid4()
    return TileRow(
        0, cid, identity.bytes, tiles.decode_path(document), status, now_us, now_us, tiles.decode_time(state, document),
        cover84=tiles.decode_cover(state, document), cause=document.get("failedIngestionCause"),
    )  # fmt: skip


def seed_collection(state: EmulatorState, document: Payload) -> Collection:
    """Store one collection of a seed, or find it by its id; ``clientId`` says whose it is."""
    known = find_collection(state.database, str(document.get("id") or ""))
    if known is not None:
        return known
    account = collections.make_account(str(document.get("clientId") or "emulator"))
    made = replace(collections.decode_collection(document), account=account, created_us=state.clock.now_us())
    identity = collections.decode_id(str(document.get("id") or made.id))
    return insert_collection(state.database, replace(made, id=str(identity or made.id)))


def seed(state: EmulatorState, document: Payload) -> list[dict[str, Any]]:
    """Put in a whole seed and return each collection's id and number of new tiles.

    ``{"collections": [{"id"?, "name", "s3Bucket", "additionalData"?, "clientId"?, "tiles"?: [...], "synthetic"?: n}]}``
    """
    wanted = document.get("collections")
    if not isinstance(wanted, list):
        raise make_bad_payload("collections", "must be a list")
    answers = []
    with state.database.transaction():
        for each in wanted:
            collection = seed_collection(state, each)
            now_us = state.clock.now_us()
            made = [decode_seed_tile(state, collection.cid, tile, now_us) for tile in each.get("tiles") or ()]
            count = insert_tiles(state.database, made) if made else 0
            synthetic = iter_synthetic_tiles(collection, int(each.get("synthetic") or 0), now_us)
            count += max(0, insert_tiles(state.database, synthetic))
            mark_dirty(state.database, collection.cid, now_us)
            answers.append({"id": collection.id, "name": collection.name, "tiles": count})
    state.work.set()
    return answers
