"""Rate limiting by token bucket, one bucket an account. Pure but for its own memory; the time comes with each call."""

import math
import threading


class RateLimiter:
    """A bucket of ``capacity`` tokens that fills at ``per_minute``. Source: rate limiting documentation."""

    def __init__(self, per_minute: float, capacity: int | None = None) -> None:
        self._per_second = per_minute / 60
        self._capacity = float(capacity or max(1, round(per_minute)))
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take_token(self, account: str, now_s: float) -> int:
        """Take one token; return 0, or the whole milliseconds until the next token when there is none."""
        with self._lock:
            level, since_s = self._levels.get(account, (self._capacity, now_s))
            level = min(self._capacity, level + max(0.0, now_s - since_s) * self._per_second)
            granted = level >= 1
            self._levels[account] = (level - 1 if granted else level, now_s)
        return 0 if granted else max(1, math.ceil((1 - level) / self._per_second * 1000))
