"""Tiles: what each operation does and refuses. Touches the store and wakes the ingestion worker."""

import re
from typing import Any
from uuid import UUID, uuid4

from byocplan.emulator.clock import decode_sensing_time
from byocplan.emulator.errors import UNIQUE_KEY_VIOLATION, ApiError, make_bad_payload, make_not_found
from byocplan.emulator.service.bands import have_same_types
from byocplan.emulator.service.collections import decode_id, get_collection
from byocplan.emulator.service.cover import make_read_back_cover, make_stored_cover, refuse_many_points
from byocplan.emulator.service.payload import Payload, find_object
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store import again
from byocplan.emulator.store import tiles as stored
from byocplan.emulator.store.collections import Collection, mark_dirty, write_collection
from byocplan.emulator.store.tiles import PENDING, TileRow

#: Source: BYOC OpenAPI, BYOCTile.path.
PATH = re.compile(r"([^/](/?[^/])*)?")
OWN = {"seq", "cid", "id", "created_us", "generation", "reads"}
COPIED = (*(name for name in TileRow._fields if name not in OWN), *stored.DEGREES)


def decode_path(payload: Payload) -> str:
    """Return the path of a new tile: no leading, trailing or double slash; the empty path is the bucket's root."""
    path = payload.get("path")
    if not isinstance(path, str):
        raise make_bad_payload("path", "must not be null" if path is None else "must be a string")
    if not PATH.fullmatch(path):
        raise make_bad_payload("path", "must not start or end with a slash or hold a double slash")
    return path


def decode_time(state: EmulatorState, payload: Payload) -> str | None:
    """Return the sensing time in its stored form."""
    text = payload.get("sensingTime")
    if text is None:
        return None
    try:
        moment, finer = decode_sensing_time(text)
    except (ValueError, TypeError, OverflowError):
        raise make_bad_payload("sensingTime", "must be an ISO 8601 date and time") from None
    if finer and state.settings.assumptions.sub_millisecond == "refuse":
        raise make_bad_payload("sensingTime", "must not be finer than milliseconds")
    return moment


def decode_cover(state: EmulatorState, payload: Payload) -> str | None:
    """Return the cover geometry in CRS84, none when the request leaves it to the service."""
    geometry = find_object(payload, "coverGeometry")
    if geometry is None:
        return None
    if state.settings.assumptions.cover_points_check == "request":
        refuse_many_points(geometry)
    return make_stored_cover(geometry)


def refuse_known_path(state: EmulatorState, cid: int, path: str) -> None:
    """Raise the 409 when the collection has a tile with this path."""
    if state.settings.assumptions.duplicate_path == "conflict" and stored.has_path(state.database, cid, path):
        raise ApiError(409, f"Tile with path {path} already exists.", UNIQUE_KEY_VIOLATION)


def create_tile(state: EmulatorState, account: str, collection_id: str, payload: Payload) -> TileRow:
    """Store a new tile that waits for ingestion. Endpoint: POST /collections/{id}/tiles."""
    path, sensing, cover84 = decode_path(payload), decode_time(state, payload), decode_cover(state, payload)
    now_us = state.clock.now_us()
    with state.database.transaction() as connection:
        cid = get_collection(state, account, collection_id).cid
        refuse_known_path(state, cid, path)
        tile = TileRow(0, cid, uuid4().bytes, path, "WAITING", now_us, now_us, sensing, cover84=cover84)
        connection.execute(stored.INSERT, tile[1:])
        mark_dirty(state.database, cid, now_us)
    state.work.set()
    return tile


def decode_row_id(tile: TileRow) -> UUID:
    """Return the id of a stored tile."""
    return UUID(bytes=tile.id)


def get_tile(state: EmulatorState, collection: Collection, identity: str) -> TileRow:
    """Return a tile of a collection, or raise the 404."""
    parsed = decode_id(identity)
    found = stored.find_tile(state.database, collection.cid, parsed.bytes) if parsed else None
    if found is None:
        raise make_not_found("Tile", identity)
    return found


def make_cover_changes(tile: TileRow, cover84: str | None) -> dict[str, object]:
    """Return the columns of a new cover geometry; without one it is the tile's bounding box again."""
    if cover84 is None or tile.epsg is None:
        return {"cover84": cover84, "cover": None}
    return {"cover84": cover84, "cover": make_read_back_cover(cover84, tile.epsg, tile.seq)}


def update_tile(state: EmulatorState, account: str, collection_id: str, tile_id: str, payload: Payload) -> None:
    """Replace cover geometry and sensing time; what is left out is reset. Endpoint: PUT /collections/{id}/tiles/{id}.

    The path and all other keys are ignored. Source: BYOC OpenAPI, BYOCTileUpdatePayload.
    """
    sensing, cover84 = decode_time(state, payload), decode_cover(state, payload)
    kept = "sensingTime" not in payload and state.settings.assumptions.omitted_sensing_time == "keep"
    with state.database.transaction():
        collection = get_collection(state, account, collection_id)
        tile = get_tile(state, collection, tile_id)
        changes = make_cover_changes(tile, cover84) | ({} if kept else {"sensing": sensing})
        stored.update_tile(state.database, tile.seq, changes)
        mark_dirty(state.database, collection.cid, state.clock.now_us())


def delete_tile(state: EmulatorState, account: str, collection_id: str, tile_id: str) -> None:
    """Delete a tile; its files are never touched. Endpoint: DELETE /collections/{id}/tiles/{id}."""
    with state.database.transaction():
        collection = get_collection(state, account, collection_id)
        stored.delete_tile(state.database, get_tile(state, collection, tile_id).seq)
        mark_dirty(state.database, collection.cid, state.clock.now_us())


def reingest_tile(state: EmulatorState, account: str, collection_id: str, tile_id: str) -> None:
    """Read a tile's files again, later. Endpoint: POST /collections/{id}/tiles/{id}/reingest."""
    assumptions = state.settings.assumptions
    with state.database.transaction():
        tile = get_tile(state, get_collection(state, account, collection_id), tile_id)
        is_pending = tile.status in PENDING or bool(again.find_again(state.database, [tile.seq]))
        if is_pending and assumptions.reingest_pending == "refuse":
            raise ApiError(400, f"Tile {tile_id} is still being ingested.")
        if assumptions.reingest_status == "keep" and tile.status not in PENDING:
            begin_unseen(state, tile)
        else:
            begin_again(state, tile)
    state.work.set()


def begin_again(state: EmulatorState, tile: TileRow) -> None:
    """Have a tile wait for ingestion as if it were new."""
    now_us = state.clock.now_us()
    again.forget(state.database, tile.seq)
    changes: dict[str, Any] = {"started_us": now_us, "generation": tile.generation + 1, "reads": 0}
    stored.update_tile(state.database, tile.seq, changes | {"status": "WAITING"})
    mark_dirty(state.database, tile.cid, now_us)


def begin_unseen(state: EmulatorState, tile: TileRow) -> None:
    """Have a tile ingested again while it goes on showing how it ended before."""
    again.begin(state.database, tile, state.clock.now_us())
    stored.update_tile(state.database, tile.seq, {"generation": tile.generation + 1})


def copy_tiles(state: EmulatorState, account: str, source_id: str, target_id: str) -> None:
    """Copy the ingested tiles whose path the target does not have. Endpoint: POST /collections/{id}/copyTiles."""
    now_us = state.clock.now_us()
    with state.database.transaction() as connection:
        source, target = get_collection(state, account, source_id), get_collection(state, account, target_id)
        if target.bands and not have_same_types(source.bands, target.bands):
            raise ApiError(400, "The target collection must have the same band names and types, or no bands.")
        columns = ", ".join(COPIED)
        connection.execute(
            f"INSERT INTO tile (cid, id, created_us, {columns}) "  # noqa: S608
            f"SELECT ?, randomblob(16), ?, {columns} FROM tile AS one "
            "WHERE cid = ? AND status = 'INGESTED' AND NOT EXISTS "
            "(SELECT 1 FROM tile AS two WHERE two.cid = ? AND two.path = one.path) ORDER BY seq",
            (target.cid, now_us, source.cid, target.cid),
        )
        if not target.bands:
            from dataclasses import replace

            write_collection(state.database, replace(target, bands=source.bands))
        mark_dirty(state.database, target.cid, now_us)
