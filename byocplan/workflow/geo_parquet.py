"""Tiles of a set in, a GeoParquet file out. Touches temporary files and the file it is given."""

from __future__ import annotations

import shutil
from typing import IO, TYPE_CHECKING

from byocplan.geometry import WkbColumn
from byocplan.sets.geo_parquet import GEOMETRY

if TYPE_CHECKING:
    from byocplan.sets import TileSets
    from byocplan.sets.geo_parquet import GeoParquet


def write_geo_parquet(tiles: GeoParquet, sets: TileSets, into: IO[bytes]) -> None:
    """Write the tiles, with their covers as WKB in longitude and latitude, to an open file. Raises OSError."""
    column = WkbColumn()
    for rows, covers in tiles.iter_covers():
        tiles.add(rows, column.add(covers))
    made = sets.make_path("tiles.parquet")
    tiles.write(str(made), column.make_metadata(GEOMETRY))
    with made.open("rb") as source:
        shutil.copyfileobj(source, into)
