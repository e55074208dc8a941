"""The circuit breaker: ends a run whose writes mostly fail, before it has tried them all. Pure but for its counters."""

from __future__ import annotations

import threading
from collections import deque

WINDOW = 50


class Breaker:
    """Looks at the last ``WINDOW`` results. Safe from many threads."""

    def __init__(self, max_rate: float = 0.5, min_tries: int = 20) -> None:
        self.max_rate, self.min_tries = max_rate, min_tries
        self._recent: deque[bool] = deque(maxlen=max(WINDOW, min_tries))
        self._failed = 0
        self._lock = threading.Lock()

    def add(self, *, failed: bool) -> str:
        """Count one result; return how many failed, in words, when that is too many, else nothing."""
        with self._lock:
            if len(self._recent) == self._recent.maxlen:
                self._failed -= self._recent[0]
            self._recent.append(failed)
            self._failed += failed
            tries = len(self._recent)
            if tries < self.min_tries or self._failed <= self.max_rate * tries:
                return ""
            return f"{self._failed} of the last {tries} writes failed"
