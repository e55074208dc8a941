from collections.abc import Iterator

import pytest

from byocplan.model.tile import LiveTile, make_digest
from byocplan.sets import TileSets
from tests.support.tile_sets import make_live, make_page


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def test_a_tile_listed_twice_counts_once_whatever_the_order_of_pages(sets: TileSets) -> None:
    tiles = [LiveTile("1", "a", "WAITING"), LiveTile("2", "b", "INGESTED"), LiveTile("1", "a", "INGESTED")]

    forward, backward = make_live(sets, tiles), make_live(sets, tiles[::-1])

    assert forward.count == backward.count == 2
    assert forward.by_status() == backward.by_status() == {"INGESTED": 2}
    assert [path for batch in forward.iter_files() for path, _ in batch] == ["a", "b"]


def test_failures_are_counted_by_normalised_cause(sets: TileSets) -> None:
    causes = [f"File tiles/{i}/B02.tif has 3{i} bands" for i in range(30)] + ["no access", None]

    live = make_live(sets, [LiveTile(str(i), str(i), "FAILED", cause=cause) for i, cause in enumerate(causes)])

    assert live.by_cause() == {"File <path> has <n> bands": 30, "no access": 1, "no cause given": 1}


def test_pages_may_be_empty(sets: TileSets) -> None:
    live = sets.make_live()

    live.add_page(make_page([]))
    live.finish()

    assert (live.count, live.by_status(), live.by_cause()) == (0, {}, {})


def test_times_come_in_order_of_path_and_their_range_without_what_has_none(sets: TileSets) -> None:
    tiles = [LiveTile(str(i), f"t{i}", "INGESTED", sensing_time_ms=time) for i, time in enumerate([7, None, -3, 5])]

    live, none = make_live(sets, tiles[::-1]), make_live(sets, tiles[1:2])

    assert list(live.iter_times()) == [("t0", 7), ("t2", -3), ("t3", 5)]
    assert (live.get_time_range(), none.get_time_range()) == ((-3, 7, 1), (None, None, 1))


def test_of_short_covers_the_digest_alone_is_held(sets: TileSets) -> None:
    tiles = [
        LiveTile("1", "a", "INGESTED", cover="{short}"),
        LiveTile("2", "b", "INGESTED", cover="{" + "x" * 50 + "}"),
    ]
    live = sets.make_live(cover_length=20)

    live.add_page(make_page(tiles))
    live.finish()

    rows = live.engine.run("SELECT cover, cover_digest FROM $live ORDER BY id", live=live.table)
    assert rows == [(None, make_digest("{short}")), (tiles[1].cover, make_digest(tiles[1].cover))]
