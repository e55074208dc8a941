"""Prove that the files of tiles to delete are gone: tiles in, a proof out. Reads the bucket, one request a file.

A listing that did not show a file may have been torn, or of the wrong place; a 404 for the file itself is another
witness. Answers that are neither 404 nor the file prove nothing.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from byocplan.discovery.listing import Presence
from byocplan.model.loss import Proof
from byocplan.model.tile import BAND, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Sequence

    from byocplan.discovery.listing import Bucket
    from byocplan.model.loss import DoomedTile

#: Tiles looked at before it is asked whether the bucket says anything at all.
CHUNK = 100


def prove_gone(
    doomed: Sequence[DoomedTile], total: int, sources: AnyCollection[str], bucket: Bucket, seed: str = ""
) -> Proof:
    """Return what the bucket says of the files of ``doomed``, which are all of ``total`` tiles or a sample of them.

    ``sources`` are the texts for ``(BAND)`` of the configured bands. When a whole chunk shows nothing, the rest is not
    asked for. Raises UnreachableError.
    """
    found: list[Presence] = []
    for start in range(0, len(doomed), CHUNK):
        chunk = _look_at(doomed[start : start + CHUNK], sources, bucket)
        found += chunk
        if set(chunk) == {Presence.UNKNOWN}:
            break
    found += [Presence.UNKNOWN] * (len(doomed) - len(found))
    worst = next((state for state in (Presence.THERE, Presence.UNKNOWN) if state in found), None)
    example = doomed[found.index(worst)].path if worst else ""
    gone, there = found.count(Presence.GONE), found.count(Presence.THERE)
    return Proof(total, len(doomed), gone, there, example, seed if len(doomed) < total else "")


def list_keys(tile: DoomedTile, sources: AnyCollection[str]) -> list[str]:
    """Return the keys of a tile's files, of bands that are configured and of those that were ingested."""
    if BAND in tile.path:
        return [tile.path.replace(BAND, source) for source in sorted({*sources, *tile.sources})]
    return [tile.path] if tile.path.lower().endswith(EXTENSIONS) else []


def _look_at(tiles: Sequence[DoomedTile], sources: AnyCollection[str], bucket: Bucket) -> list[Presence]:
    """Return what is known of each tile."""
    keys = [list_keys(tile, sources) for tile in tiles]
    states = iter(bucket.probe([key for own in keys for key in own]))
    return [_judge(list(islice(states, len(own)))) for own in keys]


def _judge(states: list[Presence]) -> Presence:
    """Return GONE where every file is, THERE where any is."""
    if Presence.THERE in states:
        return Presence.THERE
    return Presence.GONE if states and set(states) == {Presence.GONE} else Presence.UNKNOWN
