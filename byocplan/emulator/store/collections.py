"""Collections in the store: rows in, values out. Touches the database."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from byocplan.emulator.store.database import Database

Band = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """One stored collection; ``bands`` and ``metadata`` are in the API's own words."""

    cid: int
    id: str
    account: str
    created_us: int
    name: str
    bucket: str
    no_data: float | None = None
    bands: dict[str, Band] = field(default_factory=dict)
    storage: str | None = None
    #: What is computed from the tiles: extent, hasSensingTimes, fromSensingTime, toSensingTime, maxMetersPerPixel.
    metadata: dict[str, Any] = field(default_factory=dict)
    #: When a tile came or went that the metadata do not know of yet.
    dirty_us: int | None = None


BODY = ("name", "bucket", "no_data", "bands", "storage", "metadata")


def encode_body(collection: Collection) -> str:
    """Return the stored JSON of the editable part."""
    return json.dumps({key: getattr(collection, key) for key in BODY})


def decode_collection(row: tuple[Any, ...]) -> Collection:
    """Return the value of one row."""
    cid, identity, account, created_us, body, dirty_us = row
    return Collection(cid, identity, account, created_us, dirty_us=dirty_us, **json.loads(body))


COLUMNS = "cid, id, account, created_us, body, dirty_us"


def insert_collection(database: Database, collection: Collection) -> Collection:
    """Store a new collection and return it with its row number."""
    with database.transaction() as connection:
        cursor = connection.execute(
            "INSERT INTO collection (id, account, created_us, body, dirty_us) VALUES (?, ?, ?, ?, ?)",
            (collection.id, collection.account, collection.created_us, encode_body(collection), collection.dirty_us),
        )
    return replace(collection, cid=int(cursor.lastrowid or 0))


def write_collection(database: Database, collection: Collection) -> None:
    """Store the editable part and the dirty mark."""
    with database.transaction() as connection:
        connection.execute(
            "UPDATE collection SET body = ?, dirty_us = ? WHERE cid = ?",
            (encode_body(collection), collection.dirty_us, collection.cid),
        )


def find_collection(database: Database, identity: str) -> Collection | None:
    """Return the collection with this id."""
    rows = database.read_all(f"SELECT {COLUMNS} FROM collection WHERE id = ?", (identity.lower(),))  # noqa: S608
    return decode_collection(rows[0]) if rows else None


def find_collection_row(database: Database, cid: int) -> Collection | None:
    """Return the collection with this row number."""
    rows = database.read_all(f"SELECT {COLUMNS} FROM collection WHERE cid = ?", (cid,))  # noqa: S608
    return decode_collection(rows[0]) if rows else None


def read_collections(database: Database, account: str) -> list[Collection]:
    """Return an account's collections, oldest first."""
    rows = database.read_all(f"SELECT {COLUMNS} FROM collection WHERE account = ? ORDER BY cid", (account,))  # noqa: S608
    return [decode_collection(row) for row in rows]


def delete_collection(database: Database, cid: int) -> None:
    """Delete a collection and all its tiles."""
    with database.transaction() as connection:
        # The tiles last: without their collection they are not counted down one by one.
        for table in ("collection", "tally", "again", "tile"):
            connection.execute(f"DELETE FROM {table} WHERE cid = ?", (cid,))  # noqa: S608


def mark_dirty(database: Database, cid: int, now_us: int) -> None:
    """Note that the metadata no longer agree with the tiles; the first unseen change counts."""
    with database.transaction() as connection:
        connection.execute("UPDATE collection SET dirty_us = coalesce(dirty_us, ?) WHERE cid = ?", (now_us, cid))
