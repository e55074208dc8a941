"""What an apply tells while it runs: values for live progress. Pure.

Events come at most a few times a second, however many tiles there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Started:
    """The apply begins. ``totals`` counts what is to be done by ``collection.create``, ``tile.create`` ..."""

    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writes are. ``done`` has the keys of ``totals``; ``per_minute`` is the mean rate of this run."""

    done: Mapping[str, int]
    totals: Mapping[str, int]
    failed: int = 0
    per_minute: float = 0.0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ingesting:
    """How far ingestion is, of the tiles this run handed to it.

    ``by_status`` counts those seen in the first pages of the pending lists: a lower bound while many are pending.
    """

    total: int
    remaining: int
    failed: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Noted:
    """Something the reader should know while it happens."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The apply has ended."""

    outcome: Outcome


Event = Started | Progress | Ingesting | Noted | Finished
