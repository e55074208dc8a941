"""The faults in force: a request in, the faults that are due out. Pure but for its own counters."""

import re
import threading
from typing import Any

from byocplan.emulator.errors import make_bad_payload
from byocplan.emulator.faults.fault import Fault, When
from byocplan.emulator.faults.rule_text import decode_rule

KEYS = {
    "method": "method",
    "path": "path",
    "after": "after",
    "times": "times",
    "status": "status",
    "body": "body",
    "contentType": "content_type",
    "headers": "headers",
    "delay_s": "delay_s",
    "drop": "drop",
}
DROPS = {None, "before", "after", "headers", "half"}


def decode_fault(document: object) -> Fault:
    """Return a fault from a rule or its JSON, which works once unless told; raises the 400 or FaultRuleError."""
    if isinstance(document, str):
        return decode_rule(document)
    if not isinstance(document, dict) or not set(document) <= set(KEYS):
        raise make_bad_payload("fault", f"must be a rule or an object with keys of {', '.join(sorted(KEYS))}")
    values: dict[str, Any] = {KEYS[key]: value for key, value in document.items()}
    if values.get("drop") not in DROPS:
        raise make_bad_payload("drop", "must be before, after, headers or half")
    try:
        re.compile(values.get("path", ""))
    except re.error as problem:
        raise make_bad_payload("path", f"is no regular expression: {problem}") from None
    when = When(values.pop("after", 0), values.pop("times", 1))
    return Fault(**values, when=when)


class FaultScript:
    """The faults in force, in order, each with the number of requests it matched and met."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._entries = [(fault, [0, 0]) for fault in faults]
        self._lock = threading.Lock()

    def add_fault(self, fault: Fault) -> None:
        """Append a fault."""
        with self._lock:
            self._entries.append((fault, [0, 0]))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._entries.clear()

    def take_faults(self, method: str, path: str, query: str = "") -> list[tuple[Fault, int]]:
        """Count the request in every fault that matches it; return those that are due and how often each has worked."""
        if not self._entries:
            return []
        with self._lock:
            return [
                (fault, counts[1])
                for fault, counts in self._entries
                if fault.matches(method, path, query) and is_due(fault, counts)
            ]

    def read_faults(self) -> list[dict[str, object]]:
        """Return what is scripted and how often each has matched and worked."""
        with self._lock:
            return [
                {
                    "rule": fault.text,
                    "method": fault.method,
                    "path": fault.path,
                    "status": fault.status,
                    "drop": fault.drop,
                    "matched": matched,
                    "worked": worked,
                }
                for fault, (matched, worked) in self._entries
            ]


def is_due(fault: Fault, counts: list[int]) -> bool:
    """Return whether the fault meets this request, after counting it."""
    counts[0] += 1
    due = fault.when.is_due(counts[0], counts[1])
    counts[1] += due
    return due
