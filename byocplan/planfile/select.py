"""Choosing tile changes of a plan: ``action=delete prefix=33/U month=2023-07`` in, the members that fit out. Pure.

Each key may stand more than once, and then any of its values fits; of different keys all have to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.change import WRITES
from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.plan import Plan

KEYS = ("action", "address", "prefix", "month", "reason", "origin")
TIMELESS = "timeless"
EXAMPLE = "write for example --select 'action=delete prefix=33/U month=2023-07'"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for, by key; a key without values takes all."""

    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, key: str, value: str) -> bool:
        """Tell whether a value of the key fits."""
        return key not in self.wanted or value in self.wanted[key]

    def takes_prefix(self, change: TileChange) -> bool:
        """Tell whether the tile's group is asked for, or its path begins with what is."""
        prefixes = self.wanted.get("prefix")
        return prefixes is None or change.group in prefixes or change.path.startswith(prefixes)


def parse_selection(text: str) -> Selection:
    """Return what a text asks for. Raises ArgumentError."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals or key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]}=?" if equals and near else f"{EXAMPLE}; keys are {', '.join(KEYS)}"
            raise ArgumentError(f"--select {word!r} is not understood", hint=hint)
        wanted[key].append(value)
    for action in wanted.get("action", ()):
        if action not in set(WRITES):
            listed = ", ".join(WRITES)
            raise ArgumentError(f"--select action={action}: no such tiles are listed", hint=f"listed are {listed}")
    return Selection({key: tuple(values) for key, values in wanted.items()})


def iter_selected(plan: Plan, selection: Selection) -> Iterator[tuple[Address, TileChange]]:
    """Yield the tile changes that fit, by address, then in the order in which they would be carried out."""
    for part in plan.collections:
        if part.tiles is None or not selection.takes("address", part.address):
            continue
        for action in WRITES:
            if not part.count(action) or not selection.takes("action", action.value):
                continue
            for change in part.tiles.iter_changes(action):
                if _fits(change, selection):
                    yield part.address, change


def _fits(change: TileChange, selection: Selection) -> bool:
    time_ms = change.sensing_time_ms
    return (
        selection.takes("reason", change.reason.value)
        and selection.takes("origin", change.origin.value)
        and selection.takes_prefix(change)
        and ("month" not in selection.wanted or selection.takes("month", _name_month(time_ms)))
    )


def _name_month(time_ms: int | None) -> str:
    return TIMELESS if time_ms is None else format_instant(time_ms)[: len("2023-07")]
