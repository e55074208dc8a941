"""The outcome of an apply, and the exit code it stands for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.rail import Rail


class Reason(StrEnum):
    """What kind of thing kept a run from its end."""

    BLOCKED = "blocked"
    DECLINED = "declined"
    STALE = "stale"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a run did not come to its end, in words, with the exit code for it and the rails that block, if they do."""

    reason: Reason
    text: str
    exit_code: int
    rails: tuple[Rail, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to the changes of a plan.

    ``applied`` counts by ``collection.create``, ``tile.create`` ...; ``satisfied`` were so already; ``conflict`` had
    changed since the plan; ``failed`` were refused, by text in ``errors``. ``ingested``, ``pending`` and
    ``ingestion_failed`` count the tiles this run handed to ingestion; ``by_cause`` the FAILED ones by normalised cause.
    ``examples`` gives one example for each text of ``errors`` and ``by_cause``. ``outputs`` gives the collection id of
    every address. ``is_stopped`` tells that the run ended early, ``stopped_by`` why; ``signal`` is the number of the
    signal that ended it, or 0. ``settled`` are the addresses of which every change went well. ``refused`` tells why the
    run did not come to its end; nothing was applied then but what is counted.
    """

    applied: Mapping[str, int] = field(default_factory=dict)
    satisfied: int = 0
    conflict: int = 0
    failed: int = 0
    skipped: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    ingested: int = 0
    pending: int = 0
    ingestion_failed: int = 0
    by_cause: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[Address, str] = field(default_factory=dict)
    is_waited: bool = True
    is_stopped: bool = False
    stopped_by: str = ""
    signal: int = 0
    requests: int = 0
    elapsed_s: float = 0.0
    settled: frozenset[Address] = frozenset()
    refused: Refused | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 7 in part; 10 some tiles FAILED; 9 ingestion not finished. 7 goes before 10 before 9.

        A signal goes before all: 130 for SIGINT, 143 for SIGTERM. A run that was refused has the code of its reason.
        """
        if self.refused is not None:
            return self.refused.exit_code
        if self.signal:
            return 128 + self.signal
        if self.conflict or self.failed or self.skipped or self.is_stopped:
            return 7
        if self.ingestion_failed:
            return 10
        if self.is_waited and self.pending:
            return 9
        return 0
