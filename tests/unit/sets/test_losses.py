"""What a comparison tells of its deletes: samples and moves."""

from collections.abc import Iterator

import pytest

from byocplan.model.change import Reason, TileAction
from byocplan.model.loss import DoomedTile
from byocplan.model.tile import LiveTile
from byocplan.sets import Comparison, Judges, Orphan, SourceRule, TileSets, compare_tiles
from tests.support.tile_sets import Wanted, make_desired, make_live

JUDGES = Judges(lambda _path: Orphan(TileAction.DELETE, Reason.FILE_GONE, "g"), lambda _left, _right: True)


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def compare(sets: TileSets, wanted: dict[str, str], live: dict[str, str | None]) -> Comparison:
    """Compare tiles of one band, each path with its ETag."""
    desired = make_desired(sets, [Wanted(path, {"B1": etag}) for path, etag in wanted.items()], [SourceRule("a:1")])
    tiles = [LiveTile(path, path, "INGESTED", files={"B1": etag} if etag else {}) for path, etag in live.items()]
    return compare_tiles(desired, make_live(sets, tiles), JUDGES)


def test_a_sample_depends_on_seed_and_paths_alone(sets: TileSets) -> None:
    live: dict[str, str | None] = {f"{number}/(BAND).tif": "e" for number in range(50)}
    first, second = compare(sets, {}, live), compare(sets, {}, dict(reversed(live.items())))

    sample = first.list_doomed(Reason.FILE_GONE, "seed", 10)

    assert len(set(sample)) == 10
    assert second.list_doomed(Reason.FILE_GONE, "seed", 10) == sample
    assert first.list_doomed(Reason.FILE_GONE, "other", 10) != sample
    assert len(first.list_doomed(Reason.FILE_GONE, "seed", 1000)) == 50
    assert first.list_doomed(Reason.SCOPE_REMOVED, "seed", 10) == []


def test_a_doomed_tile_tells_the_sources_that_were_ingested(sets: TileSets) -> None:
    desired = make_desired(sets, [], [SourceRule("a:1")])
    live = make_live(
        sets, [LiveTile("1", "a", "INGESTED", files={"B=1": "e", "B2": "f"}), LiveTile("2", "b", "FAILED")]
    )

    doomed = compare_tiles(desired, live, JUDGES).list_doomed(Reason.FILE_GONE, "", 10)

    assert sorted(doomed, key=lambda tile: tile.path) == [DoomedTile("a", ("B2", "B=1")), DoomedTile("b")]


@pytest.mark.parametrize(
    ("wanted", "live", "moves"),
    [
        pytest.param({"new": "e"}, {"old": "e"}, 1, id="moved"),
        pytest.param({"new": "e"}, {"old": "f"}, 0, id="other content"),
        pytest.param({"new": "e"}, {"old": None}, 0, id="nothing recorded"),
        pytest.param({"a": "e", "b": "e"}, {"old": "e"}, 1, id="copied"),
        pytest.param({"new": "e"}, {"a": "e", "b": "e"}, 1, id="two made one"),
        pytest.param({"new": "e", "old": "e"}, {"old": "e"}, 0, id="nothing deleted"),
    ],
)
def test_a_delete_and_a_create_of_the_same_files_are_a_move(
    sets: TileSets, wanted: dict[str, str], live: dict[str, str | None], moves: int
) -> None:
    assert compare(sets, wanted, live).count_moves() == moves
