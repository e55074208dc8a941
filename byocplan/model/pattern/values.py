"""What matching a key answers: a match, or a miss that tells where matching stopped. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a pattern, as written. ``time`` is the time it is a part of, if any."""

    name: str
    text: str
    optional: bool = False
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A key taken by a pattern.

    ``fields`` holds captured texts by field name (further places of a time as ``t#2``), ``times`` instants in epoch
    milliseconds UTC, ``options`` which of the optional groups were there.
    """

    key: str
    fields: Mapping[str, str]
    band: str | None
    tile_path: str
    times: Mapping[str, int]
    options: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A key not taken: the index of the character where matching stopped, what was expected there, and why."""

    stopped_at: int
    expected: str
    reason: str
