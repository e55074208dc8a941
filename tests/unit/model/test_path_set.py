"""Many texts in little room, as a set."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byocplan.model.path_set import PathSet

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

TEXTS = st.lists(st.text(max_size=4) | st.sampled_from(["a", "ab", "é", "\U0001f600", "\ud800"]))


@given(TEXTS, TEXTS)
def test_it_is_as_any_set(some: list[str], others: list[str]) -> None:
    plain: AbstractSet[str] = frozenset(some)
    other: AbstractSet[str] = frozenset(others)
    packed: AbstractSet[str] = PathSet(some)

    assert packed == plain
    assert plain == packed
    assert (len(packed), list(packed)) == (len(plain), sorted(plain))
    assert [text in packed for text in others] == [text in plain for text in others]
    assert (plain <= PathSet(others), PathSet(others) >= packed) == (plain <= other, other >= plain)
    assert hash(packed) == hash(PathSet(reversed(some)))
    assert list(PathSet.join([PathSet(some), PathSet(others)])) == sorted(plain | other)


def test_every_one_of_many_is_found_and_none_between_them() -> None:
    packed = PathSet(f"{number:05}" for number in range(1, 1000))

    assert all(f"{number:05}" in packed for number in range(1, 1000))
    assert not any(f"{number:05}{end}" in packed for number in range(1, 1000) for end in ("/", "a"))
    assert not {"", "00000", "01000", "z"} & packed


@pytest.mark.parametrize("what", [None, 3, b"a"])
def test_what_is_no_text_is_not_in_it(what: object) -> None:
    assert what not in PathSet(["a"])


def test_a_text_takes_few_bytes_more_than_it_has_characters() -> None:
    texts = [f"tiles/{number:044}" for number in range(10_000)]
    tracemalloc.start()

    packed = PathSet(texts)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(packed) == 10_000
    assert held < 10_000 * 70
