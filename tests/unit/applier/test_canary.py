"""Which tiles are ingested before all others."""

from dataclasses import replace

from byocplan.applier.canary import pick_canary, share_out
from tests.support.memory_tiles import make_create


def test_one_of_each_group_comes_before_a_second_of_any() -> None:
    changes = [replace(make_create(number), group="abc"[min(number // 10, 2)]) for number in range(100)]

    picked = pick_canary(changes, 5)

    assert [change.path for change in picked] == [make_create(number).path for number in (0, 10, 20, 1, 11)]


def test_reading_ends_when_there_are_groups_enough() -> None:
    read = []

    def iterate() -> object:
        for number in range(1000):
            read.append(number)
            yield replace(make_create(number), group=str(number))

    picked = pick_canary(iterate(), 3)  # type: ignore[arg-type] # a generator of changes

    assert (len(picked), len(read)) == (3, 4)


def test_without_groups_the_first_folder_is_one() -> None:
    changes = [replace(make_create(0), path=f"{folder}/{number}/(BAND).tif") for folder in "xy" for number in range(9)]

    assert [change.path[0] for change in pick_canary(changes, 4)] == ["x", "y", "x", "y"]


def test_parts_get_their_shares_in_turns() -> None:
    assert share_out(5, [1, 10, 10]) == [1, 2, 2]
    assert share_out(50, [1, 2, 0]) == [1, 2, 0]
    assert share_out(3, []) == []
