"""The SQLite file: schema, one connection, one lock. Touches the file it is given (or memory)."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from byocplan.emulator.store import tally

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS collection (
    cid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
    created_us INTEGER NOT NULL, body TEXT NOT NULL, dirty_us INTEGER
);
CREATE TABLE IF NOT EXISTS tile (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, cid INTEGER NOT NULL, id BLOB NOT NULL, path TEXT NOT NULL,
    status TEXT NOT NULL,
    created_us INTEGER NOT NULL, started_us INTEGER NOT NULL, sensing TEXT,
    epsg INTEGER, west REAL, south REAL, east REAL, north REAL, lon0 REAL, lat0 REAL, lon1 REAL, lat1 REAL,
    min_mpp REAL, max_mpp REAL, cover TEXT, cover84 TEXT, files TEXT, cause TEXT,
    generation INTEGER NOT NULL DEFAULT 0, reads INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS again (
    seq INTEGER PRIMARY KEY, cid INTEGER NOT NULL, started_us INTEGER NOT NULL, reads INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS hidden (id BLOB PRIMARY KEY, cid INTEGER NOT NULL, until_us INTEGER, reads INTEGER);
CREATE TABLE IF NOT EXISTS ghost (
    seq INTEGER NOT NULL, cid INTEGER NOT NULL, id BLOB NOT NULL, path TEXT NOT NULL, status TEXT NOT NULL,
    created_us INTEGER NOT NULL, started_us INTEGER NOT NULL, sensing TEXT,
    epsg INTEGER, west REAL, south REAL, east REAL, north REAL, lon0 REAL, lat0 REAL, lon1 REAL, lat1 REAL,
    min_mpp REAL, max_mpp REAL, cover TEXT, cover84 TEXT, files TEXT, cause TEXT,
    generation INTEGER NOT NULL DEFAULT 0, reads INTEGER NOT NULL DEFAULT 0, until_us INTEGER, reads_left INTEGER
);
CREATE TABLE IF NOT EXISTS ghost_collection (
    cid INTEGER NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, created_us INTEGER NOT NULL, body TEXT NOT NULL,
    dirty_us INTEGER, until_us INTEGER, reads_left INTEGER
);
"""
#: Most tiles are ingested, and are found by path among all; the few others have an index of their own.
IS_EXCEPTION = "status <> 'INGESTED'"
#: All of ``tile``, and all begin with the collection: what one costs does not follow from the tiles of others.
INDEXES = {
    "tile_uuid": "CREATE UNIQUE INDEX IF NOT EXISTS tile_uuid ON tile (cid, id)",
    "tile_page": "CREATE INDEX IF NOT EXISTS tile_page ON tile (cid, seq)",
    "tile_path": "CREATE INDEX IF NOT EXISTS tile_path ON tile (cid, path, seq)",
    "tile_status": "CREATE INDEX IF NOT EXISTS tile_status ON tile (cid, status, seq)",
    "tile_exception": "CREATE INDEX IF NOT EXISTS tile_exception ON tile (cid, status, path, seq) "
    f"WHERE {IS_EXCEPTION}",
    "tile_pending": "CREATE INDEX IF NOT EXISTS tile_pending ON tile (seq) "
    "WHERE status IN ('WAITING', 'QUEUED', 'INGESTING')",
}


class Database:
    """One connection that all threads share under one lock: SQLite's writers are serial anyway, a page takes 0.3 ms."""

    def __init__(self, location: str) -> None:
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(location, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute("PRAGMA cache_size=-65536")
        self.connection.executescript(SCHEMA)
        for text in INDEXES.values():
            self.connection.execute(text)
        tally.prepare(self.connection)
        #: Whether reads may show something else than what is stored (see ``veil``); looked at when it may be so.
        self.veiled = True
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and commit at the end of the outermost block, or roll back when it raises."""
        with self.lock:
            if self._depth == 0:
                self.connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self.connection
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self.connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self.connection.execute("COMMIT")

    def read_all(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """Return all rows of a query."""
        with self.lock:
            return self.connection.execute(statement, values).fetchall()

    def clear(self) -> None:
        """Delete all collections and tiles; keep the signing secret, so that tokens stay valid."""
        with self.transaction() as connection:
            for table in ("hidden", "ghost", "ghost_collection", "again"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
            # Without triggers SQLite drops all rows of a table at once.
            tally.drop_triggers(connection)
            connection.execute("DELETE FROM tile")
            connection.execute("DELETE FROM tally")
            connection.execute("DELETE FROM collection")
            tally.create_triggers(connection)

    def get_meta(self, key: str, default: str) -> str:
        """Return a remembered setting, storing the default at first."""
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, default))
            (value,) = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(value)

    def set_meta(self, key: str, value: str) -> None:
        """Remember a setting."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.connection.close()
