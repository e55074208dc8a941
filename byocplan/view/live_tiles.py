"""Live tiles in, a table, JSON, CSV or GeoJSON out, piece by piece. Pure: a page and some geometries are held."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from byocplan.geometry import make_lonlat_geometry
from byocplan.model.instant import format_instant
from byocplan.view.clean import clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json_line
from byocplan.view.row_text import iter_list, render_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.model.tile import LiveTile

LONGEST = 2000
NAMES = ("id", "path", "status", "sensingTime", "created", "cause")


def iter_table(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield a line a tile: status, sensing time, path, cause."""
    for tile in tiles:
        time = "timeless" if tile.sensing_time_ms is None else format_instant(tile.sensing_time_ms)
        cause = f"  {clean(tile.cause)}" if tile.cause else ""
        yield f"{clean(tile.status):<9}  {time:<24}  {clean(tile.path, LONGEST)}{cause}\n"


def iter_csv(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield a head and a row a tile, its values unaltered: they are joined with keys of the bucket."""
    yield render_row(NAMES)
    for tile in tiles:
        yield render_row("" if value is None else value for value in _make_plain(tile).values())


def iter_shown_csv(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield the same for a screen or a log: what these would obey is an escape."""
    yield render_row(NAMES)
    for tile in tiles:
        values = _make_plain(tile).values()
        yield render_row("" if value is None else clean(str(value), LONGEST) for value in values)


def iter_json(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield JSON that follows ``schemas/v1/tiles.schema.json``, a tile a line."""
    head = f'{{"format_version": {encode_json_line(FORMAT_VERSION)}, "tiles": ['
    yield from iter_list(head, (encode_json_line(_make_plain(tile)) for tile in tiles), "]}\n")


def iter_geojson(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield a FeatureCollection, a feature a line; geometries in CRS84, null where no cover is known."""
    features = (
        encode_json_line(
            {
                "type": "Feature",
                "id": tile.id,
                "geometry": make_geometry(tile.cover),
                "properties": _make_plain(tile),
            }
        )
        for tile in tiles
    )
    yield from iter_list('{"type": "FeatureCollection", "features": [', features, "]}\n")


@lru_cache(maxsize=1024)
def make_geometry(cover: str | None) -> dict[str, Any] | None:
    """Return a cover as a geometry in CRS84; many tiles lie on the same places, or have the one cover of a source."""
    return make_lonlat_geometry(cover) if cover else None


def _make_plain(tile: LiveTile) -> dict[str, object]:
    sensed, created = tile.sensing_time_ms, tile.created_ms
    return {
        "id": tile.id,
        "path": tile.path,
        "status": tile.status,
        "sensingTime": None if sensed is None else format_instant(sensed),
        "created": None if created is None else format_instant(created),
        "cause": tile.cause,
    }
