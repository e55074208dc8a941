"""Seen tiles in the engine do as the list of them does, which inference is tested with."""

from collections.abc import Iterable, Iterator
from random import Random

import pytest

from byocplan.inference import Inference, TileList, infer_sources, narrow_source
from byocplan.model.seen import UNKNOWN, SeenTile
from byocplan.sets import RestTiles, SeenRows, TileSets
from byocplan.sets.engine import EngineOptions
from tests.support.layouts import LAYOUTS


# All in rows, groups of rows in lists, as it is in a run, and all in lists.
@pytest.fixture(scope="module", params=[0, 40, 20_000, 100_000])
def sets(request: pytest.FixtureRequest) -> Iterator[TileSets]:
    with TileSets(EngineOptions(held_tiles=request.param)) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows_alone() -> Iterator[TileSets]:
    with TileSets(EngineOptions(held_tiles=0)) as opened:
        yield opened


def make_rows(sets: TileSets, tiles: list[SeenTile]) -> SeenRows | TileList:
    seen = sets.make_seen()
    for start in range(0, len(tiles), 100):
        page = tiles[start : start + 100]
        seen.add(
            [tile.path for tile in page], [t if isinstance(t := tile.sensing_time_ms, int) else None for tile in page]
        )
    return seen.finish()


def make_tiles(count: int) -> list[SeenTile]:
    return [SeenTile(f"{number % 7}/{number}.tif", number if number % 3 else None) for number in range(count)]


def get_folder(tile: SeenTile) -> str:
    return tile.path.partition("/")[0]


def describe(found: Inference) -> list[object]:
    return [
        *((each.pattern.text, each.sensing, each.where_fields, list(each.tiles)) for each in found.sources),
        list(found.rest),
    ]


def test_a_path_that_comes_again_counts_once_with_its_last_time(sets: TileSets) -> None:
    rows = make_rows(sets, [SeenTile("a", 1), SeenTile("b", 2), SeenTile("a", None)])

    assert (len(rows), list(rows)) == (2, [SeenTile("b", 2), SeenTile("a", None)])


# More than the engine hands out at a time, so that groups go over the ends of batches.
@pytest.mark.parametrize("count", [0, 1, 500, 30_000])
def test_rows_are_parted_sampled_and_selected_as_a_list_is(sets: TileSets, count: int) -> None:
    tiles = make_tiles(count)
    rows, listed = make_rows(sets, tiles), TileList(tiles)

    parts = list(rows.part(get_folder, 2))

    assert (len(rows), list(rows)) == (count, tiles)
    assert [list(part) for part in parts] == [list(part) for part in listed.part(get_folder, 2)]
    assert rows.spread(40) == listed.spread(40)
    assert [part.spread(3) for part in parts] == [part.spread(3) for part in listed.part(get_folder, 2)]
    assert list(rows.select(lambda tile: tile.path.endswith("5.tif"))) == [t for t in tiles if t.path.endswith("5.tif")]
    assert list(rows.without(parts[:2])) == list(listed.without(listed.part(get_folder, 2)[:2]))
    assert list(rows.without([])) == tiles
    assert [sorted_paths(rows.iter_without(part)) for part in parts[:2]] == [
        sorted_paths(listed.without([part])) for part in listed.part(get_folder, 2)[:2]
    ]
    assert [list(part) for part in rows.part(len_of_nothing, 1)] == ([tiles] if tiles else [])


def sorted_paths(tiles: Iterable[SeenTile]) -> list[str]:
    return sorted(tile.path for tile in tiles)


def len_of_nothing(_tile: SeenTile) -> int:
    return 0


# Within a batch of the engine, and where one begins.
@pytest.mark.parametrize("count", [45_000, 40_000])
def test_a_group_that_begins_late_in_the_rows_is_parted_from_all_before(sets: TileSets, count: int) -> None:
    tiles = [SeenTile(f"a/{number}", number) for number in range(count)] + [SeenTile("b/1", 1)]

    parts = list(make_rows(sets, tiles).part(get_folder, 1))

    assert [len(part) for part in parts] == [count, 1]
    assert list(parts[0]) == tiles[:-1]


def test_of_very_many_parts_the_largest_are_taken(sets: TileSets) -> None:
    tiles = [SeenTile(f"{number}/{twin}", None) for number in range(1_200) for twin in range(1 + (number >= 300))]
    rows, listed = make_rows(sets, tiles), TileList(tiles)

    parts = list(rows.part(get_folder, 1))

    assert [list(part) for part in parts] == [list(part) for part in listed.part(get_folder, 1)]
    assert len(parts) == 1_000
    assert sum(len(part) == 2 for part in parts) == 900


def test_times_are_hidden_and_shown_again(sets: TileSets) -> None:
    tiles = make_tiles(70)

    hidden = make_rows(sets, tiles).hide_times()

    assert {tile.sensing_time_ms for part in hidden.part(get_folder, 1) for tile in part} == {UNKNOWN}
    assert {tile.sensing_time_ms for tile in hidden.select(lambda tile: tile.path.startswith("6/"))} == {UNKNOWN}
    assert list(hidden.select(lambda tile: tile.sensing_time_ms is UNKNOWN).show_times()) == tiles


def test_few_tiles_of_rows_leave_the_engine() -> None:
    with TileSets(EngineOptions(held_tiles=5)) as sets:
        rows = make_rows(sets, make_tiles(40))
        few = [*rows.part(get_folder, 1), rows.select(lambda tile: tile.path.startswith("6/"))]
        many = [rows, rows.without(few[:1])]

        kinds = [[type(each) for each in tiles] for tiles in (few, many)]

    # Five of the seven folders have six tiles.
    assert kinds == [[SeenRows] * 5 + [TileList] * 3, [SeenRows] * 2]


def test_tables_go_with_the_tiles_that_were_in_them(rows_alone: TileSets) -> None:
    def count_tables() -> int:
        rows_alone.engine.drop_forgotten()
        return rows_alone.engine.get_number("SELECT count(*) FROM duckdb_tables()")

    rows = make_rows(rows_alone, [*make_tiles(70), *make_tiles(70)])
    parts = list(rows.part(get_folder, 1))
    others = rows.without(parts[1:]).select(lambda tile: tile.path != "0/0.tif")

    assert count_tables() == 3
    del rows, parts[1:]
    assert (count_tables(), len(parts[0]), len(others)) == (2, 10, 9)
    del parts
    assert (count_tables(), sum(1 for _ in others)) == (1, 9)
    del others
    assert count_tables() == 0


@pytest.mark.parametrize("seed", range(4))
def test_patterns_of_rows_are_those_of_a_list(sets: TileSets, seed: int) -> None:
    random = Random(seed)
    chosen = random.sample(LAYOUTS, 4)
    everything = [tile for layout in chosen for tile in layout.make_tiles(random.randrange(30, 200), random)]
    random.shuffle(everything)
    tiles, foreign = everything[::2], everything[1::2]
    tiles = [tile for tile in tiles if tile.path not in {other.path for other in foreign}]
    rows, listed = infer_sources(make_rows(sets, tiles)), infer_sources(TileList(tiles))

    narrowed = [narrow_source(each, make_rows(sets, foreign)) for each in rows.sources]

    assert describe(rows) == describe(listed)
    assert [[(part.where, list(part.tiles)) for part in parts] for parts in narrowed] == [
        [(part.where, list(part.tiles)) for part in narrow_source(each, TileList(foreign))] for each in listed.sources
    ]


def test_the_rest_is_in_order_of_path_and_what_fits_no_table_is_apart(rows_alone: TileSets) -> None:
    rest = RestTiles(rows_alone.engine)
    for number in (3, 1, 2, 0):
        rest.add(f"{number}.tif", number or None, fits_table=number != 2, is_gone=number in {0, 3})
    rest.finish()

    stretches = [rest.get_stretch(start, 2) for start in (0, 2)]

    assert (rest.count, rest.count_for_tables) == (4, 3)
    assert [list(each) for each in stretches] == [[("0.tif", None), ("1.tif", 1)], [("3.tif", 3)]]
    assert [(len(each), each.count_gone()) for each in stretches] == [(2, 1), (1, 1)]
    assert rest.list_singles(9, is_all=False) == [("2.tif", 2, False)]
    assert [path for path, _, _ in rest.list_singles(3, is_all=True)] == ["1.tif", "2.tif", "0.tif"]
