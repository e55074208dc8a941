"""The status of live collections in, text or JSON out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant
from byocplan.view.clean import LONG, clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json, encode_json_line
from byocplan.view.style import Paint
from byocplan.view.words import format_count, format_rest, format_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.model.live_status import LiveStatus
    from byocplan.view.style import Style

CAUSES_SHOWN = 10
UNBOUND_SHOWN = 20
NONE: Mapping[str, str] = {}


def render_status(found: Sequence[LiveStatus], style: Style, unbound: Mapping[str, str] = NONE) -> str:
    """Return a block a collection; ``unbound`` says by address why something that is described stands for nothing."""
    if not found and not unbound:
        return "Nothing that is described or bound here is live.\n"
    blocks = [_list_status(each, style) for each in found]
    shown = list(unbound.items())[:UNBOUND_SHOWN]
    blocks += [[style.paint(clean(key), Paint.BOLD), f"  not bound: {clean(why, LONG)}"] for key, why in shown]
    if rest := format_rest(len(unbound), len(shown), "collection that is not bound", "collections that are not bound"):
        blocks.append(rest)
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def render_status_json(found: Sequence[LiveStatus], unbound: Mapping[str, str] = NONE, *, is_line: bool = False) -> str:
    """Return JSON that follows ``schemas/v1/status.schema.json``, indented or on one line."""
    document = {
        "format_version": FORMAT_VERSION,
        "collections": [_make_plain(each) for each in found],
        "unbound": [{"address": key, "reason": why} for key, why in unbound.items()],
    }
    return f"{encode_json_line(document)}\n" if is_line else encode_json(document)


def _list_status(status: LiveStatus, style: Style) -> list[str]:
    head = f"{clean(status.address)}  {clean(status.name)}  {clean(status.id)}  bucket {clean(status.s3_bucket)}"
    lines = [style.paint(head, Paint.BOLD), f"  tiles   {format_count(status.tiles, 'tile')}{_write_statuses(status)}"]
    shown = list(status.by_cause.items())[:CAUSES_SHOWN]
    lines += [style.paint(f"  failed  {count:,}  {clean(cause)}", Paint.RED) for cause, count in shown]
    lines += [f"  {line}" for line in format_rest(len(status.by_cause), len(shown), "cause")]
    if status.extent is not None:
        lines.append(f"  extent  {' '.join(f'{number:g}' for number in status.extent)}")
    if status.requires_metadata_update:
        lines.append("  extent and times of the collection are being worked out by the service")
    return lines + _list_times(status)


def _write_statuses(status: LiveStatus) -> str:
    words = [
        f"{clean(name)} {count:,} ({format_share(count, status.tiles)})" for name, count in status.by_status.items()
    ]
    return f"   {'   '.join(words)}" if words else ""


def _list_times(status: LiveStatus) -> list[str]:
    lines = []
    if status.first_ms is not None and status.last_ms is not None:
        lines.append(f"  times   {format_instant(status.first_ms)} to {format_instant(status.last_ms)}")
    if status.timeless:
        lines.append(f"  times   {format_count(status.timeless, 'tile')} without a time")
    if status.missing:
        what = format_count(status.missing, status.unit)
        lines.append(f"  gaps    {what} without tiles: {_write_ranges(status.gaps)}")
    for group in status.group_gaps:
        what = format_count(group.missing, status.unit)
        lines.append(f"          {clean(group.name)}  {what}: {_write_ranges(group.ranges[:3])}")
    return lines


def _write_ranges(ranges: Sequence[tuple[str, str]]) -> str:
    return ", ".join(first if first == last else f"{first}..{last}" for first, last in ranges)


def _make_plain(status: LiveStatus) -> dict[str, object]:
    first, last = status.first_ms, status.last_ms
    return {
        "address": status.address,
        "id": status.id,
        "name": status.name,
        "s3Bucket": status.s3_bucket,
        "tiles": status.tiles,
        "pending": status.pending,
        "by_status": dict(status.by_status),
        "by_cause": dict(status.by_cause),
        "extent": list(status.extent) if status.extent else None,
        "from": None if first is None else format_instant(first),
        "to": None if last is None else format_instant(last),
        "timeless": status.timeless,
        "unit": status.unit,
        "missing": status.missing,
        "gaps": [list(each) for each in status.gaps],
        "groups": status.groups,
        "group_gaps": [
            {"group": each.name, "missing": each.missing, "gaps": [list(gap) for gap in each.ranges]}
            for each in status.group_gaps
        ],
    }
