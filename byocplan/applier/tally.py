"""Counting what became of the changes, from many threads. Pure but for its own counters."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.applier.result import Verdict
from byocplan.model.cause import CauseTally
from byocplan.model.change import WRITES, Action

if TYPE_CHECKING:
    from byocplan.applier.result import Result
    from byocplan.model.address import Address
    from byocplan.model.change import TileAction
    from byocplan.model.plan import Plan

_UNWELL = frozenset({Verdict.FAILED, Verdict.CONFLICT})


@dataclass(slots=True)
class Tally:
    """What was done so far, by ``collection.create``, ``tile.create`` ..., and what of it went wrong where."""

    totals: dict[str, int]
    done: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    unwell: Counter[Address] = field(default_factory=Counter)
    finished: Counter[Address] = field(default_factory=Counter)
    errors: CauseTally = field(default_factory=CauseTally)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, key: str, address: Address, where: str, result: Result) -> None:
        """Count one result, unless it was skipped; ``where`` names the tile or collection in examples."""
        if result.verdict is Verdict.SKIPPED:
            return
        with self._lock:
            self.done[key] += 1
            self.finished[address] += 1
            self.verdicts[result.verdict] += 1
            if result.verdict is Verdict.APPLIED:
                self.applied[key] += 1
            if result.verdict in _UNWELL:
                self.unwell[address] += 1
                self.errors.add(result.text, where)

    def add_error(self, text: str, where: str) -> None:
        """Record an error that belongs to no single change."""
        with self._lock:
            self.errors.add(text, where)

    @property
    def skipped(self) -> int:
        """How many planned changes have no result."""
        return sum(max(0, total - self.done[key]) for key, total in self.totals.items())

    @property
    def error_rate(self) -> float:
        """The part of the results so far that failed."""
        count = sum(self.verdicts.values())
        return self.verdicts[Verdict.FAILED] / count if count else 0.0


def name_collection_action(action: Action) -> str:
    """Return the key under which the action is counted."""
    return f"collection.{action}"


def name_tile_action(action: TileAction) -> str:
    """Return the key under which the action is counted."""
    return f"tile.{action}"


def count_totals(plan: Plan) -> dict[str, int]:
    """Return how many changes the plan holds, by key; actions without any are left out."""
    totals: Counter[str] = Counter()
    for part in plan.collections:
        if part.change.action is not Action.KEEP:
            totals[name_collection_action(part.change.action)] += 1
    for action in WRITES:
        totals[name_tile_action(action)] += plan.count_tiles(action)
    return {key: total for key, total in totals.items() if total}
