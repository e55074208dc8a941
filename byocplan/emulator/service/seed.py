"""Collections and tiles put in at once, without ingestion: for tests, trials and benchmarks. Touches the store."""

import sqlite3
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import uuid4

from byocplan.emulator.errors import UNIQUE_KEY_VIOLATION, ApiError, make_bad_payload
from byocplan.emulator.service import collections, tiles
from byocplan.emulator.service.cover import make_transformer
from byocplan.emulator.service.payload import Payload
from byocplan.emulator.service.tile_json import SYNTHETIC
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection, insert_collection, mark_dirty
from byocplan.emulator.store.synthetic import Degrees, SyntheticTiles, insert_synthetic
from byocplan.emulator.store.tiles import STATUSES, TileRow, insert_tiles
from byocplan.emulator.synthetic import PLACES, make_place_box

WGS84 = 4326


@lru_cache(maxsize=1)
def make_places_in_degrees() -> tuple[Degrees, ...]:
    """Return the boxes of all places of synthetic tiles in degrees."""
    return tuple(
        make_transformer(epsg, WGS84).transform_bounds(*box) for epsg, box in map(make_place_box, range(PLACES))
    )


def seed_synthetic_tiles(state: EmulatorState, collection: Collection, count: int, now_us: int) -> int:
    """Store made-up tiles and return how many; a later seed of the collection goes on with the next number."""
    if count < 1:
        return 0
    sources = sorted({band["source"] for band in collection.bands.values()}) or ["B1"]
    numbers = f"synthetic-{collection.cid}"
    first = int(state.database.get_meta(numbers, "0"))
    state.database.set_meta(numbers, str(first + count))
    tiles = SyntheticTiles(first, count, now_us, SYNTHETIC + ",".join(sources), make_places_in_degrees())
    insert_synthetic(state.database, collection, tiles)
    return count


def decode_seed_tile(state: EmulatorState, cid: int, document: Payload, now_us: int) -> TileRow:
    """Return one written-out tile of a seed."""
    status = document.get("status") or "INGESTED"
    if status not in STATUSES:
        raise make_bad_payload("status", f"must be one of {', '.join(STATUSES)}")
    identity = collections.decode_id(str(document["id"])) if document.get("id") else uuid4()
    if identity is None:
        raise make_bad_payload("id", "must be a UUID")
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


def find_objects(document: Payload, key: str) -> list[Payload]:
    """Return the list of JSON objects under a key, empty where it is absent."""
    found = document.get(key)
    if found is not None and not (isinstance(found, list) and all(isinstance(each, dict) for each in found)):
        raise make_bad_payload(key, "must be a list of objects")
    return found or []


def decode_count(document: Payload) -> int:
    """Return how many synthetic tiles a collection of a seed asks for."""
    count = document.get("synthetic") or 0
    if isinstance(count, bool) or not isinstance(count, int):
        raise make_bad_payload("synthetic", "must be a whole number")
    return count


def seed(state: EmulatorState, document: object) -> list[dict[str, Any]]:
    """Put in a whole seed and return each collection's id and number of new tiles.

    ``{"collections": [{"id"?, "name", "s3Bucket", "additionalData"?, "clientId"?, "tiles"?: [...], "synthetic"?: n}]}``
    """
    if not isinstance(document, dict) or document.get("collections") is None:
        raise make_bad_payload("collections", "must be a list of objects")
    try:
        with state.database.transaction():
            answers = [seed_one(state, each) for each in find_objects(document, "collections")]
    except sqlite3.IntegrityError:
        raise ApiError(409, "A tile with one of these ids is there already.", UNIQUE_KEY_VIOLATION) from None
    state.work.set()
    return answers


def seed_one(state: EmulatorState, document: Payload) -> dict[str, Any]:
    """Put in one collection of a seed with its tiles."""
    collection = seed_collection(state, document)
    now_us = state.clock.now_us()
    made = [decode_seed_tile(state, collection.cid, tile, now_us) for tile in find_objects(document, "tiles")]
    count = insert_tiles(state.database, made) if made else 0
    count += seed_synthetic_tiles(state, collection, decode_count(document), now_us)
    mark_dirty(state.database, collection.cid, now_us)
    return {"id": collection.id, "name": collection.name, "tiles": count}
