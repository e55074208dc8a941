"""Judging a change at write time: a change and what is live now in, what is to be sent (or nothing) out. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.applier.result import SATISFIED, Handed, Result, Verdict, make_conflict, make_failure
from byocplan.model.cover import MAX_POINTS
from byocplan.model.tile import PENDING, Status, TilePayload, encode_files, make_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.change import CollectionChange, TileChange
    from byocplan.model.collection import CollectionPayload, LiveCollection
    from byocplan.model.tile import LiveTile


TIME, COVER, FILES, INGESTION = "sensing time", "cover geometry", "files", "ingestion"
EVERYTHING = (TIME, COVER, FILES, INGESTION)

GONE = "the tile is gone since the plan was made"
CHANGED = "the tile has changed since the plan was made ({}); plan again"
OTHER_TIME = "a tile with this path but another sensing time has been made since the plan"
MANY_POINTS = (
    f"its live cover geometry has more than {MAX_POINTS} points and cannot be sent back: "
    "set coverGeometry in the manifest"
)


def judge_update(change: TileChange, live: LiveTile | None) -> TilePayload | Result:
    """Return what a PUT has to send, or the result when there is nothing to send.

    What the manifest does not manage keeps its live value, the cover geometry byte for byte: a PUT resets what it is
    not given.
    """
    if live is None:
        return make_conflict(GONE)
    sensing_time_ms = change.sensing_time_ms if change.sensing_managed else live.sensing_time_ms
    cover = change.cover if change.cover_managed else live.cover
    if sensing_time_ms == live.sensing_time_ms and _is_same_cover(cover, live.cover):
        return SATISFIED
    changed = _find_unforeseen(change, live)
    if changed:
        return make_conflict(CHANGED.format(changed))
    if not change.cover_managed and _count_points(cover) > MAX_POINTS:
        return make_failure(MANY_POINTS)
    return TilePayload(live.path, sensing_time_ms, cover)


def judge_reingest(change: TileChange, live: LiveTile | None) -> Result | None:
    """Return None when the tile is to be ingested again; one whose ingestion has begun since the plan already is."""
    if live is None:
        return make_conflict(GONE)
    before = change.before
    has_begun = before is not None and before.started_ms != live.ingestion_start_ms
    return _make_satisfied(live) if live.status in PENDING or has_begun else None


def judge_delete(change: TileChange, live: LiveTile | None) -> Result | None:
    """Return None when the tile is to be deleted: it is there, and as the plan saw it."""
    if live is None:
        return SATISFIED
    changed = find_changed(change, live, EVERYTHING)
    return make_conflict(CHANGED.format(changed)) if changed else None


def find_changed(change: TileChange, live: LiveTile, concerned: Sequence[str]) -> str:
    """Return in words which of the concerned live values are not those that the change was made from."""
    before = change.before
    if before is None:
        return ""
    is_changed = {
        TIME: live.sensing_time_ms != before.sensing_time_ms,
        COVER: make_digest(live.cover) != before.cover_digest,
        FILES: make_digest(encode_files(live.files)) != before.files_digest,
        INGESTION: live.ingestion_start_ms != before.started_ms or live.status in PENDING,
    }
    return ", ".join(name for name in concerned if is_changed[name])


def _find_unforeseen(change: TileChange, live: LiveTile) -> str:
    """Return in words what an update would overwrite that is neither as it was nor as it is asked for."""
    concerned = []
    if change.sensing_managed and live.sensing_time_ms != change.sensing_time_ms:
        concerned.append(TIME)
    if change.cover_managed and not _is_same_cover(change.cover, live.cover):
        concerned.append(COVER)
    return find_changed(change, live, concerned)


def judge_found(change: TileChange, found: LiveTile, *, is_ours: bool) -> Result:
    """Judge a create whose path turned out to be live. ``is_ours``: an earlier attempt of this run may have made it."""
    if change.sensing_managed and found.sensing_time_ms != change.sensing_time_ms:
        return make_conflict(OTHER_TIME)
    if not is_ours:
        return _make_satisfied(found)
    return Result(Verdict.APPLIED, handed=Handed(found.id, found.created_ms))


def _make_satisfied(live: LiveTile) -> Result:
    """Return that the tile is as wanted; how its ingestion ends is still to be told, or that it FAILED."""
    handed = None if live.status == Status.INGESTED else Handed(live.id, live.created_ms)
    return Result(Verdict.SATISFIED, handed=handed)


def judge_collection(change: CollectionChange, live: LiveCollection) -> CollectionPayload | Result:
    """Return what a PUT has to send, or the result when there is nothing to send.

    What the plan does not change keeps what is live now, not what was live when the plan was made.
    """
    payload = change.payload
    if payload is None or not change.fields:
        return SATISFIED
    changed = {field.path: field for field in change.fields}
    for path, now in (("name", live.name), ("s3Bucket", live.s3_bucket), ("noData", live.no_data)):
        if path in changed and now not in (changed[path].before, changed[path].after):
            return make_conflict(f"{path} of the collection has changed since the plan was made")
    payload = replace(
        payload,
        name=payload.name if "name" in changed else live.name,
        s3_bucket=payload.s3_bucket if "s3Bucket" in changed else live.s3_bucket,
        no_data=payload.no_data if "noData" in changed else live.no_data,
        bands=payload.bands if any(path.startswith("bands.") for path in changed) else live.bands or None,
        max_meters_per_pixel_override=live.max_meters_per_pixel_override,
    )
    return SATISFIED if _is_live(payload, live) else payload


def _is_same_cover(wanted: str | None, live: str | None) -> bool:
    if wanted is None or live is None or wanted == live:
        return wanted == live
    from byocplan.geometry import is_same_cover

    return is_same_cover(wanted, live)


def _count_points(cover: str | None) -> int:
    if cover is None:
        return 0
    from byocplan.geometry import count_points

    return count_points(cover)


def _is_live(payload: CollectionPayload, live: LiveCollection) -> bool:
    return (
        (payload.name, payload.s3_bucket, payload.no_data) == (live.name, live.s3_bucket, live.no_data)
        and (payload.bands is None or dict(payload.bands) == dict(live.bands))
        and payload.storage_identifier == live.storage_identifier
    )
