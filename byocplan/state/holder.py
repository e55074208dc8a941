"""Who holds a lease, as text in its file or object and as values. Pure but for the names of process and host."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from byocplan.errors import LeaseHeldError

UNKNOWN = "an unknown process"
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """Who applies. ``since`` and ``until`` are for people; ``beat`` counts the renewals, so that each differs."""

    id: str
    pid: int
    host: str
    since: str
    until: str = ""
    beat: int = 0

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} (run {self.id})" if self.id else UNKNOWN

    def make_error(self, mend: str) -> LeaseHeldError:
        """Return the error of whoever finds the lease held."""
        return LeaseHeldError(str(self), self.since, self.until, mend)


NOBODY = Holder("", 0, "", "an unknown time")


def make_holder(lease_id: str, now_s: float, until_s: float | None = None) -> Holder:
    """Return this process as a holder."""
    until = "" if until_s is None else format_time(until_s)
    return Holder(lease_id, os.getpid(), socket.gethostname(), format_time(now_s), until)


def encode_holder(holder: Holder) -> bytes:
    """Return the text of the lease."""
    return json.dumps(asdict(holder)).encode()


def decode_holder(content: bytes) -> Holder:
    """Return the holder; nobody for a text that is missing or half written. Total."""
    try:
        plain = json.loads(content)
        return Holder(
            str(plain["id"]),
            int(plain["pid"]),
            str(plain["host"]),
            str(plain["since"]),
            str(plain.get("until", "")),
            int(plain.get("beat", 0)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NOBODY


def format_time(seconds: float) -> str:
    """Return an instant of the wall clock as text, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
