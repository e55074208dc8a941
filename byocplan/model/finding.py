"""What looking at the surroundings of a run found. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether something works. UNKNOWN: it could not be asked, because something before it does not work."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``mend`` says what to do; empty where nothing is to be done.

    ``paste`` are lines that the mend speaks of, of our own making.
    """

    subject: str
    verdict: Verdict
    detail: str
    mend: str = ""
    paste: str = ""
