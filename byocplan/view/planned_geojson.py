"""A plan in, GeoJSON of the tiles that it writes out, piece by piece. Reads the plan's tiles; nothing is held."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from byocplan.geometry import make_lonlat_geometry
from byocplan.model.change import WRITES
from byocplan.view.json_text import encode_json_line
from byocplan.view.sensed import make_sensed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.plan import Plan


def iter_planned_geojson(plan: Plan) -> Iterator[str]:
    """Yield a FeatureCollection, a feature a line; geometries in CRS84, null where no cover is known.

    Behind the features stand ``counts`` by action, and ``without_geometry`` of those with null.
    """
    counts: Counter[str] = Counter()
    unplaced: Counter[str] = Counter()
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for address, change in _iter_writes(plan):
        geometry = make_lonlat_geometry(change.cover) if change.cover else None
        counts[change.action.value] += 1
        unplaced[change.action.value] += geometry is None
        yield separator + encode_json_line(_make_feature(address, change, geometry))
        separator = ",\n"
    yield f'\n], "counts": {_encode(counts)}, "without_geometry": {_encode(unplaced)}}}\n'


def _iter_writes(plan: Plan) -> Iterator[tuple[Address, TileChange]]:
    for part in plan.collections:
        if part.tiles is not None:
            for action in WRITES:
                yield from ((part.address, change) for change in part.tiles.iter_changes(action))


def _make_feature(address: Address, change: TileChange, geometry: dict[str, object] | None) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "collection": str(address),
            "action": change.action.value,
            "path": change.path,
            "id": change.id,
            **make_sensed(change),
            "reason": change.reason.value,
        },
    }


def _encode(counts: Counter[str]) -> str:
    return encode_json_line({action.value: counts[action.value] for action in WRITES})
