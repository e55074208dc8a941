"""The last requests, bounded in memory however long the emulator runs. Pure but for its own memory."""

import threading
from collections import deque
from typing import Any, NamedTuple

#: How many requests are remembered, half a kilobyte each.
LENGTH = 50_000


class LogEntry(NamedTuple):
    """One request: when it came, what it was and what it got; a dropped one has status 0."""

    at_s: float
    method: str
    path: str
    query: str
    status: int
    request_id: str | None
    user_agent: str | None

    def encode(self) -> dict[str, Any]:
        """Return the entry as the admin endpoint shows it."""
        values = self._asdict()
        return values | {"requestId": values.pop("request_id"), "userAgent": values.pop("user_agent")}


class RequestLog:
    """Requests in order; the oldest are forgotten first, and counted."""

    def __init__(self, length: int = LENGTH) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=length)
        self._added = 0
        self._lock = threading.Lock()

    def append(self, entry: LogEntry) -> None:
        """Note one request."""
        with self._lock:
            self._entries.append(entry)
            self._added += 1

    def clear(self) -> None:
        """Forget all requests, the count too."""
        with self._lock:
            self._entries.clear()
            self._added = 0

    def read(self) -> tuple[list[LogEntry], int]:
        """Return the last requests, oldest first, and how many were forgotten before them."""
        with self._lock:
            return list(self._entries), self._added - len(self._entries)
