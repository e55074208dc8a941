"""What a report keeps of very many tiles: bounded, counted in full, the dangerous ones singly."""

import json

import pytest

from byocplan.model.instant import make_instant
from byocplan.view.report.cells import SIDES, CellTally
from byocplan.view.report.data import TIMELESS_S, make_report_data
from byocplan.view.report.tally import MapTile, TileTally
from tests.support.report_plans import make_square
from tests.unit.view.report.test_numbers import read_numbers

TIME_MS = make_instant("2019-11-27")


def make_tally(counts: dict[str, int], max_tiles: int = 20) -> TileTally:
    tally = TileTally(max_tiles)
    for action, count in counts.items():
        for number in range(count):
            cover = make_square(number % 90, number % 45, 1.0)
            tally.add(MapTile("collection/s2", action, f"{number}/(BAND).tif", "", TIME_MS, cover))
    return tally


def test_actions_are_drawn_singly_while_all_of_one_fit_the_dangerous_ones_first() -> None:
    tally = make_tally({"keep": 30, "create": 5, "delete": 12})

    assert tally.actions == ["delete", "create", "keep"]
    assert tally.choose_whole() == {"delete": True, "create": True, "keep": False}


def test_what_is_not_drawn_singly_is_in_cells_and_what_is_is_not() -> None:
    data = make_report_data(make_tally({"keep": 30, "delete": 12}))

    numbers = read_numbers(data["cells"]["counts"])  # type: ignore[index]
    assert sum(numbers[4::5]) == 30
    assert set(numbers[2::5]) == {1}


def test_a_shape_that_many_tiles_have_is_held_once() -> None:
    tally = TileTally()
    for number in range(100):
        tally.add(MapTile("collection/s2", "delete", str(number), "", TIME_MS, make_square(5, 50, 1)))

    tiles = make_report_data(tally)["tiles"]

    assert read_numbers(tiles["shapes"])[:2] == [1, 4]  # type: ignore[index]
    assert len(read_numbers(tiles["shapes"])) == 2 + 8  # type: ignore[index]


def test_tiles_that_get_another_time_have_the_live_one_and_no_other_takes_room() -> None:
    tally = TileTally()
    for number, live_ms in enumerate([TIME_MS - 1000, TIME_MS, None]):
        tile = MapTile("collection/s2", "update", str(number), "", TIME_MS, None, live_ms, live_ms != TIME_MS)
        tally.add(tile)

    tiles = make_report_data(tally)["tiles"]

    live_s = TIME_MS // 1000 - 1
    assert read_numbers(tiles["retimed"]) == [0, 2]  # type: ignore[index]
    assert read_numbers(tiles["live"]) == [live_s, TIMELESS_S - live_s]  # type: ignore[index]


@pytest.mark.parametrize("cover", [None, "", "{}", "x", '{"type":"Point","coordinates":[1,2]}', '{"type":"Polygon"}'])
def test_a_tile_without_a_usable_cover_is_counted_and_listed_but_not_placed(cover: str | None) -> None:
    tally = TileTally()
    tally.add(MapTile("collection/s2", "create", "a/(BAND).tif", "", None, cover))

    data = make_report_data(tally)

    assert (tally.counts["create"], tally.placed["create"], tally.timeless["create"]) == (1, 0, 1)
    assert data["tiles"]["paths"] == ["a/(BAND).tif"]  # type: ignore[index]
    assert read_numbers(data["tiles"]["shape"]) == [-1]  # type: ignore[index]


def test_cells_grow_until_there_are_few_enough_and_lose_no_tile() -> None:
    cells = CellTally(max_counts=50)
    for number in range(5000):
        cells.add("keep", (number * 7 % 360 - 180, number * 3 % 180 - 90), number % 3)

    encoded = cells.encode(["keep"], ["keep"])

    assert cells.side == SIDES[-1]
    assert sum(read_numbers(str(encoded["counts"]))[4::5]) == 5000


def test_data_of_long_paths_is_bounded() -> None:
    tally = TileTally()
    for number in range(5000):
        tally.add(MapTile("collection/s2", "create", f"{number:04}{'x' * 1000}", "", TIME_MS, None))

    assert len(json.dumps(make_report_data(tally))) < 2_000_000
