"""Tiles as the API shows them, put together from stored columns. Pure.

A page holds a hundred tiles and is asked for often, so this writes text instead of building objects, and keeps the
texts that tiles share: those of a box, of a list of sources, of a second.
"""

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from byocplan.emulator import synthetic
from byocplan.emulator.clock import encode_created
from byocplan.emulator.store.tiles import TileRow

SYNTHETIC = "synthetic:"
#: Reprojection moves coordinates by some micrometres on their way through CRS84. Source: recorded answers.
NOISE_M = 1e-9
METERS_PER_DEGREE = 111319.49079327358


#: Stand for what differs between tiles in texts that they share: control characters, which JSON always escapes.
DIGEST, FILES = "\x01", "\x02"
Box = tuple[float, float, float, float]


def encode_crs(epsg: int) -> str:
    """Return the ``crs`` member of a geometry."""
    return f'{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{epsg}"}}}}'


def make_noise(place: int, corner: int, epsg: int) -> float:
    """Return the deterministic noise of one coordinate, in units of the CRS, never zero."""
    amount = ((place * 7919 + corner * 104729) % 3989 - 1994.5) * NOISE_M
    return amount / METERS_PER_DEGREE if epsg == 4326 else amount  # noqa: PLR2004


@lru_cache(maxsize=4096)
def encode_box(epsg: int, box: Box) -> str:
    """Return ``tileGeometry``: exact, clockwise from the upper left corner as the service does."""
    west, south, east, north = box
    ring = f"[{west!r},{north!r}],[{east!r},{north!r}],[{east!r},{south!r}],[{west!r},{south!r}],[{west!r},{north!r}]"
    return f'{{"type":"Polygon","crs":{encode_crs(epsg)},"coordinates":[[{ring}]]}}'


@lru_cache(maxsize=4096)
def encode_default_cover(epsg: int, box: Box) -> str:
    """Return the cover geometry that is a box: counter-clockwise, with the noise that this box always has."""
    west, south, east, north = box
    place = hash(box) & 0xFFFFFFFF
    points = []
    for number, (x, y) in enumerate(((west, south), (east, south), (east, north), (west, north))):
        noise_x, noise_y = (make_noise(place, number * 2 + axis, epsg) for axis in (0, 1))
        points.append(f"[{x + noise_x!r},{y + noise_y!r}]")
    ring = ",".join((*points, points[0]))
    return f'{{"type":"Polygon","crs":{encode_crs(epsg)},"coordinates":[[{ring}]]}}'


@lru_cache(maxsize=4096)
def encode_default_geometry(epsg: int, box: Box) -> str:
    """Return both geometries of a tile that has no cover geometry of its own."""
    return f',"coverGeometry":{encode_default_cover(epsg, box)},"tileGeometry":{encode_box(epsg, box)}'


def make_synthetic_files(files: str) -> str:
    """Return ``filesMetadata`` of synthetic tiles, with ``DIGEST`` where what the path gives belongs."""
    parts = (
        f'{json.dumps(source)}: {{"headerSize": {synthetic.HEADER_SIZE}, '
        f'"etag": "\\"{DIGEST}{synthetic.make_source_digest(source)}\\""}}'
        for source in files.removeprefix(SYNTHETIC).split(",")
    )
    return f"{{{', '.join(parts)}}}"


@lru_cache(maxsize=256)
def make_additional_data(placed: bool, files: str, resolutions: tuple[float | None, float | None]) -> str:  # noqa: FBT001
    """Return ``additionalData`` of an ingested tile with ``FILES`` for its files, an empty text for no data at all."""
    finest, coarsest = resolutions
    parts = ['"hasAddedPoints":true'] if placed else []
    parts += [f'"filesMetadata":{files}'] if files else []
    parts += [f'"minMetersPerPixel":{finest!r},"maxMetersPerPixel":{coarsest!r}'] if finest is not None else []
    return f',"additionalData":{{{",".join(parts)}}}' if parts else ""


@lru_cache(maxsize=256)
def make_synthetic_data(placed: bool, files: str, resolutions: tuple[float | None, float | None]) -> str:  # noqa: FBT001
    """Return ``additionalData`` of a synthetic tile, ``DIGEST`` left open."""
    return make_additional_data(placed, make_synthetic_files(files), resolutions)


def encode_additional_data(tile: TileRow) -> str:
    """Return ``additionalData``, or an empty text while nothing is known."""
    if tile.status == "FAILED":
        return f',"additionalData":{{"failedIngestionCause":{json.dumps(tile.cause)}}}'
    files, placed, resolutions = tile.files or "", tile.epsg is not None, (tile.min_mpp, tile.max_mpp)
    if files.startswith(SYNTHETIC):
        return make_synthetic_data(placed, files, resolutions).replace(DIGEST, synthetic.make_path_digest(tile.path))
    return make_additional_data(placed, FILES if files else "", resolutions).replace(FILES, files)


def encode_geometry(tile: TileRow) -> str:
    """Return both geometries, or an empty text before the first ingestion."""
    if tile.epsg is None:
        return ""
    box = tile.west or 0.0, tile.south or 0.0, tile.east or 0.0, tile.north or 0.0
    if tile.cover is None:
        return encode_default_geometry(tile.epsg, box)
    return f',"coverGeometry":{tile.cover},"tileGeometry":{encode_box(tile.epsg, box)}'


def encode_tile(tile: TileRow) -> str:
    """Return the tile's JSON, keys in the order of the recorded answers."""
    sensing = "null" if tile.sensing is None else f'"{tile.sensing}"'
    key = tile.id.hex()
    created = encode_created(tile.created_us)
    started = created if tile.started_us == tile.created_us else encode_created(tile.started_us)
    return (
        f'{{"id":"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}","created":"{created}",'
        f'"ingestionStart":"{started}","sensingTime":{sensing}{encode_geometry(tile)},'
        f'"path":{encode_basestring_ascii(tile.path)},"status":"{tile.status}"{encode_additional_data(tile)}}}'
    )
