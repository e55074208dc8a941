"""Tiles that sources give in, CSV or GeoJSON out, piece by piece. Pure: nothing is held but a tile."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from byocplan.model.instant import format_instant
from byocplan.view.clean import clean
from byocplan.view.json_text import encode_json_line
from byocplan.view.live_tiles import LONGEST, make_geometry
from byocplan.view.row_text import iter_list, render_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.sets import FoundTile

NAMES = ("address", "source", "path", "sensingTime", "complete", "missing", "cover")


def iter_found_csv(tiles: Iterable[FoundTile]) -> Iterator[str]:
    """Yield a head and a row a tile, its values unaltered; bands are parted by blanks."""
    yield render_row(NAMES)
    for tile in tiles:
        yield render_row(_make_row(tile))


def iter_shown_found_csv(tiles: Iterable[FoundTile]) -> Iterator[str]:
    """Yield the same for a screen or a log: what these would obey is an escape."""
    yield render_row(NAMES)
    for tile in tiles:
        *texts, cover = _make_row(tile)
        # A cover that is cut is none.
        yield render_row((*(clean(text, LONGEST) for text in texts), clean(cover, sys.maxsize)))


def _make_row(tile: FoundTile) -> tuple[str, ...]:
    time = _make_plain(tile)["sensingTime"] or ""
    return tile.address, tile.source, tile.path, time, _tell(tile), " ".join(tile.missing), tile.cover or ""


def iter_found_geojson(tiles: Iterable[FoundTile]) -> Iterator[str]:
    """Yield a FeatureCollection, a feature a line; geometries in CRS84, null where the source gives no cover."""
    features = (
        encode_json_line({"type": "Feature", "geometry": make_geometry(tile.cover), "properties": _make_plain(tile)})
        for tile in tiles
    )
    yield from iter_list('{"type": "FeatureCollection", "features": [', features, "]}\n")


def _tell(tile: FoundTile) -> str:
    return "true" if tile.is_complete else "false"


def _make_plain(tile: FoundTile) -> dict[str, Any]:
    sensed = tile.sensing_time_ms
    return {
        "address": tile.address,
        "source": tile.source,
        "path": tile.path,
        "sensingTime": None if sensed is None else format_instant(sensed),
        "complete": tile.is_complete,
        "missing": list(tile.missing),
    }
