"""What became of one change. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a change ended; SKIPPED is one that was not begun, as are those without a verdict."""

    APPLIED = "applied"
    SATISFIED = "satisfied"
    CONFLICT = "conflict"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Handed:
    """A tile handed to ingestion, and when it was created, None where that is not known.

    ``started_ms`` is when its ingestion before this one began, None for a new tile.
    """

    id: str
    created_ms: int | None
    started_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one change; ``text`` says why where it was not carried out.

    ``handed`` is the tile to wait for: one that this run handed to ingestion, or that an earlier one did.
    """

    verdict: Verdict
    text: str = ""
    handed: Handed | None = None


APPLIED = Result(Verdict.APPLIED)
SATISFIED = Result(Verdict.SATISFIED)
SKIPPED = Result(Verdict.SKIPPED)


def make_conflict(text: str) -> Result:
    """Return the result of a change that is out of date."""
    return Result(Verdict.CONFLICT, text)


def make_failure(text: str) -> Result:
    """Return the result of a change that could not be carried out."""
    return Result(Verdict.FAILED, text)
