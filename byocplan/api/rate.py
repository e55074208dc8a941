"""One rate limiter for a whole run: no cap until told or taught. Touches only the given clock and sleep. Thread-safe.

A 429 pauses every worker until its ``Retry-After`` has passed; from then on requests are spread evenly at the rate that
the service was seen to take, which creeps up again while no further 429 comes.
Source: rate limiting documentation of Sentinel Hub (``Retry-After`` is in milliseconds; spread requests evenly).
"""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE_S = 60.0
MAX_PAUSE_S = 60.0
#: What to wait when a 429 says nothing usable.
DEFAULT_PAUSE_S = 1.0
SLOWER = 0.9
FASTER = 1.05
#: Far from the rate that was refused there is no need to creep: below it is safe, above it the refusal is out of date.
MUCH_FASTER = 1.5
NEAR = (0.85, 1.2)
LOWEST_PER_MINUTE = 1.0
#: So many requests between two refusals, or so long a time, tell a rate.
ENOUGH, LONG_S = 10, 5.0


def decode_retry_after(text: str | None) -> float:
    """Return the pause (s) that a ``Retry-After`` in milliseconds asks for: 0 to 60, 1 for anything unreadable."""
    try:
        pause_s = float(text or "") / 1000
    except ValueError:
        return DEFAULT_PAUSE_S
    return min(max(pause_s, 0.0), MAX_PAUSE_S) if not math.isnan(pause_s) else DEFAULT_PAUSE_S


class RateLimiter:
    """Says when the next request may be sent. ``per_minute`` is the operator's cap, never exceeded."""

    def __init__(
        self,
        per_minute: float | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._cap, self._clock, self._sleep = per_minute or math.inf, clock, sleep
        self._lock = threading.Lock()
        self._rate = self._cap
        self._refused_rate, self._refused_s = math.inf, -math.inf
        self._next_s = self._pause_until_s = -math.inf
        self._changed_s = clock()
        self._granted: deque[float] = deque()
        #: Grows with every 429: slots given out before it are void, since those after it begin anew.
        self._epoch = 0

    @property
    def per_minute(self) -> float:
        """The present rate; infinite when nothing limits it."""
        with self._lock:
            return self._rate

    def acquire(self) -> float:
        """Wait for a turn and return the moment (s) it came, to be handed to ``penalise``."""
        while True:
            with self._lock:
                now_s = self._clock()
                slot_s, epoch = self._reserve(now_s), self._epoch
            if slot_s > now_s:
                self._sleep(slot_s - now_s)
            with self._lock:
                now_s = self._clock()
                if epoch == self._epoch and now_s >= self._pause_until_s:
                    self._granted.append(now_s)
                    return now_s

    def penalise(self, turn_s: float, pause_s: float) -> None:
        """Take a 429 into account: the request got its turn at ``turn_s`` and is to be repeated after ``pause_s``."""
        with self._lock:
            now_s = self._clock()
            self._pause_until_s = max(self._pause_until_s, now_s + pause_s)
            self._next_s = self._pause_until_s
            self._epoch += 1
            if self._granted:
                self._granted.pop()  # it was not carried out
            # Answers to requests sent before the last slowing down say nothing new.
            if turn_s >= self._changed_s:
                self._slow_down(now_s, pause_s)

    def _reserve(self, now_s: float) -> float:
        self._speed_up(now_s)
        slot_s = max(now_s, self._next_s, self._pause_until_s)
        if math.isfinite(self._rate):
            self._next_s = slot_s + MINUTE_S / self._rate
        return slot_s

    def _slow_down(self, now_s: float, pause_s: float) -> None:
        self._forget(now_s)
        by_pause = MINUTE_S / pause_s if pause_s > 0 else math.inf
        seen = self._measure(now_s) or max(float(len(self._granted)), by_pause)
        self._refused_rate = min(self._rate, seen)
        self._rate = max(min(self._rate * SLOWER, seen, self._cap), LOWEST_PER_MINUTE)
        self._changed_s = now_s

    def _measure(self, now_s: float) -> float:
        """Return the rate (a minute) at which the service took requests since it last refused one; 0 if unknown.

        Its bucket was empty then as it is now, so this is how fast the bucket fills. A few requests between two
        refusals that follow at once tell nothing.
        """
        taken = sum(granted_s > self._refused_s for granted_s in self._granted)
        elapsed_s, self._refused_s = now_s - self._refused_s, now_s
        is_telling = taken >= ENOUGH or elapsed_s >= LONG_S
        return MINUTE_S * taken / elapsed_s if is_telling and 0 < elapsed_s < MINUTE_S else 0.0

    def _speed_up(self, now_s: float) -> None:
        self._forget(now_s)
        if math.isinf(self._rate) or now_s - max(self._changed_s, self._pause_until_s) < MINUTE_S:
            return
        is_near = NEAR[0] <= self._rate / self._refused_rate <= NEAR[1]
        factor = FASTER if is_near else MUCH_FASTER
        self._rate = min(self._rate * factor, self._cap)
        self._changed_s = now_s

    def _forget(self, now_s: float) -> None:
        while self._granted and self._granted[0] <= now_s - MINUTE_S:
            self._granted.popleft()
