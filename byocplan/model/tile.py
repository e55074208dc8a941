"""Tiles: live ones singly and in pages of columns, and what a write sends. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BAND = "(BAND)"
#: How files end that can be of a tile, in any case. Source: BYOC documentation, tile paths.
EXTENSIONS = (".tif", ".tiff")
#: Hex digits of a digest that tells one text from another: enough to see a change, few enough for a line a tile.
DIGEST_LENGTH = 16


class Status(StrEnum):
    """Ingestion status. Source: BYOC OpenAPI, BYOCTile.status."""

    WAITING = "WAITING"
    QUEUED = "QUEUED"
    INGESTING = "INGESTING"
    INGESTED = "INGESTED"
    FAILED = "FAILED"


#: Ingestion has not ended yet.
PENDING = frozenset({Status.WAITING, Status.QUEUED, Status.INGESTING})


@dataclass(frozen=True, slots=True)
class LiveTile:
    """One tile as the API answers it.

    ``cover`` is the GeoJSON text of the cover geometry, untouched. ``files`` maps a band's source to the S3 ETag that
    was ingested (without its quotes); empty when the service recorded none. Times are instants in ms.
    """

    id: str
    path: str
    status: str
    sensing_time_ms: int | None = None
    cover: str | None = None
    created_ms: int | None = None
    ingestion_start_ms: int | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class TilePage:
    """A page of live tiles as columns of equal length, in the API's order; the fields of ``LiveTile`` in the plural.

    ``files`` holds ``encode_files`` texts, None where the service recorded no files.
    """

    ids: Sequence[str]
    paths: Sequence[str]
    statuses: Sequence[str]
    sensing_times_ms: Sequence[int | None]
    covers: Sequence[str | None]
    created_ms: Sequence[int | None]
    ingestion_starts_ms: Sequence[int | None]
    files: Sequence[str | None]
    causes: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, tiles: Sequence[LiveTile]) -> TilePage:
        """Return a page of tiles that were read singly."""
        return cls(
            [tile.id for tile in tiles],
            [tile.path for tile in tiles],
            [tile.status for tile in tiles],
            [tile.sensing_time_ms for tile in tiles],
            [tile.cover for tile in tiles],
            [tile.created_ms for tile in tiles],
            [tile.ingestion_start_ms for tile in tiles],
            [encode_files(tile.files) for tile in tiles],
            [tile.cause for tile in tiles],
        )


@dataclass(frozen=True, slots=True)
class TilePayload:
    """What a create or update of a tile sends.

    ``cover`` None lets the service take the tile's bounding box; ``sensing_time_ms`` None means timeless.
    An update always sends both, since a PUT resets what it is not given. ``path`` is sent by creates alone.
    """

    path: str
    sensing_time_ms: int | None = None
    cover: str | None = None


def encode_files(files: Mapping[str, str]) -> str | None:
    """Return ``source=etag`` joined by newlines in order of source, None for no files: one comparable column."""
    if len(files) == 1:
        [(source, etag)] = files.items()
        return f"{source}={etag}"
    return "\n".join([f"{source}={etag}" for source, etag in sorted(files.items())]) or None


def make_digest(text: str | None) -> str:
    """Return a short digest of a text, empty for none."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH] if text else ""
