"""How an apply is to go about it. Pure."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.applier.stop import StopFlag
from byocplan.model.failpoint import Reach, pass_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.sets import LiveTiles
    from byocplan.state import Journal


def _get_now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What ends a run early and cleanly: ``end_s`` on the clock of the options, and requests sent by the apply."""

    end_s: float | None = None
    requests: int | None = None


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """``parallelism`` bounds the requests under way at once; how many a minute is the session's business.

    ``timeout_s`` bounds the waiting for ingestion alone; None waits as long as it takes. ``sleep`` None sleeps until
    ``stop`` is set at most. ``now_ms`` is the wall clock, used only to tell collections of this run from older ones.
    ``journal`` None keeps none; ``reach`` is told of each failpoint. ``canary`` tiles are ingested before all others.
    ``is_resume``: some of the plan may be done, so that creates look for their tile first, lest a service that
    takes a path twice gets it twice. ``looks_first``: they do so as well where the plan did not see all live tiles.
    After ``release_every`` writes of one collection the tiles that have ended are let go of. ``list_live`` lists
    the live tiles of a collection, which for many creates costs less than looking for each.
    """

    parallelism: int = 8
    wait: bool = True
    timeout_s: float | None = None
    stop: StopFlag = field(default_factory=StopFlag)
    clock: Callable[[], float] = time.monotonic
    now_ms: Callable[[], int] = _get_now_ms
    sleep: Callable[[float], None] | None = None
    journal: Journal | None = None
    reach: Reach = pass_by
    canary: int = 0
    budget: Budget = Budget()
    is_resume: bool = False
    looks_first: bool = False
    list_live: Callable[[str], LiveTiles] | None = None
    release_every: int = 10_000

    @property
    def looks(self) -> float:
        """How many creates of a collection look for their tile before they are sent: all or none."""
        return math.inf if self.is_resume or self.looks_first else 0
