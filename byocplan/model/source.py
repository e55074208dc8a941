"""Tile sources: the entries of ``spec.tiles``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.model.pattern import PathPattern, Where


class Incomplete(StrEnum):
    """What to do with a tile of which a band's file is missing."""

    SKIP = "skip"
    ERROR = "error"


class OnContentChange(StrEnum):
    """What to do when a file differs from the one ingested."""

    REINGEST = "reingest"
    IGNORE = "ignore"


class SensingKind(StrEnum):
    """Where a tile's sensing time comes from; KEEP leaves what is live (and creates timeless)."""

    AUTO = "auto"
    FIXED = "fixed"
    FIELD = "field"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class SensingTime:
    """``fixed_ms`` (None: timeless) goes with FIXED, ``field`` (a named time of the pattern) with FIELD."""

    kind: SensingKind = SensingKind.AUTO
    fixed_ms: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class TileOptions:
    """What every kind of source may say of its tiles.

    ``cover`` is a GeoJSON geometry as text, or None to keep what is live (at creation: the service's default).
    """

    sensing_time: SensingTime = SensingTime()
    cover: str | None = None
    incomplete: Incomplete = Incomplete.SKIP
    prune: bool = True
    on_content_change: OnContentChange = OnContentChange.REINGEST


@dataclass(frozen=True, slots=True)
class PatternSource:
    """All tiles whose keys match ``pattern`` and ``where``. ``place`` is ``file:line``.

    ``inventory`` is the address (``s3://…/manifest.json``) of the S3 Inventory that has the keys, empty for a listing.
    """

    pattern: PathPattern
    where: Where
    options: TileOptions = TileOptions()
    place: str = ""
    inventory: str = ""


@dataclass(frozen=True, slots=True)
class PathSource:
    """One tile, named by its path; it may still be in folder form (no ``(BAND)``, no extension)."""

    path: str
    options: TileOptions = TileOptions()
    place: str = ""


@dataclass(frozen=True, slots=True)
class TableSource:
    """The tiles that a file lists. ``table`` is its name as written, ``file`` its real path on this machine."""

    table: str
    file: str
    options: TileOptions = TileOptions()
    place: str = ""


TileSource = PatternSource | PathSource | TableSource
