"""Tile sets in, pandas and geopandas tables out, a column at a time. The only place that knows both libraries."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from byocplan.cli.extras import check_extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from pandas import DataFrame, Series

    from byocplan.model.change import TileAction
    from byocplan.model.plan import Plan
    from byocplan.sets import LiveTiles

    Columns = Mapping[str, NDArray[Any]]

EXTRA = "notebook"
COVER = "cover"
#: Few texts that many rows have.
CATEGORIES = ("address", "action", "reason", "status")
#: The columns of changes, for plans without tiles.
CHANGE_TYPES = {
    "action": "object",
    "reason": "object",
    "path": "object",
    "group": "object",
    "sensingTime": "datetime64[us]",
    "liveSensingTime": "datetime64[us]",
    "id": "object",
    "alsoReingest": "bool",
}


def check_frames(*, geometry: Literal["auto"] | bool) -> bool:
    """Return whether tables have geometries. Raises MissingExtraError where what makes them is not installed."""
    check_extra(EXTRA, *(("pandas", "geopandas") if geometry is True else ("pandas",)))
    return find_spec("geopandas") is not None if geometry == "auto" else geometry


def make_live_frame(live: LiveTiles, *, has_geometry: bool) -> DataFrame:
    """Return a finished live tile set, one row a tile, in order of path."""
    return _make_frame(live.get_columns(with_cover=has_geometry))


def make_change_frame(plan: Plan, actions: Sequence[TileAction], *, has_geometry: bool) -> DataFrame:
    """Return the tiles of a plan whose sets are open, by address, action and path."""
    import numpy as np

    from byocplan.sets import Comparison

    types = {**CHANGE_TYPES, COVER: "object"} if has_geometry else CHANGE_TYPES
    parts: list[Columns] = [
        {"address": np.empty(0, object), **{name: np.empty(0, kind) for name, kind in types.items()}}
    ]
    for part in sorted(plan.collections, key=lambda part: part.address):
        if isinstance(part.tiles, Comparison):
            columns = part.tiles.get_columns(actions, with_cover=has_geometry)
            address = np.full(len(columns["path"]), str(part.address), object)
            parts.append({"address": address, **columns})
    return _make_frame({name: np.concatenate([columns[name] for columns in parts]) for name in parts[0]})


def _make_frame(columns: Columns) -> DataFrame:
    """Return the table of columns; times become UTC, covers a geometry."""
    import numpy as np
    import pandas as pd

    # The same for every version of pandas, and for a column in which no text is there.
    text = pd.StringDtype(na_value=np.nan)
    frame = pd.DataFrame({name: column for name, column in columns.items() if name != COVER})
    for name in frame.columns:
        if columns[name].dtype.kind == "M":
            frame[name] = frame[name].dt.tz_localize("UTC")
        elif columns[name].dtype.kind == "O":
            frame[name] = frame[name].astype("category" if name in CATEGORIES else text)
    return _add_geometry(frame, pd.Series(columns[COVER], dtype=object)) if COVER in columns else frame


def _add_geometry(frame: DataFrame, covers: Series[Any]) -> DataFrame:
    """Return the table with geometries; each cover that is there is read once, however many tiles have it."""
    import geopandas
    import numpy as np

    from byocplan.geometry import make_lonlat_shapes

    codes, known = covers.factorize()
    shapes = np.full(len(known) + 1, None, dtype=object)  # the last one is None, which code -1 stands for
    shapes[:-1] = make_lonlat_shapes(list(known))
    framed: DataFrame = geopandas.GeoDataFrame(frame, geometry=shapes[codes], crs="EPSG:4326")
    return framed
