"""Synthetic tiles by the million, made where they are stored: days joined with places in SQL. Touches the database."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from byocplan.emulator import synthetic
from byocplan.emulator.store import tally
from byocplan.emulator.store.collections import Collection
from byocplan.emulator.store.database import INDEXES, Database
from byocplan.emulator.synthetic import PLACES

#: From how many tiles on building the indexes again is quicker than adding to them, if no more are there already.
MANY = 20_000
TABLES = """
CREATE TEMP TABLE day (day INTEGER PRIMARY KEY, folder TEXT, sensing TEXT, tiles INTEGER);
CREATE TEMP TABLE place (
    place INTEGER PRIMARY KEY, tail TEXT, epsg INTEGER, west REAL, south REAL, east REAL, north REAL,
    lon0 REAL, lat0 REAL, lon1 REAL, lat1 REAL, max_mpp REAL, tiles INTEGER
);
"""
INSERT = f"""
INSERT INTO tile (
    cid, id, path, status, created_us, started_us, sensing,
    epsg, west, south, east, north, lon0, lat0, lon1, lat1, min_mpp, max_mpp, files
)
SELECT
    :cid, synthetic_id(day * {PLACES} + place), folder || tail, 'INGESTED',
    :now_us + day * {PLACES} + place - :first, :now_us + day * {PLACES} + place - :first, sensing,
    epsg, west, south, east, north, lon0, lat0, lon1, lat1, {synthetic.MIN_METERS_PER_PIXEL}, max_mpp, :files
FROM day CROSS JOIN place WHERE day * {PLACES} + place BETWEEN :first AND :last ORDER BY day, place
"""  # noqa: S608
Degrees = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SyntheticTiles:
    """Which tiles are made: numbers from ``first``, and the boxes of all places in degrees."""

    first: int
    count: int
    now_us: int
    files: str
    degrees: Sequence[Degrees]


@contextmanager
def pause_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Drop the indexes of tiles and build them at the end; part of the transaction it stands in."""
    for name in INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    yield
    for text in INDEXES.values():
        connection.execute(text)


def count_below(number: int, place: int) -> int:
    """Return how many tiles with smaller numbers lie at a place."""
    return (number - place + PLACES - 1) // PLACES


def write_days(connection: sqlite3.Connection, first: int, end: int) -> None:
    """Fill the days, each with its number of tiles."""
    connection.executemany(
        "INSERT INTO day VALUES (?, ?, ?, ?)",
        (
            (
                day,
                synthetic.make_day_folder(day),
                synthetic.make_day_time(day),
                min(end, (day + 1) * PLACES) - max(first, day * PLACES),
            )
            for day in range(first // PLACES, (end - 1) // PLACES + 1)
        ),
    )


def write_places(connection: sqlite3.Connection, first: int, end: int, degrees: Sequence[Degrees]) -> None:
    """Fill the places, each with its number of tiles."""
    for place, corners in enumerate(degrees):
        epsg, box = synthetic.make_place_box(place)
        tiles = count_below(end, place) - count_below(first, place)
        row = (place, synthetic.make_place_name(place) + synthetic.TAIL, epsg, *box, *corners)
        connection.execute(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, synthetic.MAX_METERS_PER_PIXEL, tiles),
        )


def count_tiles(connection: sqlite3.Connection, cid: int) -> None:
    """Count the new tiles by place and day instead of one by one."""
    for kind in tally.KINDS:
        connection.execute(
            f"INSERT INTO tally SELECT ?, '{kind}', {kind}, sum(tiles) AS more "  # noqa: S608
            f"FROM {'day' if kind == 'sensing' else 'place'} WHERE tiles > 0 GROUP BY {kind} "
            "ON CONFLICT (cid, kind, value) DO UPDATE SET tiles = tally.tiles + excluded.tiles",
            (cid,),
        )


def insert_rows(connection: sqlite3.Connection, collection: Collection, tiles: SyntheticTiles) -> None:
    """Make the rows and count them."""
    end = tiles.first + tiles.count
    make_id = partial(synthetic.make_id, collection.id)
    connection.create_function("synthetic_id", 1, make_id, deterministic=True)
    for text in filter(str.strip, TABLES.split(";")):
        connection.execute(text)
    write_days(connection, tiles.first, end)
    write_places(connection, tiles.first, end, tiles.degrees)
    connection.execute(
        INSERT,
        {
            "cid": collection.cid, "now_us": tiles.now_us, "first": tiles.first, "last": end - 1, "files": tiles.files,
        },
    )  # fmt: skip
    count_tiles(connection, collection.cid)
    connection.execute("DROP TABLE day")
    connection.execute("DROP TABLE place")


def insert_synthetic(database: Database, collection: Collection, tiles: SyntheticTiles) -> None:
    """Store synthetic tiles, one microsecond of creation apart."""
    if tiles.count < 1:
        return
    with database.transaction() as connection:
        ((highest,),) = connection.execute("SELECT coalesce(max(seq), 0) FROM tile")
        tally.drop_triggers(connection)
        if MANY <= tiles.count >= highest:
            with pause_indexes(connection):
                insert_rows(connection, collection, tiles)
        else:
            insert_rows(connection, collection, tiles)
        tally.create_triggers(connection)
