"""What an export lists: single paths, tables of more, and what is left out."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

import pytest

from byocplan.discovery.listing import ObjectPage
from byocplan.model.change import TileAction
from byocplan.model.tile import LiveTile, TilePage
from byocplan.sets import TileSets
from byocplan.workflow.export import ExportRequest, export_collections
from tests.support.exporting import LiveWorld, export, plan_files, write
from tests.support.planning import make_live_collection

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket

TIME_MS = 1_574_812_800_001


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def make_odd(count: int) -> dict[str, int | None]:
    """Return tiles that no pattern gives: their names and times follow no rule."""
    random = Random(7)
    return {f"{'-_ ,'[number % 4] * (number + 1)}.tif": random.randrange(10**12) for number in range(count)}


def make_keys(*paths: str) -> list[str]:
    return [path.replace("(BAND)", "B1") for path in paths]


@pytest.mark.parametrize(("count", "tables"), [(20, 0), (21, 1)])
def test_a_few_odd_tiles_are_single_paths_and_more_are_a_table(count: int, tables: int, sets: TileSets) -> None:
    times = make_odd(count)

    exported = export(LiveWorld(times, make_keys(*times)), sets, rows_a_table=1000)

    assert (len(exported.tables), exported.count("table")) == (tables, tables)
    assert exported.count("path") == (0 if tables else count)
    assert [row for table in exported.tables for row in table.rows] == (sorted(times.items()) if tables else [])


def test_where_no_table_can_be_written_all_are_single_paths(sets: TileSets) -> None:
    times = make_odd(30)

    exported = export(LiveWorld(times, make_keys(*times)), sets)

    assert (exported.count("path"), exported.tables) == (30, ())


def test_more_tiles_than_a_table_has_rows_go_into_several(sets: TileSets) -> None:
    times = make_odd(50)

    exported = export(LiveWorld(times, make_keys(*times)), sets, rows_a_table=20)

    assert [(table.name, len(table.rows)) for table in exported.tables] == [
        ("byoc-s2.tiles.csv", 20),
        ("byoc-s2.tiles-2.csv", 20),
        ("byoc-s2.tiles-3.csv", 10),
    ]
    assert [source.text for source in exported.sources] == [table.name for table in exported.tables]


def test_folders_stay_single_paths_and_what_no_manifest_may_name_is_left_out(sets: TileSets) -> None:
    times = {**make_odd(30), "one/folder": None, "x\x1b[2J.tif": None, "y\n.tif": TIME_MS}

    exported = export(LiveWorld(times), sets, rows_a_table=1000)

    assert [source.text for source in exported.sources] == ["byoc-s2.tiles.csv", "one/folder"]
    assert (len(exported.tables[0].rows), exported.left_out) == (30, 2)


def test_tiles_without_files_are_listed_with_their_times_though_their_pattern_says_none(
    tmp_path: Path, sets: TileSets
) -> None:
    random = Random(3)
    times: dict[str, int | None] = {f"site/{number:05}/(BAND).tif": random.randrange(10**12) for number in range(1100)}
    there = [path for number, path in enumerate(times) if number % 4]
    world = LiveWorld(times, make_keys(*there))

    exported = export(world, sets, rows_a_table=1000)
    write(exported, tmp_path)
    plan = plan_files(world, tmp_path)

    (table,) = exported.tables
    assert dict(table.rows) == {path: time for path, time in times.items() if path not in there}
    assert "275 of them without a file" in next(each.note for each in exported.sources if each.key == "table")
    assert "sensingTime: keep" in (tmp_path / "c.yaml").read_text()
    assert (plan.has_changes, plan.count_tiles(TileAction.KEEP)) == (False, 1100)


def test_where_most_files_are_missing_nothing_is_listed_and_nothing_pruned(sets: TileSets) -> None:
    times: dict[str, int | None] = {f"site/{number:05}/(BAND).tif": None for number in range(600)}
    there = list(times)[:250]

    exported = export(LiveWorld(times, make_keys(*there)), sets, rows_a_table=1000)

    (source,) = exported.sources
    assert (source.key, source.prune, exported.tables) == ("pattern", False, ())
    assert "350 have no file in the bucket" in source.note


@dataclass(frozen=True, slots=True)
class ManyTiles:
    """A service and a bucket whose tiles and keys are made as they are asked for; every third tile has no file."""

    count: int
    name: str = "many"

    def iter_tile_pages(self, _collection_id: str, **_query: object) -> Iterator[TilePage]:
        for start in range(0, self.count, 100):
            numbers = range(start, start + 100)
            yield TilePage.of([LiveTile(str(n), f"site/{n:07}.tif", "INGESTED", n * n % 10**9) for n in numbers])

    def iter_pages(self, _prefix: str) -> Iterator[ObjectPage]:
        for start in range(0, self.count, 1000):
            keys = [f"site/{number:07}.tif" for number in range(start, start + 1000) if number % 3]
            yield ObjectPage(keys, ["e"] * len(keys), [0] * len(keys))


def measure_bytes(count: int) -> int:
    """Return the most that Python held while so many tiles were exported, and their table read."""
    world = ManyTiles(count)
    with TileSets() as sets:
        request = ExportRequest(cast("ReadClient", world), lambda _: cast("Bucket", world), sets, rows_a_table=250_000)
        tracemalloc.start()
        (exported,) = export_collections(request, [make_live_collection()])
        assert sum(1 for table in exported.tables for _ in table.rows) == len(range(0, count, 3))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.sweep
def test_memory_does_not_grow_with_the_tiles() -> None:
    few, many = measure_bytes(75_000), measure_bytes(135_000)

    # From 60,000 tiles on the third without files is no list either, and the engine's batches are full. A tile and its
    # path alone take more than 100 bytes.
    assert many < few + 60_000 * 10
