"""Counting of keys that no source took."""

from __future__ import annotations

from byocplan.discovery.left_over import MAX_HELD, MAX_SHOWN, LeftOver


def test_the_largest_shapes_are_shown_and_all_keys_count() -> None:
    left_over = LeftOver()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        left_over.add(f"{letter}.txt")
    left_over.add("b.txt")

    shapes = left_over.get_shapes()

    assert (len(shapes), next(iter(shapes.items())), left_over.count) == (MAX_SHOWN, ("b.txt", 2), 27)
    assert left_over.get_samples().keys() == shapes.keys()


def test_memory_stays_bounded_when_every_key_has_a_shape_of_its_own() -> None:
    left_over = LeftOver()
    for number in range(MAX_HELD + 500):
        left_over.add("".join(chr(97 + int(digit)) for digit in str(number)))

    assert left_over.count == MAX_HELD + 500
    assert len(left_over._samples) == MAX_HELD
