"""Reads that lag behind writes: what a fault hides or keeps, and what reads show therefore. Touches the store."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from byocplan.emulator.errors import RefusedError, make_not_found
from byocplan.emulator.faults.fault import Span
from byocplan.emulator.service import collections, tiles
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store import veil
from byocplan.emulator.store.collections import Collection, find_collection
from byocplan.emulator.store.tiles import TileRow, find_tile

CREATED, DELETED = 201, 204


@dataclass(frozen=True, slots=True)
class Copy:
    """What a request is about to delete: a collection's row, or a tile."""

    collection: tuple[Any, ...]
    tile: TileRow | None


def make_limit(state: EmulatorState, span: Span) -> veil.Limit:
    """Return when a veil that begins now falls."""
    until_us = None if span.seconds is None else state.clock.now_us() + round(span.seconds * 1_000_000)
    return veil.Limit(until_us, span.reads)


def hide_created(state: EmulatorState, answer: Response, span: Span) -> None:
    """Hide what this answer says was created."""
    if answer.status_code != CREATED:
        return
    identity = UUID(answer.get_json()["data"]["id"]).bytes
    rows: list[tuple[Any, ...]] = state.database.read_all(
        "SELECT cid FROM tile WHERE cid IN (SELECT cid FROM collection) AND id = ?", (identity,)
    )
    veil.hide(state.database, rows[0][0] if rows else veil.COLLECTIONS, identity, make_limit(state, span))


def take_copy(state: EmulatorState, collection_id: str | None, tile_id: str | None) -> Copy | None:
    """Return what a request for these ids would delete, none when it is not there."""
    collection = find_collection(state.database, collection_id or "")
    if collection is None:
        return None
    row = veil.read_collection_row(state.database, collection.cid)
    parsed = collections.decode_id(tile_id) if tile_id else None
    tile = find_tile(state.database, collection.cid, parsed.bytes) if parsed else None
    return Copy(row, tile) if tile_id is None or tile is not None else None


def keep_deleted(state: EmulatorState, answer: Response, copy: Copy | None, span: Span) -> None:
    """Go on showing what this request has deleted."""
    if copy is None or answer.status_code != DELETED:
        return
    if copy.tile is not None:
        veil.keep_tile(state.database, copy.tile, make_limit(state, span))
    else:
        veil.keep_collection(state.database, copy.collection, make_limit(state, span))


def read_collections(state: EmulatorState, account: str, search: str = "") -> list[Collection]:
    """Return the collections that the list shows, oldest first."""
    veil.count_read(state.database, veil.COLLECTIONS, state.clock.now_us())
    ghosts = [each for each in veil.read_ghost_collections(state.database) if each.account == account]
    found = [*collections.read_collections(state, account), *ghosts]
    seen = (each for each in found if not veil.is_hidden(state.database, UUID(each.id).bytes))
    chosen = [each for each in seen if not search or collections.is_match(each.name, search)]
    return sorted(chosen, key=lambda each: each.cid)


def get_collection(state: EmulatorState, account: str, identity: str) -> Collection:
    """Return a collection that reads show; raises the 404 or 403."""
    veil.count_read(state.database, veil.COLLECTIONS, state.clock.now_us())
    ghosts = {each.id: each for each in veil.read_ghost_collections(state.database)}
    found = ghosts.get(identity.lower()) or collections.get_collection(state, account, identity)
    if found.account != account:
        raise RefusedError(403)
    if veil.is_hidden(state.database, UUID(found.id).bytes):
        raise make_not_found("Collection", identity)
    return found


def get_tile(state: EmulatorState, collection: Collection, identity: str) -> TileRow:
    """Return a tile that reads show; raises the 404."""
    veil.count_read(state.database, collection.cid, state.clock.now_us())
    if not state.database.veiled:
        return tiles.get_tile(state, collection, identity)
    parsed = collections.decode_id(identity)
    where = "WHERE id = ? AND cid = ? LIMIT 1"
    found = veil.read_seen_tiles(state.database, where, (parsed.bytes, collection.cid)) if parsed else []
    if not found:
        raise make_not_found("Tile", identity)
    return found[0]
