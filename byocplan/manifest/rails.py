"""Decode ``spec.rails`` and ``spec.acks``: checked trees in, limits and acks out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.pattern import make_date_range
from byocplan.model.rail import Ack, Limit, RailLimits, Rule

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node
    from byocplan.model.address import Address

_DEFAULT = RailLimits()


def make_rails(node: Node | None) -> RailLimits:
    """Return the limits; each knows the ``file:line`` that set it."""
    if node is None:
        return _DEFAULT
    return RailLimits(
        max_delete_percent=_make_limit(node, "maxDeletePercent", _DEFAULT.max_delete_percent),
        max_deletes=_make_limit(node, "maxDeletes", _DEFAULT.max_deletes),
        max_reingest_percent=_make_limit(node, "maxReingestPercent", _DEFAULT.max_reingest_percent),
        max_collection_deletes=_make_limit(node, "maxCollectionDeletes", _DEFAULT.max_collection_deletes),
    )


def _make_limit(node: Node, name: str, default: Limit) -> Limit:
    child, number = node.find(name), node.find_number(name)
    return default if child is None or number is None else Limit(number, child.place.text)


def make_acks(node: Node | None, address: Address, problems: list[Problem]) -> tuple[Ack, ...]:
    """Return the acks of one collection."""
    return tuple(_make_ack(item, address, problems) for item in node.iter_items()) if node else ()


def _make_ack(item: Node, address: Address, problems: list[Problem]) -> Ack:
    until = item.find("until")
    until_ms = None
    if until is not None:
        try:
            until_ms = make_date_range(None, str(until.value)).to_ms
        except ValueError:
            problems.append(until.place.make_problem("until is no date", "write a day, as 2026-12-01"))
    rule = Rule(item.find_text("rule") or Rule.DELETES)
    return Ack(rule, int(item.find_number("atMost") or 0), address, until_ms, item.place.text)
