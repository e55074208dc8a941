"""Tables in every format: the rows they give, and what is wrong with them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import shapely

from byocplan.discovery.table import MAX_ROWS
from byocplan.discovery.table.checks import TableRow
from byocplan.model.instant import make_instant
from byocplan.model.source import SensingKind, SensingTime, TableSource, TileOptions
from tests.support.inventories import make_parquet
from tests.support.tables import find_problems, make_features, make_geoparquet, make_source, read_rows

if TYPE_CHECKING:
    from pathlib import Path

TIME = "2019-11-27T10:00:00Z"
TIME_MS = make_instant(TIME)
BOX = shapely.box(0, 0, 2, 1)
WKT = BOX.wkt
GEOJSON = json.loads(shapely.to_geojson(BOX))
COVER = '{"coordinates":[[[2.0,0.0],[2.0,1.0],[0.0,1.0],[0.0,0.0],[2.0,0.0]]],"type":"Polygon"}'
A, B = "a/(BAND).tif", "b/scene.TIFF"
ROWS = [TableRow(A, TIME_MS, COVER), TableRow(B, None, None)]
UTM = {"id": {"authority": "EPSG", "code": 32633}}
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}


def test_a_csv_file_gives_tiles_with_times_and_covers_from_wkt(tmp_path: Path) -> None:
    source = make_source(tmp_path, "t.csv", f'path,sensingTime,geometry\n{A},{TIME},"{WKT}"\n{B},,\n')

    assert read_rows(source) == ROWS


def test_a_csv_file_may_hold_geojson_a_mark_at_its_beginning_and_columns_of_others(tmp_path: Path) -> None:
    geometry = json.dumps(GEOJSON).replace('"', '""')
    text = f'\ufeffnote,geometry,path,sensingTime\r\n"=1+1\n""x""","{geometry}",{A},{TIME}\r\n\r\nx,,{B},\r\n'

    assert read_rows(make_source(tmp_path, "t.CSV", text)) == ROWS


def test_a_tsv_file_is_parted_by_tabs(tmp_path: Path) -> None:
    source = make_source(tmp_path, "t.tsv", f"path\tsensingTime\tgeometry\n{A}\t{TIME}\t{WKT}\n{B}\t\t\n")

    assert read_rows(source) == ROWS


def test_a_geojson_file_gives_a_tile_a_feature(tmp_path: Path) -> None:
    text = make_features(({"path": A, "sensingTime": TIME, "more": [1]}, GEOJSON), ({"path": B}, None))

    assert read_rows(make_source(tmp_path, "t.geojson", text)) == ROWS


def test_an_old_geojson_file_gives_its_crs_to_every_cover(tmp_path: Path) -> None:
    whole = {**json.loads(make_features(({"path": A}, GEOJSON))), "crs": CRS}

    (row,) = read_rows(make_source(tmp_path, "t.geojson", json.dumps(whole)))

    assert json.loads(row.cover or "")["crs"] == CRS


def test_a_parquet_file_without_geometries_does(tmp_path: Path) -> None:
    body = make_parquet([("path", "VARCHAR")], [(A,), (B,)])

    assert read_rows(make_source(tmp_path, "t[1]*.parquet", body)) == [TableRow(A, None, None), TableRow(B, None, None)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("TIMESTAMP", datetime(2019, 11, 27, 10)),  # noqa: DTZ001 - what a column without a zone holds
        ("TIMESTAMP_MS", datetime(2019, 11, 27, 10)),  # noqa: DTZ001
        ("TIMESTAMPTZ", datetime(2019, 11, 27, 10, tzinfo=UTC)),
        ("VARCHAR", TIME),
        ("BIGINT", TIME_MS),
    ],
)
def test_times_in_parquet_are_instants_whatever_their_type(tmp_path: Path, kind: str, value: object) -> None:
    body = make_parquet([("path", "VARCHAR"), ("sensingTime", kind)], [(A, value), (B, None)])

    rows = read_rows(make_source(tmp_path, "t.parquet", body))

    assert [row.sensing_time_ms for row in rows] == [TIME_MS, None]


@pytest.mark.parametrize("suffix", ["parquet", "geoparquet"])
@pytest.mark.parametrize(
    "crs", [..., {"id": {"authority": "OGC", "code": "CRS84"}}, {"id": {"authority": "EPSG", "code": 4326}}]
)
def test_a_geoparquet_file_in_longitude_and_latitude_gives_covers_without_crs(
    tmp_path: Path, suffix: str, crs: object
) -> None:
    body = make_geoparquet([(A, TIME, BOX.wkb), (B, None, None)], **({} if crs is ... else {"crs": crs}))

    assert read_rows(make_source(tmp_path, f"t.{suffix}", body)) == ROWS


def test_a_geoparquet_file_in_another_crs_gives_it_to_every_cover(tmp_path: Path) -> None:
    body = make_geoparquet([(A, None, shapely.box(5e5, 5e6, 6e5, 5.1e6).wkb)], crs=UTM)

    (row,) = read_rows(make_source(tmp_path, "t.parquet", body))

    cover = json.loads(row.cover or "")
    assert cover["crs"] == CRS
    assert cover["coordinates"][0][0] == [600000.0, 5000000.0]


@pytest.mark.parametrize(
    "about", [{"crs": None}, {"crs": {"name": "mine"}}, {"crs": {"id": {"authority": "ESRI", "code": 1}}}, {"crs": "x"}]
)
def test_a_crs_without_an_epsg_code_is_refused(tmp_path: Path, about: dict[str, object]) -> None:
    (problem,) = find_problems(make_source(tmp_path, "t.parquet", make_geoparquet([(A, None, BOX.wkb)], **about)))

    assert "no EPSG code" in problem.message


def test_geometries_in_another_encoding_are_refused(tmp_path: Path) -> None:
    body = make_geoparquet([(A, None, BOX.wkb)], encoding="polygon")

    (problem,) = find_problems(make_source(tmp_path, "t.parquet", body))

    assert "not WKB" in problem.message


def test_extended_wkt_names_its_crs(tmp_path: Path) -> None:
    source = make_source(tmp_path, "t.csv", f'path,geometry\n{A},"SRID=32633;{WKT}"\n')

    (row,) = read_rows(source)

    assert json.loads(row.cover or "")["crs"] == CRS


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("", "has 1 values|no path"),
        (",,", "no path"),
        ("/a/(BAND).tif,,", "leading slash"),
        ("a//(BAND).tif,,", "empty, . or .."),
        ("../(BAND).tif,,", "empty, . or .."),
        ("folder,,", ".tif or .tiff"),
        ("a/(BAND).jp2,,", ".tif or .tiff"),
        ("(BAND)/(BAND).tif,,", "more than once"),
        ("=HYPERLINK(1),,", ".tif or .tiff"),
        ("a\0b.tif,,", "control characters"),
        ("a\x1b[31m.tif,,", "control characters"),
        ('"a\nb.tif",,', "control characters"),
        (f"{'a' * 2000}.tif,,", "1,024 bytes"),
        ("s3://b/a.tif,,", "not an address"),
        (f"{A},yesterday,", "no time"),
        (f"{A},=1+1,", "no time"),
        (f"{A},2019-11-27T10:00:00.1234Z,", "milliseconds"),
        (f"{A},99999999999999,", "no time"),
        (f"{A},,POINT (1 1)", "Polygon or MultiPolygon"),
        (f"{A},,POLYGON EMPTY", "list of"),
        (f"{A},,=cmd()", "neither WKT nor GeoJSON"),
        (f"{A},,{{", "not GeoJSON"),
        (f"{A},,{'[' * 5000}", "neither WKT nor GeoJSON"),
        (f'{A},,"{{""type"": []}}"', "Polygon or MultiPolygon"),
        (f"{A},,", "neither|"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    text = f'path,sensingTime,geometry\n"x\n.tif",,\ngood_(BAND).tif,,\n{row}\n'

    problems = find_problems(make_source(tmp_path, "t.csv", text))

    own = [problem for problem in problems if problem.line == 5]
    assert [problem.line for problem in problems][:1] == [2]
    assert len(own) == (0 if row in {"", f"{A},,"} else 1)
    assert all(any(part in problem.message for part in says.split("|")) for problem in own)


def test_many_bad_rows_are_told_in_part_and_counted(tmp_path: Path) -> None:
    source = make_source(tmp_path, "t.csv", "path\n" + "bad\n" * 1000)

    problems = find_problems(source)

    assert len(problems) == 21
    assert [problem.line for problem in problems[:20]] == list(range(2, 22))
    assert "980 more rows" in problems[-1].message


def test_a_path_that_stands_twice_with_other_values_is_an_error_and_else_counts_once(tmp_path: Path) -> None:
    alike = make_source(tmp_path, "alike.csv", f"path,sensingTime\n{A},{TIME}\n{A},2019-11-27T11:00:00+01:00\n")
    other = make_source(tmp_path, "other.csv", f"path,sensingTime\n{A},{TIME}\n{B},\n{A},\n")

    (problem,) = find_problems(other)

    assert len(read_rows(alike)) == 1
    assert (problem.line, "other values" in problem.message) == (4, True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"", "no column `path`"),
        ("t.csv", b"a,b\n", "no column `path`"),
        ("t.csv", b"path,path\n", "stands twice"),
        ("t.csv", b"path,sensing_time\n", "'sensing_time'"),
        ("t.csv", b"Path\n", "'Path'"),
        ("t.csv", b"path\n", "lists no tile"),
        ("t.csv", b"path\n\xff\n", "not UTF-8"),
        ("t.csv", b"\xff\xfep\0", "not UTF-8"),
        ("t.csv", b'path\n"a.tif\n', "cannot be read"),
        ("t.csv", b"path\n" + b"a" * 2_000_000, "cannot be read"),
        ("t.csv", b"path,b\na.tif\n", "has 1 values, the header has 2"),
        ("t.geojson", b"", "no GeoJSON FeatureCollection"),
        ("t.geojson", b"{}", "no GeoJSON FeatureCollection"),
        ("t.geojson", b"[" * 100_000, "no GeoJSON FeatureCollection"),
        ("t.geojson", b'{"type":"FeatureCollection","features":[]}', "lists no tile"),
        ("t.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature"}]}', "no column `path`"),
        ("t.geojson", b'{"type":"FeatureCollection","features":[{"properties":{"path":1}}]}', "no path"),
        ("t.parquet", b"", "no Parquet file"),
        ("t.parquet", b"PAR1" * 50, "no Parquet file"),
        ("t.parquet", make_parquet([("x", "VARCHAR")], [("a",)]), "no column `path`"),
        ("t.parquet", make_parquet([("path", "INTEGER")], [(1,)]), "no path"),
        ("t.parquet", make_parquet([("path", "VARCHAR"), ("geometry", "BLOB")], [(A, b"junk")]), "no geometry in WKB"),
        ("t.parquet", make_parquet([("path", "VARCHAR")], [(A,)], {"geo": "[]"}), "metadata cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_words(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    problems = find_problems(make_source(tmp_path, name, content))

    assert any(says in problem.message for problem in problems), problems
    assert all(problem.file == name for problem in problems)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    for name in ("t.csv", "t.geojson", "t.parquet"):
        (problem,) = find_problems(TableSource(name, str(tmp_path / name)))

        assert "read" in problem.message


def test_a_table_has_so_many_rows_and_no_more(tmp_path: Path) -> None:
    text = "path\n" + "".join(f"{number}.tif\n" for number in range(MAX_ROWS + 1))

    (problem,) = find_problems(make_source(tmp_path, "t.csv", text))

    assert "250,000 rows" in problem.message


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (TileOptions(SensingTime(SensingKind.FIXED, 5)), "sensingTime"),
        (TileOptions(SensingTime(), cover=COVER), "coverGeometry"),
    ],
)
def test_what_the_table_and_the_manifest_both_say_is_refused(tmp_path: Path, options: TileOptions, key: str) -> None:
    text = f'path,sensingTime,geometry\n{A},{TIME},"{WKT}"\n'

    (problem,) = find_problems(make_source(tmp_path, "t.csv", text, options))

    assert f"the manifest says {key}" in problem.message
    assert "m.yaml:7" in problem.hint
