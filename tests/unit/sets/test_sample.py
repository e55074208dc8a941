"""A sample of the desired tiles: spread over groups, and the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from byocplan.sets import FileBatch, SourceRule, TileSets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.sets import DesiredTiles


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def make_desired(sets: TileSets, paths: Sequence[str]) -> DesiredTiles:
    desired = sets.make_desired([SourceRule("a:1", required=("B1", "B2"))])
    size = len(paths)
    for band in ("B1", "B2"):
        groups = [path.partition("/")[0] for path in paths]
        desired.add_files(FileBatch(0, paths, [band] * size, ["e"] * size, [1] * size, [None] * size, groups))
    desired.add_missing(0, "z/incomplete", "z", None)
    desired.finish()
    return desired


PATHS = [
    f"{group}/{number:03d}" for group, size in (("large", 200), ("small", 2), ("single", 1)) for number in range(size)
]


def test_each_group_gives_one_before_any_gives_a_second(sets: TileSets) -> None:
    desired = make_desired(sets, PATHS)

    taken = {limit: [row.path.partition("/")[0] for row in desired.iter_sample(limit)] for limit in (3, 5, 10)}

    assert taken[3] == ["large", "single", "small"]
    assert sorted(taken[5]) == ["large", "large", "single", "small", "small"]
    assert (taken[10].count("large"), len(taken[10])) == (7, 10)


def test_the_sample_does_not_follow_the_order_in_which_files_came(sets: TileSets) -> None:
    one, other = make_desired(sets, PATHS), make_desired(sets, PATHS[::-1])

    samples = [[row.path for row in desired.iter_sample(20)] for desired in (one, other)]

    assert samples[0] == samples[1] == sorted(samples[0])
    assert samples[0] != [row.path for row in one.iter_rows()][:20]


def test_only_complete_tiles_are_taken_and_all_of_them_when_there_are_few(sets: TileSets) -> None:
    desired = make_desired(sets, ["a/1", "a/2"])

    assert [row.path for row in desired.iter_sample(100)] == ["a/1", "a/2"]
    assert [row.path for row in desired.iter_complete()] == ["a/1", "a/2"]
    assert [row.files for row in desired.iter_sample(1)] == ["B1=e\nB2=e"]
