"""Tiles as the API shows them, put together from stored columns. Pure.

A page holds a hundred tiles and is asked for often, so this writes text instead of building objects.
"""

import hashlib
import json
from uuid import UUID

from byocplan.emulator.clock import encode_created
from byocplan.emulator.store.tiles import TileRow

SYNTHETIC = "synthetic:"
#: Reprojection moves coordinates by some micrometres on their way through CRS84. Source: recorded answers.
NOISE_M = 1e-9
METERS_PER_DEGREE = 111319.49079327358


def encode_crs(epsg: int) -> str:
    """Return the ``crs`` member of a geometry."""
    return f'{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{epsg}"}}}}'


def make_noise(seq: int, corner: int, epsg: int) -> float:
    """Return the deterministic noise of one coordinate, in units of the CRS, never zero."""
    amount = ((seq * 7919 + corner * 104729) % 3989 - 1994.5) * NOISE_M
    return amount / METERS_PER_DEGREE if epsg == 4326 else amount  # noqa: PLR2004


def encode_box(tile: TileRow) -> str:
    """Return ``tileGeometry``: exact, clockwise from the upper left corner as the service does."""
    west, south, east, north = tile.west, tile.south, tile.east, tile.north
    ring = f"[{west!r},{north!r}],[{east!r},{north!r}],[{east!r},{south!r}],[{west!r},{south!r}],[{west!r},{north!r}]"
    return f'{{"type":"Polygon","crs":{encode_crs(tile.epsg or 0)},"coordinates":[[{ring}]]}}'


def encode_default_cover(tile: TileRow) -> str:
    """Return the cover geometry that is the tile's box: counter-clockwise, with noise."""
    corners = ((tile.west, tile.south), (tile.east, tile.south), (tile.east, tile.north), (tile.west, tile.north))
    points = []
    for number, (x, y) in enumerate(corners):
        noise_x = make_noise(tile.seq, number * 2, tile.epsg or 0)
        noise_y = make_noise(tile.seq, number * 2 + 1, tile.epsg or 0)
        points.append(f"[{(x or 0.0) + noise_x!r},{(y or 0.0) + noise_y!r}]")
    ring = ",".join((*points, points[0]))
    return f'{{"type":"Polygon","crs":{encode_crs(tile.epsg or 0)},"coordinates":[[{ring}]]}}'


def make_synthetic_etag(path: str, source: str) -> str:
    """Return the ETag of a file that does not exist: the MD5 of its key, quoted."""
    return f'"{hashlib.md5(path.replace("(BAND)", source).encode(), usedforsecurity=False).hexdigest()}"'


def encode_files(tile: TileRow) -> str:
    """Return ``filesMetadata``, making up what a seeded tile does not store."""
    files = tile.files or "{}"
    if not files.startswith(SYNTHETIC):
        return files
    sources = files.removeprefix(SYNTHETIC).split(",")
    return json.dumps({each: {"headerSize": 1328, "etag": make_synthetic_etag(tile.path, each)} for each in sources})


def encode_additional_data(tile: TileRow) -> str:
    """Return ``additionalData``, or an empty text while nothing is known."""
    if tile.status == "FAILED":
        return f',"additionalData":{{"failedIngestionCause":{json.dumps(tile.cause)}}}'
    parts = []
    if tile.epsg is not None:
        parts.append('"hasAddedPoints":true')
    if tile.files:
        parts.append(f'"filesMetadata":{encode_files(tile)}')
    if tile.min_mpp is not None:
        parts.append(f'"minMetersPerPixel":{tile.min_mpp!r},"maxMetersPerPixel":{tile.max_mpp!r}')
    return f',"additionalData":{{{",".join(parts)}}}' if parts else ""


def encode_geometry(tile: TileRow) -> str:
    """Return both geometries, or an empty text before the first ingestion."""
    if tile.epsg is None:
        return ""
    return f',"coverGeometry":{tile.cover or encode_default_cover(tile)},"tileGeometry":{encode_box(tile)}'


def encode_tile(tile: TileRow) -> str:
    """Return the tile's JSON, keys in the order of the recorded answers."""
    sensing = "null" if tile.sensing is None else f'"{tile.sensing}"'
    return (
        f'{{"id":"{UUID(bytes=tile.id)}","created":"{encode_created(tile.created_us)}",'
        f'"ingestionStart":"{encode_created(tile.started_us)}","sensingTime":{sensing}{encode_geometry(tile)},'
        f'"path":{json.dumps(tile.path)},"status":"{tile.status}"{encode_additional_data(tile)}}}'
    )
