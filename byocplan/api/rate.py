"""One rate limiter for a whole run: no cap until told or taught. Touches only the given clock and sleep. Thread-safe.

A 429 pauses every worker until its ``Retry-After`` has passed; from then on requests are spread evenly at the rate that
``pace`` has learned. Source: rate limiting documentation of Sentinel Hub (``Retry-After`` is in milliseconds; spread
requests evenly).
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.api.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.api.pace import Turn

MAX_PAUSE_S = 60.0
#: What to wait when a 429 says nothing usable.
DEFAULT_PAUSE_S = 1.0
#: A signal that comes just before a wait is seen only when that wait ends.
WAIT_S = 0.1


def decode_retry_after(text: str | None) -> float:
    """Return the pause (s) that a ``Retry-After`` in milliseconds asks for: 0 to 60, 1 for anything unreadable."""
    try:
        pause_s = float(text or "") / 1000
    except ValueError:
        return DEFAULT_PAUSE_S
    return min(max(pause_s, 0.0), MAX_PAUSE_S) if not math.isnan(pause_s) else DEFAULT_PAUSE_S


@dataclass(slots=True)
class Attempt:
    """What came of a turn: the pause (s) that a 429 asks for, None for any other answer, and our own on top of it."""

    pause_s: float | None = None
    backoff_s: float = 0.0


class RateLimiter:
    """Says when the next request may be sent. ``per_minute`` is the operator's cap, never exceeded."""

    def __init__(
        self,
        per_minute: float | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._pace = Pace(per_minute, clock())
        self._answered = threading.Condition()
        #: Grows with every 429: slots given out before it are void, since those after it begin anew.
        self._epoch = 0

    @property
    def per_minute(self) -> float:
        """The present rate; infinite when nothing limits it."""
        with self._answered:
            return self._pace.rate

    @contextmanager
    def wait_turn(self) -> Iterator[Attempt]:
        """Wait for a turn, which lasts until the request is answered."""
        turn, attempt = self._begin(), Attempt()
        try:
            yield attempt
        finally:
            with self._answered:
                self._pace.end(turn, self._clock(), attempt.pause_s, attempt.backoff_s)
                self._epoch += attempt.pause_s is not None
                self._answered.notify()

    def _begin(self) -> Turn:
        is_held = False
        while True:
            with self._answered:
                now_s = self._clock()
                slot_s, epoch = self._pace.reserve(now_s), self._epoch
            if is_held or slot_s > now_s:
                # For no time at all as well: sleeping is what ends a wait in a run that is being stopped.
                self._sleep(max(slot_s - now_s, 0.0))
            with self._answered:
                now_s, is_held = self._clock(), self._pace.is_full
                if is_held:
                    self._answered.wait(WAIT_S)
                elif epoch == self._epoch and now_s >= self._pace.pause_until_s:
                    return self._pace.begin(now_s)
