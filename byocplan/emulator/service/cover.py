"""Cover geometries: refused or kept in CRS84, read back in the tile's CRS. Pure."""

import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from byocplan.emulator.errors import ApiError, make_bad_payload
from byocplan.emulator.service.tile_json import make_noise

if TYPE_CHECKING:
    from pyproj import Transformer

MAX_POINTS = 100
CRS_NAME = re.compile(
    r"(?:urn:ogc:def:crs:)?(?:EPSG:[^:]*:?(?P<code>\d{4,6})|OGC:[^:]*:?CRS84)", re.IGNORECASE | re.ASCII
)
WGS84 = 4326
Ring = list[list[float]]


@lru_cache(maxsize=256)
def make_transformer(source: int, target: int) -> "Transformer":
    """Return the transformation between two EPSG codes, always longitude or easting first."""
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def decode_crs(geometry: dict[str, Any]) -> int:
    """Return the EPSG code of a geometry, 4326 when it names none (or CRS84)."""
    from pyproj.exceptions import CRSError

    crs = geometry.get("crs")
    if crs is None:
        return WGS84
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    match = CRS_NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise make_bad_payload("coverGeometry.crs", "must be named as urn:ogc:def:crs:EPSG::<code>")
    code = int(match["code"] or WGS84)
    try:
        make_transformer(code, WGS84)
    except CRSError:
        raise make_bad_payload("coverGeometry.crs", f"EPSG:{code} is not supported") from None
    return code


def is_position(value: object) -> bool:
    """Return whether a value is a pair (or more) of finite numbers."""
    return (
        isinstance(value, list)
        and len(value) >= 2  # noqa: PLR2004
        and all(
            isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part) for part in value[:2]
        )
    )


def is_ring(value: object) -> bool:
    """Return whether a value is a closed ring of at least four positions."""
    return isinstance(value, list) and len(value) >= 4 and all(map(is_position, value)) and value[0] == value[-1]  # noqa: PLR2004


def get_polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    """Return the polygons of a Polygon or MultiPolygon, or raise the 400."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise make_bad_payload("coverGeometry.type", "must be Polygon or MultiPolygon")
    polygons: Any = [coordinates] if kind == "Polygon" else coordinates
    sound = isinstance(polygons, list) and polygons and all(isinstance(rings, list) and rings for rings in polygons)
    if not sound or not all(is_ring(ring) for rings in polygons for ring in rings):
        raise make_bad_payload("coverGeometry.coordinates", "must be closed rings of at least four positions")
    found: list[list[Ring]] = polygons
    return found


def count_points(geometry: dict[str, Any]) -> int:
    """Return how many points a geometry has, closing points counted."""
    return sum(len(ring) for rings in get_polygons(geometry) for ring in rings)


def refuse_many_points(geometry: dict[str, Any]) -> None:
    """Raise the 400 for more than 100 points."""
    if count_points(geometry) > MAX_POINTS:
        raise ApiError(400, f"Cover geometry can have no more than {MAX_POINTS} points.")


def transform_geometry(geometry: dict[str, Any], source: int, target: int, seq: int | None = None) -> dict[str, Any]:
    """Return type and coordinates in another CRS, with the reprojection noise of tile ``seq`` if one is given."""
    transform = make_transformer(source, target).transform

    def make_point(point: list[float], corner: int) -> list[float]:
        x, y = point[:2]
        new_x, new_y = (float(x), float(y)) if source == target else transform(x, y)
        if not (math.isfinite(new_x) and math.isfinite(new_y)):
            raise make_bad_payload("coverGeometry.coordinates", f"({x}, {y}) lies outside EPSG:{target}")
        if seq is None:
            return [new_x, new_y]
        return [new_x + make_noise(seq, corner, target), new_y + make_noise(seq, corner + 1, target)]

    polygons = []
    for rings in get_polygons(geometry):
        moved = [[make_point(point, 2 * number) for number, point in enumerate(ring[:-1])] for ring in rings]
        polygons.append([[*ring, ring[0]] for ring in moved])
    multiple = geometry["type"] == "MultiPolygon"
    return {"type": geometry["type"], "coordinates": polygons if multiple else polygons[0]}


def make_stored_cover(geometry: dict[str, Any]) -> str:
    """Return what the service keeps of a cover geometry: CRS84. Raises the 400 for anything it cannot read."""
    return json.dumps(transform_geometry(geometry, decode_crs(geometry), WGS84))


def make_read_back_cover(stored: str, epsg: int, seq: int) -> str:
    """Return the JSON of a stored cover geometry in the tile's CRS, as the API shows it."""
    moved = transform_geometry(json.loads(stored), WGS84, epsg, seq)
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    return json.dumps({"type": moved["type"], "crs": crs, "coordinates": moved["coordinates"]})
