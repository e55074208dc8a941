"""Rails: limits that block a plan, and the acks that let it pass. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.model.address import Address


class Rule(StrEnum):
    """What a rail watches."""

    DELETES = "deletes"
    GROUP_DISAPPEARS = "groupDisappears"
    SCOPE_REMOVED = "scopeRemoved"
    SOURCE_EMPTY = "sourceEmpty"
    SOURCE_INCOMPLETE = "sourceIncomplete"
    SOURCE_OVERLAP = "sourceOverlap"
    EVIDENCE = "evidence"
    COLLECTION_DELETES = "collectionDeletes"
    PREVENT_DESTROY = "preventDestroy"
    REINGESTS = "reingests"
    BAND_REMOVAL = "bandRemoval"
    COVER_POINTS = "coverPoints"
    OWNERSHIP = "ownership"
    REPLACE = "replace"


#: Rules that no ack lifts: the manifest (or the bucket) has to change.
HARD_RULES = frozenset({Rule.PREVENT_DESTROY, Rule.SOURCE_OVERLAP, Rule.COVER_POINTS, Rule.OWNERSHIP, Rule.REPLACE})


@dataclass(frozen=True, slots=True)
class Limit:
    """A number and where it was set: ``file:line``, or ``default``."""

    value: float
    source: str = "default"


@dataclass(frozen=True, slots=True)
class RailLimits:
    """The limits of one collection. Percents are of the owned live tiles."""

    max_delete_percent: Limit = Limit(10)
    max_deletes: Limit = Limit(1000)
    max_reingest_percent: Limit = Limit(30)
    max_collection_deletes: Limit = Limit(0)


@dataclass(frozen=True, slots=True)
class Ack:
    """``RULE@ADDRESS=N``: N of this is meant. ``address`` None stands for the one address that trips the rule.

    ``until`` is a date (ms) after which the ack is void; ``source`` is ``--ack`` or ``file:line``.
    """

    rule: Rule
    at_most: int
    address: Address | None = None
    until_ms: int | None = None
    source: str = "--ack"


@dataclass(frozen=True, slots=True)
class Rail:
    """A rail as measured on one plan.

    ``count`` is what an ack has to name; ``value``, ``limit`` and ``unit`` are what was compared. ``ack`` is what to
    type (``deletes@collection/s2=4170``), empty where no ack helps. ``text`` says it in words.
    """

    rule: Rule
    address: Address
    count: int
    value: float
    limit: float
    unit: str
    source: str
    tripped: bool
    text: str
    ack: str = ""
    acked_by: str = ""
