"""Live tiles that stand for files: what each kind of source takes of them, and what is said of it."""

from pathlib import Path

import pytest

from byocplan.discovery.known_tiles import NOT_LOOKED_AT, make_known_files, take_known_tiles
from byocplan.discovery.rule import make_source_rules
from byocplan.model.pattern import Where
from byocplan.model.source import SensingKind, SensingTime, TableSource, TileOptions, TileSource
from byocplan.sets import TileSets
from tests.support.discovery import Result, make_collection, make_path_source, make_pattern_source

PATTERN = "{year}/{month}/{grid}/(BAND).tif"
TILES = (("2019/1/33T/(BAND).tif", "B1=e1\nB2=e2"), ("2020/6/28V/(BAND).tif", None), ("other/(BAND).tif", "B1=e9"))


def take(*sources: TileSource, tiles: tuple[tuple[str, str | None], ...] = TILES) -> Result:
    bands = ("B1", "B2")
    with TileSets() as sets:
        desired = sets.make_desired(make_source_rules(sources, bands))
        report = take_known_tiles(make_collection(sources), bands, [tiles], desired)
        return Result(report, {row.path: row for row in desired.iter_rows()})


def test_a_pattern_takes_the_live_tiles_of_its_scope_with_its_times() -> None:
    found = take(make_pattern_source(PATTERN))

    assert found.complete == [TILES[0][0], TILES[1][0]]
    assert [row.sensing_time_ms is not None for row in found.tiles.values()] == [True, True]


def test_where_narrows_what_is_taken() -> None:
    where = Where(fields={"grid": ("28V",)})

    assert take(make_pattern_source(PATTERN, where)).complete == [TILES[1][0]]


def test_an_inventory_is_not_read() -> None:
    found = take(make_pattern_source(PATTERN, inventory="s3://nowhere/manifest.json"))

    assert len(found.complete) == 2


@pytest.mark.parametrize("path", ["other/(BAND).tif", "other", "/other/"])
def test_a_path_in_any_form_takes_its_live_tile(path: str) -> None:
    fixed = TileOptions(SensingTime(SensingKind.FIXED, 5))

    found = take(make_path_source(path, fixed))

    assert [(row.path, row.sensing_time_ms) for row in found.tiles.values()] == [("other/(BAND).tif", 5)]
    assert found.report.sources[0].path == "other/(BAND).tif"


def test_a_path_that_is_not_live_is_neither_made_nor_called_missing() -> None:
    found = take(make_path_source("new/(BAND).tif"))

    assert found.tiles == {}
    assert found.report.notes == ()


def test_no_source_that_needs_a_bucket_is_evidence(tmp_path: Path) -> None:
    table = tmp_path / "tiles.csv"
    table.write_text("path\nnew/(BAND).tif\n", encoding="utf-8")

    found = take(make_pattern_source(PATTERN), make_path_source("other"), TableSource("tiles.csv", str(table)))

    assert [source.failure for source in found.report.sources] == [NOT_LOOKED_AT, NOT_LOOKED_AT, ""]
    assert "new/(BAND).tif" in found.complete


def test_files_are_those_recorded_or_one_of_each_band_and_never_newer() -> None:
    known = make_known_files([*TILES[:2], ("map.tif", "RGB=e5"), ("odd=name/(BAND).tif", "B=1=e7")], ("B1", "B2"))

    assert list(zip(known.page.keys, known.page.etags, strict=True)) == [
        ("2019/1/33T/B1.tif", "e1"),
        ("2019/1/33T/B2.tif", "e2"),
        ("2020/6/28V/B1.tif", ""),
        ("2020/6/28V/B2.tif", ""),
        ("map.tif", "e5"),
        ("odd=name/B=1.tif", "e7"),
    ]
    assert set(known.page.modified_ms) == {0}
