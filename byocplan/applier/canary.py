"""Choosing the few tiles that are ingested before all others. Pure."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.model.change import TileChange


def pick_canary(changes: Iterable[TileChange], count: int) -> list[TileChange]:
    """Return ``count`` changes at most, one of each group before a second of any; reads until groups are enough.

    Holds ``count`` squared changes at most, however many there are.
    """
    held: dict[str, list[TileChange]] = {}
    for change in changes:
        if len(held) >= count:
            break
        members = held.setdefault(get_group(change), [])
        if len(members) < count:
            members.append(change)
    rounds = chain.from_iterable(zip_longest(*held.values()))
    return [change for change in rounds if change is not None][:count]


def get_group(change: TileChange) -> str:
    """Return the group of a tile: that of its pattern, else its first folder."""
    return change.group or change.path.partition("/")[0]


def share_out(count: int, wanted: list[int]) -> list[int]:
    """Return how many of ``count`` each part gets, in turns, none more than it wants."""
    shares = [0] * len(wanted)
    left = min(count, sum(wanted))
    while left:
        for index, most in enumerate(wanted):
            if left and shares[index] < most:
                shares[index] += 1
                left -= 1
    return shares
