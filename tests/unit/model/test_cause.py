"""Causes that differ in numbers, ids and paths alone count as one."""

import time

import pytest

from byocplan.model.cause import MAX_GROUPS, OTHER, CauseTally, normalise_cause


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ensure tiles of image at index 1 have width 4096", "Ensure tiles of image at index 2 have width 128"),
        ("a/b/B02.tif: bands disagree", "c/B03.tif: bands disagree"),
        ("Cannot read 's3://b/a b.tif' now", "Cannot read 's3://c/d.tif' now"),
        ("B02.tif is no COG", "B03.TIFF is no COG"),
        ("tile 017aa0ae-33a6-45d3-8548-0f7d1041b40c", "tile 117aa0ae-33a6-45d3-8548-0f7d1041b40d"),
        ("0.5 metres\n per pixel", "10 metres per pixel"),
    ],
)
def test_alike_causes_are_equal(one: str, other: str) -> None:
    assert normalise_cause(one) == normalise_cause(other)


def test_different_causes_stay_different() -> None:
    assert normalise_cause("The file is no COG") != normalise_cause("The file is missing")


def test_a_group_that_reads_the_same_keeps_its_text_and_a_mixed_one_an_example() -> None:
    tally = CauseTally()
    for path in ("x", "y"):
        tally.add("width 4096 is too large", path)
    tally.add("index 1 is wrong", "p")
    tally.add("index 2 is wrong", "q")
    tally.add("index 3 is wrong", "r")

    assert tally.count_by_cause() == {"index <n> is wrong": 3, "width 4096 is too large": 2}
    assert tally.examples() == {"width 4096 is too large": "x", "index <n> is wrong": "p: index 1 is wrong"}


def test_the_number_of_groups_is_bounded() -> None:
    tally = CauseTally()
    for number in range(3 * MAX_GROUPS):
        tally.add("cause " + "x" * number)

    counts = tally.count_by_cause()
    assert len(counts) == MAX_GROUPS + 1
    assert sum(counts.values()) == tally.total == 3 * MAX_GROUPS
    assert counts[OTHER] == 2 * MAX_GROUPS


@pytest.mark.parametrize(
    "text", ["'" * 100_000, "/" * 100_000, "a" * 100_000, "http://" * 20_000, "'/" * 50_000, "0-" * 50_000]
)
def test_a_hostile_cause_takes_little_time(text: str) -> None:
    start_s = time.perf_counter()

    normalise_cause(text)

    assert time.perf_counter() - start_s < 1
