"""The end of an ingestion: INGESTED with geometry and files, or FAILED with its cause. Touches the store."""

import json
from collections.abc import Mapping
from typing import Any

from byocplan.emulator.ingest.bucket import StoredObject
from byocplan.emulator.ingest.configure import add_no_data, configure_collection
from byocplan.emulator.ingest.facts import FileFacts
from byocplan.emulator.ingest.read_tile import Reading
from byocplan.emulator.ingest.tile_rules import (
    Box,
    check_tile,
    get_places,
    make_intersection,
    make_resolutions,
    make_union,
)
from byocplan.emulator.service.cover import MAX_POINTS, count_points, make_read_back_cover, make_transformer
from byocplan.emulator.service.tile_json import encode_default_cover
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.again import forget
from byocplan.emulator.store.collections import Collection, find_collection_row, mark_dirty, write_collection
from byocplan.emulator.store.tiles import TileRow, has_path, read_tiles, update_tile

WGS84 = 4326


def encode_files(files: Mapping[str, StoredObject], facts: tuple[FileFacts, ...]) -> str:
    """Return ``filesMetadata``; a file that was not read has no header size."""
    sizes = {each.source: {"headerSize": each.header.header_size} for each in facts}
    return json.dumps({source: sizes.get(source, {}) | {"etag": each.etag} for source, each in files.items()})


def make_degrees(box: Box, epsg: int) -> Box:
    """Return a box in degrees, all longitudes when it crosses the antimeridian."""
    west, south, east, north = make_transformer(epsg, WGS84).transform_bounds(*box)
    return (-180.0, south, 180.0, north) if west > east else (west, south, east, north)


def make_cover(tile: TileRow, placed: TileRow, common: Box, box: Box) -> str | None:
    """Return the cover geometry as read back: the user's, or the files' intersection; none when that is the box."""
    if tile.cover84 is not None:
        return make_read_back_cover(tile.cover84, placed.epsg or WGS84, tile.seq)
    if common == box:
        return None
    return encode_default_cover(placed.epsg or WGS84, common)


def make_ingested_columns(tile: TileRow, reading: Reading) -> dict[str, object]:
    """Return the columns that a full check fills."""
    places = get_places(reading.facts)
    box, common, epsg = make_union(places), make_intersection(places), places[0].epsg or WGS84
    placed = tile._replace(epsg=epsg, west=box[0], south=box[1], east=box[2], north=box[3])
    degrees = make_degrees(box, epsg)
    finest, coarsest = make_resolutions(reading.facts)
    return {
        "epsg": epsg, "west": box[0], "south": box[1], "east": box[2], "north": box[3],
        "lon0": degrees[0], "lat0": degrees[1], "lon1": degrees[2], "lat1": degrees[3],
        "min_mpp": finest, "max_mpp": coarsest, "cover": make_cover(tile, placed, common, box),
    }  # fmt: skip


def make_unread_columns(tile: TileRow) -> dict[str, object]:
    """Return the columns of a tile whose files nobody read: only the user's cover geometry tells its place."""
    if tile.cover84 is None:
        return {}
    geometry = json.loads(tile.cover84)
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    points = [point for rings in polygons for ring in rings for point in ring]
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    return {
        "epsg": WGS84, "west": west, "south": south, "east": east, "north": north,
        "lon0": west, "lat0": south, "lon1": east, "lat1": north,
        "cover": make_read_back_cover(tile.cover84, WGS84, tile.seq),
    }  # fmt: skip


def find_causes(state: EmulatorState, tile: TileRow, collection: Collection, reading: Reading) -> tuple[str, ...]:
    """Return everything that keeps a tile from being ingested."""
    causes = reading.causes
    if not causes and reading.facts:
        causes = tuple(check_tile(reading.facts, collection.bands))
    if tile.cover84 is not None and count_points(json.loads(tile.cover84)) > MAX_POINTS:
        causes = (*causes, f"cover geometry: it can have no more than {MAX_POINTS} points.")
    taken = reading.path != tile.path and has_path(state.database, tile.cid, reading.path, tile.seq)
    if taken and state.settings.assumptions.expanded_duplicate == "fail":
        causes = (*causes, f"path: a tile with path {reading.path} already exists.")
    return causes


def configure(state: EmulatorState, collection: Collection, facts: tuple[FileFacts, ...]) -> None:
    """Let the first ingested tile configure the collection, and later ones fill in missing sample formats."""
    is_first = not state.database.read_all(
        "SELECT 1 FROM tile WHERE cid = ? AND status = 'INGESTED' LIMIT 1", (collection.cid,)
    )
    configured = configure_collection(collection, facts)
    configured = add_no_data(configured, facts) if is_first else configured
    if configured != collection:
        write_collection(state.database, configured)


def finish_tile(state: EmulatorState, tile: TileRow, reading: Reading) -> None:
    """Write the end of one tile's ingestion, unless the tile was deleted or started again meanwhile."""
    with state.database.transaction():
        rows = read_tiles(state.database, "WHERE seq = ? AND generation = ?", (tile.seq, tile.generation))
        collection = find_collection_row(state.database, tile.cid)
        if not rows or collection is None:
            return
        current = rows[0]
        causes = find_causes(state, current, collection, reading)
        changes: dict[str, Any] = {"status": "FAILED", "cause": " ".join(causes)}
        if not causes:
            if reading.facts:
                configure(state, collection, reading.facts)
            columns = make_ingested_columns(current, reading) if reading.facts else make_unread_columns(current)
            files = encode_files(reading.files, reading.facts) if reading.files else None
            changes = {"status": "INGESTED", "cause": None, "path": reading.path, "files": files} | columns
        # Until now a tile that is ingested again may have shown how it ended before, and when that began.
        forget(state.database, tile.seq)
        update_tile(state.database, tile.seq, changes | {"started_us": tile.started_us})
        mark_dirty(state.database, tile.cid, state.clock.now_us())
