"""Tiles on the wire. Pure. Source: BYOC OpenAPI, BYOCTile and BYOCTileUpdatePayload; recorded answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from byocplan.api.signed import hide_signatures
from byocplan.api.wire import Links, Many, One, make_decoder
from byocplan.errors import AnswerError, ArgumentError
from byocplan.model.instant import convert_moments, format_instant
from byocplan.model.tile import LiveTile, TilePage, TilePayload, encode_files

if TYPE_CHECKING:
    from collections.abc import Mapping

NULL = msgspec.Raw(b"null")
QUOTE = '"'


class FileWire(msgspec.Struct, gc=False):
    """What was recorded of one ingested file. ``etag`` is S3's, within quotes."""

    etag: str | None = None


class TileDataWire(msgspec.Struct, rename="camel", gc=False):
    """``additionalData`` of a tile."""

    files_metadata: dict[str, FileWire | None] | None = None
    failed_ingestion_cause: str | None = None


class TileWire(msgspec.Struct, rename="camel", gc=False):
    """A tile; its geometry is not looked into, which makes pages five times quicker to read."""

    id: str
    path: str
    status: str
    created: datetime | None = None
    sensing_time: datetime | None = None
    ingestion_start: datetime | None = None
    cover_geometry: msgspec.Raw = NULL
    additional_data: TileDataWire | None = None


@dataclass(frozen=True, slots=True)
class WirePage:
    """A page and where the next one is."""

    page: TilePage
    links: Links

    def __len__(self) -> int:
        return len(self.page)


_decode_one = make_decoder(One[TileWire], "a tile")
_decode_many = make_decoder(Many[TileWire], "a page of tiles")


def decode_tile(body: bytes) -> LiveTile:
    """Return the tile of a ``{data}`` answer."""
    return _make_tile(_decode_one(body).data)


def decode_tiles(body: bytes) -> list[LiveTile]:
    """Return the tiles of a short list."""
    return [_make_tile(tile) for tile in _decode_many(body).data]


def decode_tile_page(body: bytes) -> WirePage:
    """Return a page of tiles as columns, with its links."""
    answer = _decode_many(body)
    tiles = answer.data
    data = [tile.additional_data for tile in tiles]
    page = TilePage(
        ids=[tile.id for tile in tiles],
        paths=[tile.path for tile in tiles],
        statuses=[tile.status for tile in tiles],
        sensing_times_ms=convert_moments([tile.sensing_time for tile in tiles]),
        covers=[_get_cover(tile) for tile in tiles],
        created_ms=convert_moments([tile.created for tile in tiles]),
        ingestion_starts_ms=convert_moments([tile.ingestion_start for tile in tiles]),
        files=[_encode_files(item) if item else None for item in data],
        causes=[_get_cause(item) if item else None for item in data],
    )
    return WirePage(page, answer.links or Links())


def encode_tile(payload: TilePayload) -> bytes:
    """Return the body of a create; what is None is left out."""
    body: dict[str, Any] = {"path": payload.path}
    if payload.sensing_time_ms is not None:
        body["sensingTime"] = format_instant(payload.sensing_time_ms)
    return msgspec.json.encode(body | _encode_cover(payload.cover))


def encode_tile_update(payload: TilePayload) -> bytes:
    """Return the body of an update: the sensing time always, null for timeless; a PUT resets what it is not given."""
    time_ms = payload.sensing_time_ms
    body: dict[str, Any] = {"sensingTime": None if time_ms is None else format_instant(time_ms)}
    return msgspec.json.encode(body | _encode_cover(payload.cover))


def _make_tile(tile: TileWire) -> LiveTile:
    data = tile.additional_data
    sensing_time_ms, created_ms, started_ms = convert_moments((tile.sensing_time, tile.created, tile.ingestion_start))
    return LiveTile(
        id=tile.id,
        path=tile.path,
        status=tile.status,
        sensing_time_ms=sensing_time_ms,
        cover=_get_cover(tile),
        created_ms=created_ms,
        ingestion_start_ms=started_ms,
        files=_get_files(data),
        cause=_get_cause(data),
    )


def _get_cover(tile: TileWire) -> str | None:
    raw = bytes(tile.cover_geometry)
    if raw == b"null":
        return None
    if not raw.startswith(b"{"):
        raise AnswerError("a tile", "Expected `object | null` - at `$.coverGeometry`")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise AnswerError("a tile", "Expected UTF-8 - at `$.coverGeometry`") from None


def _encode_files(data: TileDataWire) -> str | None:
    """Return the files as by ``encode_files``; the usual ones at once, for there are millions of them."""
    files = data.files_metadata
    if not files:
        return None
    try:
        text = "\n".join([f"{source}={files[source].etag.strip(QUOTE)}" for source in sorted(files)])  # type: ignore[union-attr]
    except AttributeError:  # nothing was recorded of one
        return encode_files(_get_files(data))
    # An empty ETag, or one that is weak or has more quotes than those around it.
    is_odd = QUOTE in text or "/" in text or "=\n" in text or text.endswith("=")
    return encode_files(_get_files(data)) if is_odd else text


def _get_files(data: TileDataWire | None) -> Mapping[str, str]:
    if data is None or not data.files_metadata:
        return {}
    return {
        source: file.etag.removeprefix("W/").strip('"')
        for source, file in data.files_metadata.items()
        if file and file.etag
    }


def _encode_cover(cover: str | None) -> dict[str, msgspec.Raw]:
    """Return the cover's own text, byte by byte, so that what is sent back is what was read."""
    if cover is None:
        return {}
    try:
        msgspec.json.decode(cover, type=dict)
    except (msgspec.DecodeError, RecursionError):
        raise ArgumentError("a cover geometry is no JSON object", "give a GeoJSON Polygon or MultiPolygon") from None
    return {"coverGeometry": msgspec.Raw(cover.encode())}


def _get_cause(data: TileDataWire | None) -> str | None:
    cause = data.failed_ingestion_cause if data else None
    return hide_signatures(cause) if cause else cause
