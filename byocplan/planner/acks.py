"""Acks laid over rails: a rail is lifted when somebody named at least what was measured. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.rail import Ack, Rail


def lift_rails(rails: Sequence[Rail], acks: Sequence[Ack], now_ms: int) -> tuple[Rail, ...]:
    """Return the rails with acked ones not tripped; where an ack does not reach, the text says why.

    An ack without an address counts only where one address alone trips its rule.
    """
    return tuple(_lift(rail, rails, acks, now_ms) if rail.tripped else rail for rail in rails)


def _lift(rail: Rail, rails: Sequence[Rail], acks: Sequence[Ack], now_ms: int) -> Rail:
    if not rail.ack:
        return rail
    is_alone = len({other.address for other in rails if other.tripped and other.rule is rail.rule}) == 1
    meant = [ack for ack in acks if ack.rule is rail.rule and (ack.address == rail.address or _is_open(ack, is_alone))]
    why_not = [_find_fault(ack, rail, now_ms) for ack in meant]
    for ack, fault in zip(meant, why_not, strict=True):
        if not fault:
            return replace(rail, tripped=False, acked_by=ack.source)
    return replace(rail, text=f"{rail.text}; {why_not[0]}") if why_not else rail


def _is_open(ack: Ack, is_alone: bool) -> bool:  # noqa: FBT001 - a private predicate
    return ack.address is None and is_alone


def _find_fault(ack: Ack, rail: Rail, now_ms: int) -> str:
    """Return why the ack does not lift the rail, empty when it does."""
    if ack.until_ms is not None and now_ms > ack.until_ms:
        return f"the ack of {ack.source} ended on {format_instant(ack.until_ms)}"
    if ack.at_most < rail.count:
        return f"the ack of {ack.source} is for {ack.at_most:,} only"
    return ""
