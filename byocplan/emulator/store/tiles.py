"""Tiles in the store: one row a tile. Touches the database."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from byocplan.emulator.store.database import Database

PENDING = ("WAITING", "QUEUED", "INGESTING")
INGESTED = "INGESTED"
STATUSES = (*PENDING, INGESTED, "FAILED")


class TileRow(NamedTuple):
    """One tile as stored; the JSON is put together when it is served.

    ``west`` to ``north`` is the union of the files' boxes in the tile's CRS; the same in degrees (``DEGREES``) is for
    SQL alone, since each column of a page costs.
    ``cover`` is the cover geometry as it is read back, none when it is the box itself; ``cover84`` the one the user
    gave, in CRS84.
    ``files`` is JSON, or ``synthetic:`` and the sources, whose ETags are then made up when served.
    """

    seq: int
    cid: int
    id: bytes
    path: str
    status: str
    created_us: int
    started_us: int
    sensing: str | None = None
    epsg: int | None = None
    west: float | None = None
    south: float | None = None
    east: float | None = None
    north: float | None = None
    min_mpp: float | None = None
    max_mpp: float | None = None
    cover: str | None = None
    cover84: str | None = None
    files: str | None = None
    cause: str | None = None
    generation: int = 0
    reads: int = 0


DEGREES = ("lon0", "lat0", "lon1", "lat1")
COLUMNS = ", ".join(TileRow._fields)
INSERTED = TileRow._fields[1:]
INSERT = f"INSERT INTO tile ({', '.join(INSERTED)}) VALUES ({', '.join('?' * len(INSERTED))})"  # noqa: S608


def decode_rows(rows: Iterable[tuple[Any, ...]]) -> list[TileRow]:
    """Return the values of rows."""
    return [TileRow._make(row) for row in rows]


def insert_tiles(database: Database, tiles: Iterable[TileRow]) -> int:
    """Store new tiles in order and return how many; their ``seq`` is given by the database."""
    with database.transaction() as connection:
        return connection.executemany(INSERT, (tile[1:] for tile in tiles)).rowcount


def read_tiles(database: Database, where: str, values: tuple[object, ...]) -> list[TileRow]:
    """Return the tiles that a condition (and order) in SQL selects."""
    return decode_rows(database.read_all(f"SELECT {COLUMNS} FROM tile {where}", values))  # noqa: S608


def find_tile(database: Database, cid: int, identity: bytes) -> TileRow | None:
    """Return the tile with this id in this collection."""
    rows = read_tiles(database, "WHERE id = ? AND cid = ?", (identity, cid))
    return rows[0] if rows else None


def has_tiles(database: Database, cid: int) -> bool:
    """Return whether a collection has any tile."""
    return bool(database.read_all("SELECT 1 FROM tile WHERE cid = ? LIMIT 1", (cid,)))


def has_path(database: Database, cid: int, path: str, other_than: int = 0) -> bool:
    """Return whether another tile of the collection has this path."""
    found = database.read_all(
        "SELECT 1 FROM tile WHERE cid = ? AND path = ? AND seq <> ? LIMIT 1", (cid, path, other_than)
    )
    return bool(found)


def update_tile(database: Database, seq: int, changes: Mapping[str, object]) -> None:
    """Write columns of one tile; the names come from ``TileRow``, never from a request."""
    columns = ", ".join(f"{name} = ?" for name in changes)
    with database.transaction() as connection:
        connection.execute(f"UPDATE tile SET {columns} WHERE seq = ?", (*changes.values(), seq))  # noqa: S608


def delete_tile(database: Database, seq: int) -> None:
    """Delete one tile."""
    with database.transaction() as connection:
        for table in ("again", "tile"):
            connection.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608
