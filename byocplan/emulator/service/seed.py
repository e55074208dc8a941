"""Collections and tiles put in at once, without ingestion: for tests, trials and benchmarks. Touches the store."""

from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from byocplan.emulator.errors import make_bad_payload
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
            count += seed_synthetic_tiles(state, collection, int(each.get("synthetic") or 0), now_us)
            mark_dirty(state.database, collection.cid, now_us)
            answers.append({"id": collection.id, "name": collection.name, "tiles": count})
    state.work.set()
    return answers
