"""Every list of tiles is read along an index that has its order: never sorted, never the whole table."""

from __future__ import annotations

from contextlib import closing

import pytest

from byocplan.emulator.service.query import PageQuery, Paging
from byocplan.emulator.service.tile_pages import make_filter, make_range
from byocplan.emulator.store.again import find_again, read_again
from byocplan.emulator.store.database import Database

QUERIES = {
    "created": (PageQuery(), "tile_page"),
    "newest": (PageQuery(descending=True), "tile_page"),
    "path order": (PageQuery(sort="path"), "tile_path"),
    "one path": (PageQuery(path="a"), "tile_path"),
    "one path of a status": (PageQuery(path="a", status="INGESTED"), "tile_path"),
    "one path that failed": (PageQuery(path="a", status="FAILED"), "tile_path"),
    "ingested": (PageQuery(status="INGESTED"), "tile_status"),
    "failed": (PageQuery(status="FAILED", descending=True), "tile_status"),
    "failed in path order": (PageQuery(status="FAILED", sort="path"), "tile_exception"),
    "by id": (PageQuery(paging=Paging(by_id=True)), "tile_uuid"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_list_is_read_along_the_index_that_has_its_order(name: str) -> None:
    query, index = QUERIES[name]
    selection, values = make_range(make_filter(1, query), query)

    with closing(Database(":memory:")) as database:
        plan = database.read_all(f"EXPLAIN QUERY PLAN SELECT * FROM tile {selection} LIMIT 101", values)

    assert [f"INDEX {index} (" in str(step[3]) for step in plan] == [True]


def test_what_is_ingested_again_is_read_by_key_and_never_sorted() -> None:
    statements: list[str] = []
    with closing(Database(":memory:")) as database:
        database.connection.set_trace_callback(statements.append)
        find_again(database, [1, 2])
        read_again(database, "WHERE again.started_us <= ? ORDER BY seq LIMIT ?", (0, 1))
        database.connection.set_trace_callback(None)
        of_page, due = ([step[3] for step in database.read_all(f"EXPLAIN QUERY PLAN {each}")] for each in statements)

    by_key = "SEARCH tile USING INTEGER PRIMARY KEY (rowid=?)"
    assert of_page == ["SEARCH again USING INTEGER PRIMARY KEY (rowid=?)", by_key]
    assert due == ["SCAN again", by_key]
