"""What reads do not show yet, or still show: new things hidden and deleted ones kept, each for a while.

Touches the database. Writes see the truth; only reads go through here, and cost nothing more while nothing is veiled.
A thing of collection row 0 is a collection, anything else a tile.
"""

from dataclasses import dataclass
from typing import Any

from byocplan.emulator.store.collections import COLUMNS as COLLECTION_COLUMNS
from byocplan.emulator.store.collections import Collection, decode_collection
from byocplan.emulator.store.database import Database
from byocplan.emulator.store.tiles import COLUMNS, TileRow, decode_rows

COLLECTIONS = 0
SEEN = f"(SELECT {COLUMNS} FROM tile WHERE id NOT IN (SELECT id FROM hidden) UNION ALL SELECT {COLUMNS} FROM ghost)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Limit:
    """When a veil falls: at a moment of the emulator's clock, or after so many reads of its list."""

    until_us: int | None
    reads: int | None


def hide(database: Database, cid: int, identity: bytes, limit: Limit) -> None:
    """Hide a new thing from reads."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO hidden (id, cid, until_us, reads) VALUES (?, ?, ?, ?)",
            (identity, cid, limit.until_us, limit.reads),
        )
        database.veiled = True


def keep_tile(database: Database, tile: TileRow, limit: Limit) -> None:
    """Show a deleted tile as it was."""
    with database.transaction() as connection:
        connection.execute(
            f"INSERT INTO ghost ({COLUMNS}, until_us, reads_left) "  # noqa: S608
            f"VALUES ({', '.join('?' * (len(TileRow._fields) + 2))})",
            (*tile, limit.until_us, limit.reads),
        )
        database.veiled = True


def keep_collection(database: Database, row: tuple[Any, ...], limit: Limit) -> None:
    """Show a deleted collection as it was; ``row`` is what ``read_collection_row`` returned."""
    with database.transaction() as connection:
        connection.execute(
            f"INSERT INTO ghost_collection ({COLLECTION_COLUMNS}, until_us, reads_left) "  # noqa: S608
            f"VALUES ({', '.join('?' * (len(row) + 2))})",
            (*row, limit.until_us, limit.reads),
        )
        database.veiled = True


def read_collection_row(database: Database, cid: int) -> tuple[Any, ...]:
    """Return a collection's row as it is stored."""
    return database.read_all(f"SELECT {COLLECTION_COLUMNS} FROM collection WHERE cid = ?", (cid,))[0]  # noqa: S608


def count_read(database: Database, cid: int, now_us: int) -> None:
    """Lift the veils whose time has come, and count one read for those of this list (0: that of the collections)."""
    if not database.veiled:
        return
    with database.transaction() as connection:
        kept = "ghost_collection" if cid == COLLECTIONS else "ghost"
        where = "" if cid == COLLECTIONS else "AND cid = :cid"
        values = {"cid": cid, "now_us": now_us}
        for table, left, scope in (("hidden", "reads", "AND cid = :cid"), (kept, "reads_left", where)):
            connection.execute(f"DELETE FROM {table} WHERE until_us <= :now_us OR {left} <= 0", values)  # noqa: S608
            connection.execute(f"UPDATE {table} SET {left} = {left} - 1 WHERE {left} > 0 {scope}", values)  # noqa: S608
        database.veiled = is_veiled(database)


def is_veiled(database: Database) -> bool:
    """Return whether anything is hidden or kept."""
    tables = ("hidden", "ghost", "ghost_collection")
    return any(database.read_all(f"SELECT 1 FROM {table} LIMIT 1") for table in tables)  # noqa: S608


def is_hidden(database: Database, identity: bytes) -> bool:
    """Return whether reads do not show a thing yet."""
    return database.veiled and bool(database.read_all("SELECT 1 FROM hidden WHERE id = ?", (identity,)))


def read_seen_columns(
    database: Database, columns: str, where: str, values: tuple[object, ...]
) -> list[tuple[Any, ...]]:
    """Return columns of the tiles that a condition (and order) in SQL selects of those that reads show."""
    source = SEEN if database.veiled else "tile"
    return database.read_all(f"SELECT {columns} FROM {source} {where}", values)  # noqa: S608


def read_seen_tiles(database: Database, where: str, values: tuple[object, ...]) -> list[TileRow]:
    """Return the tiles that a condition (and order) in SQL selects of those that reads show."""
    return decode_rows(read_seen_columns(database, COLUMNS, where, values))


def read_ghost_collections(database: Database) -> list[Collection]:
    """Return the deleted collections that reads still show."""
    if not database.veiled:
        return []
    rows = database.read_all(f"SELECT {COLLECTION_COLUMNS} FROM ghost_collection ORDER BY cid")  # noqa: S608
    return [decode_collection(row) for row in rows]
