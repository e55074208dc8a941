"""How a key fares with the patterns, as plain JSON values in, text or JSON out. Pure.

The value: ``{"key", "matches": [{"address", "source", "fields", "band", "path", "sensingTime"}],
"misses": [{"address", "source", "stopped_at", "expected"}]}``; where the service was asked, a match also holds
``status``, ``reason``, ``id`` and ``liveSensingTime``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

from byocplan.view.caret import list_caret
from byocplan.view.clean import LONG, clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.style import Paint
from byocplan.view.words import format_rest, indent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NotRequired

    from byocplan.view.style import Style

MISSES_SHOWN = 20


class MatchEntry(TypedDict):
    """A source that takes the key."""

    address: str
    source: str
    fields: Mapping[str, str]
    band: str | None
    path: str
    sensingTime: str | None
    status: NotRequired[str | None]
    reason: NotRequired[str | None]
    id: NotRequired[str | None]
    liveSensingTime: NotRequired[str | None]


class MissEntry(TypedDict):
    """A source that does not take the key; ``stopped_at`` is the index of a character of the key."""

    address: str
    source: str
    stopped_at: int
    expected: str


class Explained(TypedDict):
    """A key and every source of every collection."""

    key: str
    matches: Sequence[MatchEntry]
    misses: Sequence[MissEntry]


def render_explained(data: Mapping[str, Any], style: Style) -> str:
    """Return the matches, then where each of the other sources stopped. ``data`` is shaped as ``Explained``."""
    explained = cast("Explained", data)
    matches, misses = explained["matches"], explained["misses"]
    lines = [style.paint(clean(explained["key"]), Paint.BOLD)]
    if not matches:
        lines += indent(["No source takes this key."])
    for match in matches:
        lines += indent(_list_match(match, style))
    for miss in misses[:MISSES_SHOWN]:
        lines += indent(_list_miss(explained["key"], miss, style))
    lines += indent(format_rest(len(misses), min(len(misses), MISSES_SHOWN), "source"))
    return "\n".join(lines) + "\n"


def render_explained_json(data: Mapping[str, Any]) -> str:
    """Return the value as JSON that follows ``schemas/v1/explain.schema.json``."""
    return encode_json({"format_version": FORMAT_VERSION, **data})


def _list_match(match: MatchEntry, style: Style) -> list[str]:
    head = f"taken by {clean(match['address'], 80)}   {clean(match['source'], 160)}"
    rows = [
        ("tile", match["path"]),
        ("band", match["band"] or "none: a one-file tile"),
        ("sensingTime", match["sensingTime"] or "timeless"),
        *((f"{{{name}}}", text) for name, text in match["fields"].items()),
    ]
    if "status" in match:
        rows += _list_live(match)
    names = [clean(name, 40) for name, _ in rows]
    width = max(map(len, names))
    lines = [f"{name:<{width}}  {clean(text, LONG)}" for name, (_, text) in zip(names, rows, strict=True)]
    return [style.paint(head, Paint.GREEN), *indent(lines)]


def _list_live(match: MatchEntry) -> list[tuple[str, str]]:
    """Return the rows on what is live of the tile, after those that the key alone gives."""
    status, reason = match.get("status"), match.get("reason")
    if status is None:
        return [("live", f"not live: {reason}" if reason else "not live")]
    cause = [("cause", reason)] if reason else []
    return [
        ("live", status),
        *cause,
        ("live time", match.get("liveSensingTime") or "timeless"),
        ("id", match.get("id") or ""),
    ]


def _list_miss(key: str, miss: MissEntry, style: Style) -> list[str]:
    stop = min(max(miss["stopped_at"], 0), len(key))
    caret = list_caret(key, stop, style, f"expected {clean(miss['expected'])}")
    return [f"not taken by {clean(miss['address'], 80)}   {clean(miss['source'], 160)}", *indent(caret)]
