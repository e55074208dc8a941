"""What inference owes: its sources give exactly the tiles they were made from, each at its sensing time."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byocplan.inference import Inference, Inferred, TileList, infer_sources, narrow_source
from byocplan.model.seen import SeenTile
from tests.support.layouts import LAYOUTS, Layout, make_ms, read_recorded

WORDS = st.sampled_from(["2019", "1", "01", "28V", "S2A", "20190101", "a b", "x.y", "$", "{", "[0]", "(B)", "é", "B_1"])
PATHS = st.lists(WORDS, min_size=1, max_size=4).map(lambda parts: f"{'/'.join(parts)}/(BAND).tif")
TIMES = st.one_of(st.none(), st.sampled_from([0, 1_546_300_800_000, 1_574_812_800_001]))


def takes(source: Inferred, path: str) -> bool:
    match = source.pattern.match_tile(path)
    return match is not None and (source.where is None or source.where.accepts(match))


def check_exact(found: Inference, tiles: list[SeenTile]) -> None:
    """Each tile is given once: by one source, with its time, or as a single path."""
    given = [tile for source in found.sources for tile in source.tiles] + list(found.rest)
    assert sorted(given, key=lambda tile: tile.path) == sorted(tiles, key=lambda tile: tile.path)
    for source in found.sources:
        own = {tile.path: tile for tile in source.tiles}
        assert {tile.path for tile in tiles if takes(source, tile.path)} == own.keys()
        for tile in own.values():
            match = source.pattern.match_tile(tile.path)
            assert match is not None
            assert source.get_time(match) == tile.sensing_time_ms


def test_the_templates_are_the_recorded_layouts() -> None:
    recorded = read_recorded()

    for layout in LAYOUTS:
        assert layout.write(t=layout.time, **layout.own) == recorded[layout.number]["tile_path"]
        stated = recorded[layout.number]["time"]
        assert (stated is None) == (layout.floor is None)
        if stated is not None and len(stated) >= 10:
            assert layout.time.isoformat().startswith(stated.rstrip("Z"))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: str(layout.number))
@pytest.mark.parametrize("count", [2, 3, 40, 600])
def test_the_tiles_of_a_real_layout_fold_into_few_patterns_that_give_exactly_them(layout: Layout, count: int) -> None:
    tiles = layout.make_tiles(count, Random(count))

    found = infer_sources(TileList(tiles))

    check_exact(found, tiles)
    assert len(found.sources) <= 2
    assert not len(found.rest) or count <= 3


@pytest.mark.parametrize("seed", range(6))
def test_mixtures_of_real_layouts_fold_into_as_many_patterns(seed: int) -> None:
    random = Random(seed)
    chosen = random.sample(LAYOUTS, random.randrange(2, len(LAYOUTS)))
    tiles = [tile for layout in chosen for tile in layout.make_tiles(random.randrange(30, 200), random)]
    random.shuffle(tiles)

    found = infer_sources(TileList(tiles))

    check_exact(found, tiles)
    assert len(found.sources) <= 3 * len(chosen)
    assert not len(found.rest)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(PATHS, TIMES, min_size=1, max_size=30))
def test_whatever_the_paths_and_times_are_each_tile_is_given_once(seen: dict[str, int | None]) -> None:
    tiles = [SeenTile(path, time_ms) for path, time_ms in seen.items()]

    check_exact(infer_sources(TileList(tiles)), tiles)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LAYOUTS), st.integers(0, 2**32), st.floats(0.01, 0.99))
def test_paths_that_are_not_live_are_kept_out(layout: Layout, seed: int, share: float) -> None:
    random = Random(seed)
    everything = layout.make_tiles(120, random)
    tiles = [tile for tile in everything if random.random() < share]
    foreign = [tile for tile in everything if tile not in tiles]

    found = infer_sources(TileList(tiles))
    narrowed = [narrow_source(source, TileList(foreign)) for source in found.sources]

    kept = [source for each in narrowed for source in each]
    given = {tile.path for source in kept for tile in source.tiles}
    rest = TileList([tile for tile in tiles if tile.path not in given])
    check_exact(Inference(tuple(kept), rest), tiles)
    assert not [tile for tile in foreign if any(takes(source, tile.path) for source in kept)]


def test_a_sensing_time_that_does_not_follow_from_the_path_is_not_made_up() -> None:
    layout = next(each for each in LAYOUTS if each.number == 22)
    tiles = layout.make_tiles(50, Random(1))
    moved = [SeenTile(tile.path, (make_ms(layout.time, "day") or 0) + index) for index, tile in enumerate(tiles)]

    found = infer_sources(TileList(moved))

    check_exact(found, moved)
    assert found.sources == ()
