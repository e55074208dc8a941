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
#: Stands for what is a tile's own in texts that tiles share: a control character, which JSON always escapes.
OWN = "\x01"
Box = tuple[float, float, float, float]
#: Fields 8 to 14 of a row: EPSG code, west, south, east, north, finest and coarsest resolution.
Place = tuple[int | None, float | None, float | None, float | None, float | None, float | None, float | None]


def encode_crs(epsg: int) -> str:
    """Return the ``crs`` member of a geometry."""
    return f'{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{epsg}"}}}}'


def make_noise(place: int, corner: int, epsg: int) -> float:
    """Return the deterministic noise of one coordinate, in units of the CRS, never zero."""
    amount = ((place * 7919 + corner * 104729) % 3989 - 1994.5) * NOISE_M
    return amount / METERS_PER_DEGREE if epsg == 4326 else amount  # noqa: PLR2004


def encode_box(epsg: int, box: Box) -> str:
    """Return ``tileGeometry``: exact, clockwise from the upper left corner as the service does."""
    west, south, east, north = box
    ring = f"[{west!r},{north!r}],[{east!r},{north!r}],[{east!r},{south!r}],[{west!r},{south!r}],[{west!r},{north!r}]"
    return f'{{"type":"Polygon","crs":{encode_crs(epsg)},"coordinates":[[{ring}]]}}'


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


def make_geometry(place: Place, *, has_cover: bool) -> str:
    """Return both geometries, ``OWN`` for a cover that is not the box; an empty text before the first ingestion."""
    epsg, *corners = place[:5]
    if epsg is None:
        return ""
    west, south, east, north = (corner or 0.0 for corner in corners)
    box = west, south, east, north
    cover = OWN if has_cover else encode_default_cover(epsg, box)
    return f',"coverGeometry":{cover},"tileGeometry":{encode_box(epsg, box)}'


def make_files(stored: str) -> str:
    """Return ``filesMetadata`` of tiles whose files are stored as this, ``OWN`` where each has its own text."""
    if not stored.startswith(SYNTHETIC):
        return stored
    parts = (
        f'{json.dumps(source)}: {{"headerSize": {synthetic.HEADER_SIZE}, '
        f'"etag": "\\"{OWN}{synthetic.make_source_digest(source)}\\""}}'
        for source in stored.removeprefix(SYNTHETIC).split(",")
    )
    return f"{{{', '.join(parts)}}}"


def make_data(place: Place, files: str) -> str:
    """Return ``additionalData`` of an ingested tile, with ``OWN`` as in its files; an empty text for no data at all."""
    epsg, *_, finest, coarsest = place
    parts = ['"hasAddedPoints":true'] if epsg is not None else []
    parts += [f'"filesMetadata":{make_files(files)}'] if files else []
    parts += [f'"minMetersPerPixel":{finest!r},"maxMetersPerPixel":{coarsest!r}'] if finest is not None else []
    return f',"additionalData":{{{",".join(parts)}}}' if parts else ""


@lru_cache(maxsize=4096)
def make_frame(place: Place, files: str, has_cover: bool) -> tuple[list[str], list[str]]:  # noqa: FBT001
    """Return the geometries and ``additionalData`` that tiles of a place share, cut where each has its own text."""
    return make_geometry(place, has_cover=has_cover).split(OWN), make_data(place, files).split(OWN)


def encode_cause(cause: str | None) -> str:
    """Return ``additionalData`` of a FAILED tile."""
    return f',"additionalData":{{"failedIngestionCause":{json.dumps(cause)}}}'


def encode_id(key: bytes) -> str:
    """Return the text of a UUID's 16 bytes."""
    return f"{key[:4].hex()}-{key[4:10].hex('-', 2)}-{key[10:].hex()}"


def encode_tile(tile: TileRow) -> str:
    """Return the tile's JSON, keys in the order of the recorded answers."""
    created = started = encode_created(tile.created_us)
    if tile.started_us != tile.created_us:
        started = encode_created(tile.started_us)
    sensing = "null" if tile.sensing is None else f'"{tile.sensing}"'
    path, status, cover = tile.path, tile.status, tile.cover
    files = own = tile.files or ""
    if files.startswith(SYNTHETIC):
        own = synthetic.make_path_digest(path)
    elif files:
        files = OWN
    geometry, data = make_frame(tile[8:15], files, cover is not None)
    more = own.join(data) if status != "FAILED" else encode_cause(tile.cause)
    return (
        f'{{"id":"{encode_id(tile.id)}","created":"{created}","ingestionStart":"{started}","sensingTime":{sensing}'
        f'{(cover or "").join(geometry)},"path":{encode_basestring_ascii(path)},"status":"{status}"{more}}}'
    )
