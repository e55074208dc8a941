"""How many ingested tiles have which extreme values, kept by triggers: a collection's metadata without reading tiles.

One row for each collection, kind and value that occurs: the smallest and largest are then found by key, and the median
resolution among its few values. Touches the database.
"""

import sqlite3
from collections.abc import Iterator

SCHEMA = """
CREATE TABLE IF NOT EXISTS tally (
    cid INTEGER NOT NULL, kind TEXT NOT NULL, value NOT NULL, tiles INTEGER NOT NULL, PRIMARY KEY (cid, kind, value)
) WITHOUT ROWID;
"""
#: The columns that are counted. A tile without a time counts with the empty text, one without a box not at all.
KINDS = {
    "lon0": "lon0", "lat0": "lat0", "lon1": "lon1", "lat1": "lat1", "max_mpp": "max_mpp",
    "sensing": "coalesce(sensing, '')",
}  # fmt: skip


def make_values(row: str) -> str:
    """Return a query for kind and value of a trigger's ``NEW`` or ``OLD``."""
    columns = ((kind, expression.replace("sensing", f"{row}.sensing")) for kind, expression in KINDS.items())
    pairs = ((kind, value if kind == "sensing" else f"{row}.{value}") for kind, value in columns)
    return " UNION ALL ".join(f"SELECT '{kind}' AS kind, {value} AS value" for kind, value in pairs)


ADD = (
    f"INSERT INTO tally SELECT NEW.cid, kind, value, 1 FROM ({make_values('NEW')}) "  # noqa: S608
    "WHERE value IS NOT NULL AND NEW.status = 'INGESTED' "
    "ON CONFLICT (cid, kind, value) DO UPDATE SET tiles = tiles + 1;"
)
TAKE = (
    f"UPDATE tally SET tiles = tiles - 1 WHERE OLD.status = 'INGESTED' AND cid = OLD.cid "  # noqa: S608
    f"AND (kind, value) IN (SELECT kind, value FROM ({make_values('OLD')}));"
    f"DELETE FROM tally WHERE tiles = 0 AND OLD.status = 'INGESTED' AND cid = OLD.cid "
    f"AND (kind, value) IN (SELECT kind, value FROM ({make_values('OLD')}));"
)
#: A whole collection goes with its tally, before its tiles.
IS_COUNTED = "OLD.status = 'INGESTED' AND EXISTS (SELECT 1 FROM collection WHERE cid = OLD.cid)"
TRIGGERS = {
    "tile_comes": f"AFTER INSERT ON tile WHEN NEW.status = 'INGESTED' BEGIN {ADD} END",
    "tile_goes": f"AFTER DELETE ON tile WHEN {IS_COUNTED} BEGIN {TAKE} END",
    "tile_changes": f"AFTER UPDATE OF status, {', '.join(KINDS)} ON tile "
    f"WHEN OLD.status = 'INGESTED' OR NEW.status = 'INGESTED' BEGIN {TAKE} {ADD} END",
}


def create_triggers(connection: sqlite3.Connection) -> None:
    """Count from now on."""
    for name, text in TRIGGERS.items():
        connection.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {text}")


def drop_triggers(connection: sqlite3.Connection) -> None:
    """Stop counting: for writes of many tiles that count by themselves."""
    for name in TRIGGERS:
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")


def count_tiles(connection: sqlite3.Connection) -> None:
    """Count anew, by reading every tile."""
    connection.execute("DELETE FROM tally")
    for kind, expression in KINDS.items():
        connection.execute(
            f"INSERT INTO tally SELECT cid, '{kind}', {expression} AS value, count(*) FROM tile "  # noqa: S608
            "WHERE status = 'INGESTED' AND value IS NOT NULL GROUP BY cid, value"
        )


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table and the triggers; a store without them has its tiles counted once."""
    is_new = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'tally'").fetchone() is None
    connection.execute(SCHEMA)
    if is_new:
        count_tiles(connection)
    create_triggers(connection)


def find_end(connection: sqlite3.Connection, cid: int, kind: str, *, last: bool = False) -> float | str | None:
    """Return the smallest or largest value of a kind, none without any; the empty text is no time."""
    row = connection.execute(
        "SELECT value FROM tally WHERE cid = ? AND kind = ? AND value <> '' "  # noqa: S608
        f"ORDER BY value {'DESC' if last else 'ASC'} LIMIT 1",
        (cid, kind),
    ).fetchone()
    return None if row is None else row[0]


def has_untimed(connection: sqlite3.Connection, cid: int) -> bool:
    """Return whether an ingested tile has no sensing time."""
    found = connection.execute("SELECT 1 FROM tally WHERE cid = ? AND kind = 'sensing' AND value = ''", (cid,))
    return found.fetchone() is not None


def iter_counts(connection: sqlite3.Connection, cid: int, kind: str) -> Iterator[tuple[float, int]]:
    """Yield the values of a kind in order, each with its number of tiles."""
    yield from connection.execute(
        "SELECT value, tiles FROM tally WHERE cid = ? AND kind = ? ORDER BY value", (cid, kind)
    )
