"""The tiles that the sources of several collections give, as one list."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from byocplan.sets import FoundTiles, RowBatch, SourceRule, TileSets
from tests.support.tile_sets import Wanted, make_desired

COVER = '{"type": "Polygon"}'


@pytest.fixture
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


@pytest.fixture
def found(sets: TileSets) -> FoundTiles:
    """Return tiles of two collections: whole, half, without files, of one file, and without configured bands."""
    rules = [SourceRule("a:1", required=("B1", "B=2"), cover=COVER), SourceRule("a:2", required=("",))]
    wanted = [
        Wanted("whole", {"B1": "x", "B=2": "y"}, 7),
        Wanted("half"),
        Wanted("none", {}),
        Wanted("one", {}, None, 1),
    ]
    all_found = FoundTiles(sets.engine)
    all_found.add("collection/b", make_desired(sets, wanted, rules), ["{x}/(BAND).tif", "one.tif"])
    all_found.add("collection/a", make_desired(sets, [Wanted("p"), Wanted("q", {})], [SourceRule("b:1")]), ["p"])
    all_found.add("collection/c", make_desired(sets, [], []), [])
    return all_found


def test_every_tile_is_listed_with_its_source_and_the_bands_it_lacks(found: FoundTiles) -> None:
    rows = [(row.address, row.source, row.path, row.is_complete, list(row.missing)) for row in found.iter_rows()]

    assert rows == [
        ("collection/a", "p", "p", True, []),
        ("collection/a", "p", "q", False, []),
        ("collection/b", "{x}/(BAND).tif", "half", False, ["B=2"]),
        ("collection/b", "{x}/(BAND).tif", "none", False, ["B1", "B=2"]),
        ("collection/b", "one.tif", "one", False, []),
        ("collection/b", "{x}/(BAND).tif", "whole", True, []),
    ]


def test_times_and_covers_are_those_of_the_source(found: FoundTiles) -> None:
    rows = {row.path: (row.sensing_time_ms, row.cover) for row in found.iter_rows()}

    assert rows["whole"] == (7, COVER)
    assert rows["half"] == (None, COVER)
    assert rows["one"] == (None, None)


def test_a_row_of_a_table_lacks_nothing_and_has_its_own_cover(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", cover=COVER)])
    desired.add_rows(RowBatch(0, ["p", "q"], [None, 5], ['{"own": 1}', None], ["g", "g"]))
    desired.finish()
    found = FoundTiles(sets.engine)
    found.add("collection/a", desired, ["tiles.csv"])

    rows = [(row.path, row.is_complete, list(row.missing), row.cover) for row in found.iter_rows()]

    assert rows == [("p", True, [], '{"own": 1}'), ("q", True, [], COVER)]


def test_a_parquet_file_has_the_same_in_the_same_order(found: FoundTiles, tmp_path: Path) -> None:
    file = tmp_path / "it's $found.parquet"
    opened = found.open_parquet()
    for rows, covers in opened.iter_covers():
        opened.add(rows, [cover.encode() for cover in covers])

    opened.write(str(file), '{"it\'s": "$found"}')

    connection = duckdb.connect()
    connection.execute("SET enable_geoparquet_conversion = false")
    read = connection.read_parquet(str(file))
    assert read.columns == ["address", "source", "path", "sensingTime", "complete", "missing", "geometry"]
    assert [path for (path,) in read.project("path").fetchall()] == [row.path for row in found.iter_rows()]
    assert read.filter("path = 'half'").project("address, source, complete, missing, geometry").fetchall() == [
        ("collection/b", "{x}/(BAND).tif", False, ["B=2"], COVER.encode())
    ]
    query = "SELECT key, value FROM parquet_kv_metadata(?)"
    assert connection.execute(query, [str(file)]).fetchall() == [(b"geo", b'{"it\'s": "$found"}')]
