"""Decode ``sensingTime``: what a source says and the times of its pattern in, where the time comes from out. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from byocplan.manifest.wording import join_words, shorten, suggest
from byocplan.model.instant import make_instant
from byocplan.model.source import SensingKind, SensingTime

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node
    from byocplan.model.pattern import PathPattern

KEEP = SensingTime(SensingKind.KEEP)
_FIELD = re.compile(r"\{([^{}]*)\}")
# datetime cuts what is finer than a microsecond without a word.
_TOO_FINE = re.compile(r"[.,][0-9]{3}[0-9]*[1-9]")


def make_sensing_time(item: Node, pattern: PathPattern | None, problems: list[Problem]) -> SensingTime:
    """Return where the sensing time of the tiles of a source comes from; ``pattern`` None for a single path."""
    node = item.find("sensingTime")
    if node is None or (item.has("table") and node.value == "auto"):
        return _make_default(item, pattern, problems)
    if node.value is None:
        return SensingTime(SensingKind.FIXED)
    text = str(node.value)
    field = _FIELD.fullmatch(text)
    is_of_pattern = text == "auto" or field is not None
    # A pattern that is not there for a broken one has its problem noted already.
    if text == "keep" or (is_of_pattern and pattern is None and not (item.has("path") or item.has("table"))):
        return KEEP
    if text == "auto":
        problems.extend(_check_auto(node, pattern))
        return SensingTime(SensingKind.AUTO)
    if field:
        problems.extend(_check_field(node, field[1], pattern))
        return SensingTime(SensingKind.FIELD, field=field[1])
    return _make_fixed(node, text, problems)


def _make_default(item: Node, pattern: PathPattern | None, problems: list[Problem]) -> SensingTime:
    """Return the pattern's time or the table's; without one the manifest does not manage it, and what is live stays."""
    if item.has("table"):
        return SensingTime(SensingKind.AUTO)
    if pattern is None or not pattern.time_names or item.has("sensingTime"):
        return KEEP
    node = item.find("pattern")
    if node is not None:
        problems.extend(_check_auto(node, pattern))
    return SensingTime(SensingKind.AUTO)


def _check_auto(node: Node, pattern: PathPattern | None) -> list[Problem]:
    if pattern is None:
        return [
            node.place.make_problem(
                "auto takes the time of a pattern, and a path has none", "write a time, null or keep"
            )
        ]
    if len(pattern.time_names) < 2:  # noqa: PLR2004 - one is unambiguous
        return []
    names = [f'"{{{name}}}"' for name in pattern.time_names]
    return [node.place.make_problem("the pattern has several times", f"write sensingTime: {join_words(names)}")]


def _check_field(node: Node, name: str, pattern: PathPattern | None) -> list[Problem]:
    if pattern is None:
        return [node.place.make_problem("only a pattern has fields", "write a time, null or keep")]
    if name in pattern.time_names:
        return []
    hint = suggest(name, pattern.time_names) or f"its times: {', '.join(pattern.time_names) or 'none'}"
    return [node.place.make_problem(f"the pattern has no time called {name}", hint)]


def _make_fixed(node: Node, text: str, problems: list[Problem]) -> SensingTime:
    if _TOO_FINE.search(text):
        message = "the service keeps no more than milliseconds"
        problems.append(node.place.make_problem(message, "cut the fraction to 3 digits"))
        return KEEP
    try:
        return SensingTime(SensingKind.FIXED, make_instant(text))
    except ValueError:
        hint = suggest(text, ("auto", "keep", "null"))
        hint = hint or 'write auto, keep, null, "{name}" or a time, as 2019-11-27T10:00:00Z'
        problems.append(node.place.make_problem(f"{shorten(text)} is no time", hint))
        return KEEP
