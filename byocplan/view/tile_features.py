"""Live tiles in, GeoJSON out, a feature a tile, as they come. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from byocplan.geometry import make_lonlat_geometry
from byocplan.model.instant import format_instant
from byocplan.view.json_text import encode_json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.model.tile import LiveTile

CHUNK_TILES = 500


def iter_geojson(tiles: Iterable[LiveTile]) -> Iterator[str]:
    """Yield a feature collection in pieces, a feature a line; geometries in CRS84, null where no cover is known."""
    yield '{"type": "FeatureCollection", "features": [\n'
    lines = (_render_feature(tile) for tile in tiles)
    separator = ""
    while chunk := list(islice(lines, CHUNK_TILES)):
        yield separator + ",\n".join(chunk)
        separator = ",\n"
    yield "\n]}\n"


def _render_feature(tile: LiveTile) -> str:
    properties = {
        "path": tile.path,
        "sensingTime": None if tile.sensing_time_ms is None else format_instant(tile.sensing_time_ms),
        "status": tile.status,
        "id": tile.id,
    }
    geometry = make_lonlat_geometry(tile.cover) if tile.cover else None
    feature = {"type": "Feature", "id": tile.id, "geometry": geometry, "properties": properties}
    return encode_json_line(feature)
