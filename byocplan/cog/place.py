"""Where a file lies: GeoTIFF fields in, EPSG code and transform out. Pure.

Source: OGC GeoTIFF 1.1, raster to model space and the GeoKeyDirectory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.cog import tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A system and how pixels lie in it; ``epsg`` is None for a system without a code.

    ``transform`` (a, b, c, d, e, f) takes corners of pixels: x = a·column + b·row + c, y = d·column + e·row + f.
    ``size`` is width and height in pixels.
    """

    epsg: int | None
    transform: tuple[float, float, float, float, float, float]
    size: tuple[int, int]

    @property
    def box(self) -> Box:
        """West, south, east, north in units of the system; of a rotated file only the unrotated part."""
        a, _b, west, _d, e, north = self.transform
        xs, ys = (west, west + a * self.size[0]), (north, north + e * self.size[1])
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the system."""
        return abs(self.transform[0]), abs(self.transform[4])


@dataclass(frozen=True, slots=True)
class GeoFields:
    """The values of the four fields that place an image; empty for those that are not there."""

    keys: Sequence[float]
    scale: Sequence[float]
    tie_points: Sequence[float]
    matrix: Sequence[float]


def find_place(fields: GeoFields, size: tuple[int, int]) -> Place | None:
    """Return where an image lies, None when its fields do not say."""
    keys = _decode_keys(fields.keys)
    transform = _find_transform(fields)
    if transform is None:
        return None
    if keys.get(tags.RASTER_TYPE_KEY) == tags.PIXEL_IS_POINT:
        a, b, c, d, e, f = transform
        transform = (a, b, c - (a + b) / 2, d, e, f - (d + e) / 2)
    return Place(_find_epsg(keys), transform, size)


def _find_transform(fields: GeoFields) -> tuple[float, float, float, float, float, float] | None:
    """Return the transform; a file should not have both kinds of it, and one that does is read as GDAL reads it."""
    if len(fields.scale) >= 2 and len(fields.tie_points) >= 6:  # noqa: PLR2004 - x, y; and one tie point
        width, height = fields.scale[:2]
        column, row, _, x, y, _ = fields.tie_points[:6]
        return width, 0.0, x - width * column, 0.0, -height, y + height * row
    if len(fields.matrix) >= 16:  # noqa: PLR2004 - a 4 by 4 matrix
        a, b, _, c, d, e, _, f = fields.matrix[:8]
        return a, b, c, d, e, f
    return None


def _decode_keys(values: Sequence[float]) -> Mapping[int, int]:
    """Return the keys whose value stands in the directory itself."""
    entries = (values[start : start + 4] for start in range(4, len(values) - 3, 4))
    return {int(key): int(value) for key, elsewhere, _, value in entries if not elsewhere}


def _find_epsg(keys: Mapping[int, int]) -> int | None:
    model = keys.get(tags.MODEL_TYPE_KEY)
    if model == tags.PROJECTED_MODEL:
        code = keys.get(tags.PROJECTED_KEY) if keys.get(tags.PROJECTED_KEY) != tags.USER_DEFINED else _find_utm(keys)
    elif model == tags.GEOGRAPHIC_MODEL:
        code = keys.get(tags.GEOGRAPHIC_KEY)
    else:
        code = None
    return None if code in (0, tags.USER_DEFINED) else code


def _find_utm(keys: Mapping[int, int]) -> int | None:
    """Return the code of a UTM zone that older software wrote in parts: a datum and a projection."""
    projection = keys.get(tags.PROJECTION_KEY, 0)
    if keys.get(tags.GEOGRAPHIC_KEY) != tags.WGS84:
        return None
    if projection in tags.UTM_NORTH:
        return 32601 + projection - tags.UTM_NORTH.start
    return 32701 + projection - tags.UTM_SOUTH.start if projection in tags.UTM_SOUTH else None
