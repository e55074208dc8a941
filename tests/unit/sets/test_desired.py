from collections.abc import Iterator

import pytest

from byocplan.model.discovered import Overlap
from byocplan.sets import FileBatch, RowBatch, SourceRule, TileSets
from tests.support.tile_sets import Wanted, make_desired


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def test_files_of_one_path_become_one_tile_with_its_newest_time(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", required=("B1", "B10"))])

    desired.add_files(FileBatch(0, ["p"] * 2, ["B10", "B1"], ["e10", "e1"], [500, 900], [7, 7], ["g", "g"]))
    desired.finish()

    (row,) = desired.iter_rows()
    assert (row.path, row.sensing_time_ms, row.group, row.is_complete, row.newest_ms) == ("p", 7, "g", True, 900)
    assert row.files == "B1=e1\nB10=e10"


def test_files_of_a_tile_that_come_in_far_apart_batches_are_one_tile(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", required=("B1", "B2"))])
    far = 20_001

    desired.add_files(FileBatch(0, ["p"], ["B1"], ["e1"], [5], [None], ["g"]))
    desired.add_files(
        FileBatch(0, [f"q{i}" for i in range(far)], ["B1"] * far, ["e"] * far, [1] * far, [None] * far, ["g"] * far)
    )
    desired.add_files(FileBatch(0, ["p"], ["B2"], ["e2"], [9], [None], ["g"]))
    desired.add_files(FileBatch(0, ["p"], ["B2"], ["e2"], [9], [None], ["g"]))
    desired.finish()

    assert (desired.count, desired.count_incomplete) == (1, far)
    assert next(row for row in desired.iter_rows() if row.path == "p").files == "B1=e1\nB2=e2"


def test_a_tile_is_incomplete_when_a_required_band_has_no_file(sets: TileSets) -> None:
    rules = [SourceRule("a:1", required=("B1", "B2"))]

    desired = make_desired(sets, [Wanted("half"), Wanted("whole", {"B1": "x", "B2": "y"}), Wanted("none", {})], rules)

    assert (desired.count, desired.count_incomplete) == (1, 2)
    assert desired.incomplete_samples(5) == ["half", "none"]
    assert desired.count_by_source() == [(1, 2)]


def test_files_that_no_required_band_names_are_left_out(sets: TileSets) -> None:
    desired = make_desired(sets, [Wanted("p", {"B1": "x", "thumb": "y"})], [SourceRule("a:1", required=("B1",))])

    (row,) = desired.iter_rows()

    assert (row.files, row.is_complete) == ("B1=x", True)


def test_without_configured_bands_any_file_completes_a_tile_and_none_does_not(sets: TileSets) -> None:
    desired = make_desired(
        sets, [Wanted("p", {"B1": "x", "B2": "y"}), Wanted("q"), Wanted("r", {})], [SourceRule("a:1")]
    )

    assert (desired.count, desired.count_incomplete) == (2, 1)
    assert desired.band_sets(5) == {"": 1, "B1": 1, "B1,B2": 1}


def test_a_one_file_tile_needs_its_one_file(sets: TileSets) -> None:
    desired = make_desired(sets, [Wanted("p.tif", {"": "x"}), Wanted("q.tif", {})], [SourceRule("a:1", required=("",))])

    assert [(row.path, row.files, row.is_complete) for row in desired.iter_rows()] == [
        ("p.tif", "=x", True),
        ("q.tif", None, False),
    ]


def test_a_path_claimed_by_two_sources_is_reported_and_goes_to_the_first(sets: TileSets) -> None:
    tiles = [Wanted("p", source=1, sensing_time_ms=5), Wanted("p", source=0, sensing_time_ms=9), Wanted("q", source=1)]

    desired = make_desired(sets, tiles, [SourceRule("a:1"), SourceRule("a:2")])

    assert desired.count_overlaps() == 1
    assert desired.overlaps(5) == [Overlap("p", ("a:1", "a:2"))]
    assert [(row.path, row.source, row.sensing_time_ms) for row in desired.iter_rows()] == [("p", 0, 9), ("q", 1, None)]


def test_strange_keys_survive(sets: TileSets) -> None:
    paths = ["a,b/(BAND).tif", "ü ñ/$x/(BAND).tif", "x'; DROP TABLE y/(BAND).tif", "a=b/(BAND).tif", ""]

    desired = make_desired(sets, [Wanted(path, {"b=1": "e2"}) for path in paths], [SourceRule("a:1")])

    assert [row.path for row in desired.iter_rows()] == sorted(paths)
    assert desired.band_sets(3) == {"b=1": 5}


def test_no_rules_and_no_files_are_an_empty_set(sets: TileSets) -> None:
    desired = make_desired(sets, [], [])

    assert (desired.count, desired.count_incomplete, list(desired.iter_rows())) == (0, 0, [])


def test_rows_are_complete_tiles_without_files_and_keep_their_times(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", required=("B1",)), SourceRule("a:2")])

    desired.add_rows(RowBatch(1, ["p", "q"], [7, None], [None, "cover"], ["g", "h"]))
    desired.finish()

    p, q = desired.iter_rows()
    assert (p.path, p.sensing_time_ms, p.files, p.source, p.group, p.is_complete) == ("p", 7, None, 1, "g", True)
    assert (q.path, q.sensing_time_ms, q.newest_ms) == ("q", None, None)
    assert (desired.count, desired.count_incomplete, desired.count_by_source()) == (2, 0, [(0, 0), (2, 0)])
    assert desired.band_sets(5) == {}


def test_a_row_that_files_or_another_source_claim_too_is_an_overlap(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1"), SourceRule("a:2"), SourceRule("a:3")])

    desired.add_files(FileBatch(0, ["p"], ["B1"], ["e1"], [5], [9], ["g"]))
    desired.add_rows(RowBatch(1, ["p", "q", "r"], [7, 7, 7], [None] * 3, ["g"] * 3))
    desired.add_rows(RowBatch(2, ["q"], [8], ["cover"], ["g"]))
    desired.finish()

    rows = {row.path: row for row in desired.iter_rows()}
    assert desired.overlaps(5) == [Overlap("p", ("a:1", "a:2")), Overlap("q", ("a:2", "a:3"))]
    assert (rows["p"].files, rows["p"].sensing_time_ms, rows["q"].sensing_time_ms) == ("B1=e1", 9, 7)
    assert desired.count == 3


def test_many_rows_come_whole(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", cover="shared")])
    many = 45_000

    for start in range(0, many, 10_000):
        names = [f"p{number}" for number in range(start, min(start + 10_000, many))]
        covers = [f"cover {name}" if name.endswith("7") else None for name in names]
        desired.add_rows(RowBatch(0, names, [None] * len(names), covers, ["g"] * len(names)))
    desired.finish()

    texts = "SELECT d.path, c.text FROM $desired d JOIN $cover c ON c.cover = d.cover"
    found: dict[str, str] = dict(desired.engine.run(texts, desired=desired.table, cover=desired.cover_table))
    assert len(found) == desired.count == many
    assert all(text == (f"cover {path}" if path.endswith("7") else "shared") for path, text in found.items())
