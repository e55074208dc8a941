"""Tiles written as GeoParquet are read again as they were, by us and by others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import geopandas
import pytest

from byocplan.geometry import is_same_cover
from byocplan.model.tile import LiveTile
from byocplan.sets import FoundTiles, LiveTiles, SourceRule, TileSets
from byocplan.workflow.geo_parquet import write_geo_parquet
from tests.support.tables import make_source, read_rows
from tests.support.tile_sets import Wanted, make_desired, make_live
from tests.unit.geometry.test_footprint import make_box, make_cover

NAME = "it's $tiles.parquet"
#: The last millisecond that a time may have: it has more digits than a float.
LAST_MS = 253_402_300_799_999
COVERS = {
    "across": make_cover(make_box(100_000, 1_000_000, 200_000, 1_100_000), 32601),
    "lonlat": make_cover(make_box(10, 50, 11, 51)),
    "none": None,
    "unreadable": "{",
    "utm": make_cover(make_box(500_000, 5_000_000, 600_000, 5_100_000), 32633),
}
TIMES = {"across": 1, "lonlat": 1_574_812_800_123, "none": None, "unreadable": 0, "utm": LAST_MS}


@pytest.fixture
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


@pytest.fixture
def live(sets: TileSets) -> LiveTiles:
    tiles = [
        LiveTile(f"id-{name}", f"{name}/(BAND).tif", "INGESTED", TIMES[name], cover, created_ms=1000)
        for name, cover in reversed(COVERS.items())
    ]
    return make_live(sets, tiles)


def write(live: LiveTiles, sets: TileSets, folder: Path, limit: int | None = None) -> Path:
    file = folder / NAME
    with file.open("wb") as into:
        write_geo_parquet(live.open_parquet(limit), sets, into)
    return file


def test_a_table_of_live_tiles_is_read_as_they_are(live: LiveTiles, sets: TileSets, tmp_path: Path) -> None:
    content = write(live, sets, tmp_path).read_bytes()

    rows = {row.path.partition("/")[0]: row for row in read_rows(make_source(tmp_path, "again.parquet", content))}

    assert list(rows) == sorted(COVERS)
    assert {name: row.sensing_time_ms for name, row in rows.items()} == TIMES
    assert {name for name, row in rows.items() if row.cover is None} == {"none", "unreadable"}
    for name in ("across", "lonlat", "utm"):
        assert is_same_cover(str(rows[name].cover), str(COVERS[name])), name


def test_columns_are_named_as_the_api_has_them_and_times_are_instants(
    live: LiveTiles, sets: TileSets, tmp_path: Path
) -> None:
    file = str(write(live, sets, tmp_path, limit=2))

    paths = duckdb.execute("SELECT path FROM read_parquet(?)", [file]).fetchall()
    schema = duckdb.execute("SELECT name, logical_type FROM parquet_schema(?)", [file]).fetchall()

    assert [name for name, _ in schema[1:]] == ["id", "path", "status", "sensingTime", "created", "cause", "geometry"]
    kinds = dict(schema)
    assert all("isAdjustedToUTC=1" in kinds[name] for name in ("sensingTime", "created"))
    assert paths == [("across/(BAND).tif",), ("lonlat/(BAND).tif",)]


def test_the_metadata_says_where_the_geometries_are(live: LiveTiles, sets: TileSets, tmp_path: Path) -> None:
    assert read_geo(write(live, sets, tmp_path)) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["MultiPolygon", "Polygon"],
                "bbox": [-180, pytest.approx(9.0, abs=0.1), 180, 51],
            }
        },
    }


def test_a_reader_that_knows_the_standard_alone_finds_the_geometries(
    live: LiveTiles, sets: TileSets, tmp_path: Path
) -> None:
    """As geopandas.read_parquet does it, which needs pyarrow: 170 MB more for this one test."""
    file = write(live, sets, tmp_path)
    geo = read_geo(file)
    column = geo["columns"][geo["primary_column"]]

    rows = duckdb.execute(f"SELECT {geo['primary_column']}::BLOB FROM read_parquet(?)", [str(file)]).fetchall()
    # Source: GeoParquet 1.1, "crs": where it is absent, OGC:CRS84.
    shapes = geopandas.GeoSeries.from_wkb([wkb for (wkb,) in rows], crs=column.get("crs", "OGC:CRS84"))

    assert list(shapes.isna()) == [False, False, True, True, False]
    assert sorted(shapes.dropna().geom_type.unique()) == column["geometry_types"]
    assert shapes.total_bounds.tolist() == column["bbox"]
    assert shapes.dropna().is_valid.all()


def test_tiles_that_sources_give_are_written_likewise(sets: TileSets, tmp_path: Path) -> None:
    rules = [SourceRule("a:1", required=("B1",), cover=COVERS["utm"]), SourceRule("a:2", required=("",))]
    desired = make_desired(sets, [Wanted("whole.tif", {"B1": "x"}, 7), Wanted("one.tif", {}, None, 1)], rules)
    found = FoundTiles(sets.engine)
    found.add("collection/b", desired, ["{x}/(BAND).tif", "one.tif"])
    with (tmp_path / NAME).open("wb") as into:
        write_geo_parquet(found.open_parquet(), sets, into)

    one, whole = read_rows(make_source(tmp_path, "again.parquet", (tmp_path / NAME).read_bytes()))

    assert (one.path, one.sensing_time_ms, one.cover) == ("one.tif", None, None)
    assert (whole.path, whole.sensing_time_ms) == ("whole.tif", 7)
    assert is_same_cover(str(whole.cover), str(COVERS["utm"]))


def read_geo(file: Path) -> dict[str, Any]:
    query = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE key = 'geo'"
    (row,) = duckdb.execute(query, [str(file)]).fetchall()
    geo: dict[str, Any] = json.loads(row[0])
    return geo
