"""The tally of extremes: kept by triggers, it says what counting all tiles anew would."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.emulator.store import tally
from byocplan.emulator.store.collections import Collection, delete_collection, insert_collection
from byocplan.emulator.store.database import Database
from byocplan.emulator.store.synthetic import SyntheticTiles, insert_synthetic
from byocplan.emulator.store.tiles import TileRow, delete_tile, update_tile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEGREES = tuple((float(place), 0.5, place + 1.0, 1.5) for place in range(600))


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database(":memory:")) as opened:
        yield opened


def read_tally(database: Database) -> list[tuple[object, ...]]:
    return database.read_all("SELECT cid, kind, value, tiles FROM tally")


def make_collection(database: Database, name: str = "one") -> Collection:
    return insert_collection(database, Collection(0, name, "account", 0, name, "bucket"))


def make_row(cid: int, number: int, chance: random.Random) -> dict[str, Any]:
    status = chance.choice(("INGESTED", "INGESTED", "FAILED", "WAITING"))
    sensing = chance.choice((None, "2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z"))
    west = chance.choice((None, 1.0, 2.0, 3.0))
    corners: dict[str, Any] = dict.fromkeys(("lon0", "lat0", "lon1", "lat1", "max_mpp"))
    if west is not None:
        corners = {"lon0": west, "lat0": 0.0, "lon1": west + 1, "lat1": 1.0, "max_mpp": 10 * west}
    tile = TileRow(0, cid, number.to_bytes(16, "big"), f"{number}", status, 0, 0, sensing)
    return tile._asdict() | corners | {"seq": None}


def test_triggers_agree_with_counting_anew_whatever_was_written(database: Database) -> None:
    chance = random.Random(7)
    cids = [make_collection(database, name).cid for name in ("one", "two")]
    rows = [make_row(chance.choice(cids), number, chance) for number in range(300)]
    database.connection.executemany(f"INSERT INTO tile ({', '.join(rows[0])}) VALUES (:{', :'.join(rows[0])})", rows)
    for seq in chance.sample(range(1, 301), 150):
        update_tile(
            database, seq, {"status": chance.choice(("INGESTED", "FAILED")), "lon0": chance.choice((None, 9.0))}
        )
    for seq in chance.sample(range(1, 301), 150):
        delete_tile(database, seq)
    kept = read_tally(database)

    tally.count_tiles(database.connection)

    assert kept == read_tally(database)
    assert kept


@pytest.mark.parametrize(("first", "count"), [(0, 1), (599, 2), (450, 1500)])
def test_synthetic_tiles_are_counted_as_one_by_one(database: Database, first: int, count: int) -> None:
    collection = make_collection(database)
    insert_synthetic(database, collection, SyntheticTiles(first, count, 0, "synthetic:B1", DEGREES))
    kept = read_tally(database)

    tally.count_tiles(database.connection)

    assert kept == read_tally(database)
    assert database.read_all("SELECT count(*), count(DISTINCT id) FROM tile") == [(count, count)]


def test_a_deleted_collection_takes_its_tally_along(database: Database) -> None:
    one, two = make_collection(database, "one"), make_collection(database, "two")
    for each in (one, two):
        insert_synthetic(database, each, SyntheticTiles(0, 10, 0, "synthetic:B1", DEGREES))

    delete_collection(database, one.cid)

    assert {row[0] for row in read_tally(database)} == {two.cid}
    assert database.read_all("SELECT DISTINCT cid FROM tile") == [(two.cid,)]


def test_a_store_without_a_tally_is_counted_when_it_is_opened(tmp_path: Path) -> None:
    location = str(tmp_path / "store.sqlite")
    with closing(Database(location)) as database:
        insert_synthetic(database, make_collection(database), SyntheticTiles(0, 700, 0, "synthetic:B1", DEGREES))
        kept = read_tally(database)
        tally.drop_triggers(database.connection)
        database.connection.execute("DROP TABLE tally")

    with closing(Database(location)) as database:
        counted = read_tally(database)

    assert counted == kept
