"""Tile changes as lines of JSON, and back. Pure.

Keys are short and left out where they say the usual, for there may be a million of them: ``p`` path, ``t`` sensing time
in ms, ``r`` reason, ``i`` id, ``c`` cover geometry that is asked for, ``u`` the sensing time is not asked for, ``a``
read the files again too, ``g`` the group where it is not the first folder, ``b`` the live values before: sensing time,
digest of the cover, digest of the files' ETags, start of ingestion; ``o`` where it comes from if not from the
manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from byocplan.model.change import Origin, Precondition, Reason, TileAction, TileChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Why an action is usually planned. For updates what stood in every file before they said what differs: a line without
#: a reason keeps its meaning.
USUAL = {
    TileAction.CREATE: Reason.NOT_LIVE,
    TileAction.UPDATE: Reason.FIELD_CHANGED,
    TileAction.REINGEST: Reason.CONTENT_CHANGED,
    TileAction.DELETE: Reason.FILE_GONE,
}
#: Lines written at a time.
CHUNK_LINES = 1000


class Line(msgspec.Struct, omit_defaults=True):
    """One tile change of a set."""

    p: str
    t: int | None = None
    r: Reason | None = None
    i: str | None = None
    c: str | None = None
    u: bool = False
    a: bool = False
    g: str | None = None
    b: tuple[int | None, str, str, int | None] | None = None
    o: Origin = Origin.MANIFEST


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Line)


def encode_change(change: TileChange) -> bytes:
    """Return the line of a change, with its newline. A live cover that nobody asks for is left out."""
    before = change.before
    line = Line(
        change.path,
        change.sensing_time_ms,
        None if change.reason is USUAL[change.action] else change.reason,
        change.id,
        change.cover if change.cover_managed else None,
        not change.sensing_managed,
        change.also_reingest,
        None if change.group in {"", _get_first_folder(change.path)} else change.group,
        (before.sensing_time_ms, before.cover_digest, before.files_digest, before.started_ms) if before else None,
        change.origin,
    )
    return _encoder.encode(line) + b"\n"


def decode_change(action: TileAction, text: bytes) -> TileChange:
    """Return the change of a line. Raises msgspec.MsgspecError."""
    line = _decoder.decode(text)
    return TileChange(
        action,
        line.p,
        line.r or USUAL[action],
        line.i,
        line.t,
        not line.u,
        line.c,
        line.c is not None,
        line.a,
        Precondition(*line.b) if line.b else None,
        _get_first_folder(line.p) if line.g is None else line.g,
        line.o,
    )


def _get_first_folder(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def iter_chunks(changes: Iterable[TileChange]) -> Iterator[bytes]:
    """Yield the lines of changes, many at a time."""
    lines: list[bytes] = []
    for change in changes:
        lines.append(encode_change(change))
        if len(lines) == CHUNK_LINES:
            yield b"".join(lines)
            lines.clear()
    yield b"".join(lines)
