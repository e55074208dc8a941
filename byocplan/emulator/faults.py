"""Scripted faults: what to do to which request, how many times. Pure but for its own counters."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from byocplan.emulator.errors import make_bad_payload


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, matched by method and a regular expression searched in the path.

    It skips ``after`` matching requests, then works ``times`` times.
    """

    method: str = ""
    path: str = ""
    after: int = 0
    #: None means for ever.
    times: int | None = 1
    status: int | None = None
    body: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: Literal["before", "after"] | None = None


KEYS = {"method", "path", "after", "times", "status", "body", "contentType", "headers", "delay_s", "drop"}


def decode_fault(document: object) -> Fault:
    """Return a fault from its JSON; raises the 400 for unknown keys and values that cannot work."""
    if not isinstance(document, dict) or not set(document) <= KEYS:
        raise make_bad_payload("fault", f"must be an object with keys of {', '.join(sorted(KEYS))}")
    values: dict[str, Any] = {
        ("content_type" if key == "contentType" else key): value for key, value in document.items()
    }
    if values.get("drop") not in {None, "before", "after"}:
        raise make_bad_payload("drop", "must be before or after")
    try:
        re.compile(values.get("path", ""))
    except re.error as problem:
        raise make_bad_payload("path", f"is no regular expression: {problem}") from None
    return Fault(**values)


class FaultScript:
    """The faults in force, in order, each with the number of requests it has matched."""

    def __init__(self) -> None:
        self._entries: list[tuple[Fault, list[int]]] = []
        self._lock = threading.Lock()

    def add_fault(self, fault: Fault) -> None:
        """Append a fault."""
        with self._lock:
            self._entries.append((fault, [0]))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._entries.clear()

    def take_fault(self, method: str, path: str) -> Fault | None:
        """Count the request in every fault that matches it and return the first that is due."""
        if not self._entries:
            return None
        with self._lock:
            due = [fault for fault, seen in self._entries if is_due(fault, seen, method, path)]
        return due[0] if due else None

    def read_faults(self) -> list[dict[str, object]]:
        """Return what is scripted and how often each has matched."""
        with self._lock:
            return [
                {
                    "method": fault.method,
                    "path": fault.path,
                    "status": fault.status,
                    "drop": fault.drop,
                    "matched": seen[0],
                }
                for fault, seen in self._entries
            ]


def is_due(fault: Fault, seen: list[int], method: str, path: str) -> bool:
    """Return whether the fault works on this request, after counting it."""
    if (fault.method and fault.method.upper() != method) or not re.search(fault.path, path):
        return False
    seen[0] += 1
    turn = seen[0] - fault.after
    return turn >= 1 and (fault.times is None or turn <= fault.times)
