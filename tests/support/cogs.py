"""Small real COG files as bytes, written by rasterio, for tests. In: what the file should be. Out: bytes (touches memory only)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CogOptions:
    """What a test COG looks like; ``origin`` is the upper left corner in units of the CRS, ``size`` is (width, height)."""

    epsg: int = 32633
    origin: tuple[float, float] = (500000.0, 5200000.0)
    size: tuple[int, int] = (64, 64)
    resolution: float = 120.0
    dtype: str = "uint16"
    bands: int = 1
    nodata: float | None = None
    compress: str = "DEFLATE"
    blocksize: int = 256
    interleave: str = "PIXEL"
    fill: int = 1


def make_pixels(options: CogOptions) -> NDArray[Any]:
    """Return (bands, height, width) pixels: a ramp that starts at ``fill``, so that files differ by their fill."""
    width, height = options.size
    ramp = (np.arange(width * height) + options.fill) % 251
    return np.stack([ramp.reshape(height, width)] * options.bands).astype(options.dtype)


def make_layout(options: CogOptions) -> dict[str, Any]:
    """Return the driver and its options; the COG driver of older GDAL writes no planar files, so those are tiled GeoTIFF."""
    if options.interleave == "PIXEL":
        return {"driver": "COG", "BLOCKSIZE": options.blocksize}
    sides = {"BLOCKXSIZE": options.blocksize, "BLOCKYSIZE": options.blocksize}
    return {"driver": "GTiff", "TILED": "YES", "INTERLEAVE": options.interleave, **sides}


def make_cog(**changes: Any) -> bytes:
    """Return a valid COG file; ``changes`` are fields of ``CogOptions`` (bad ones are written as asked)."""
    from affine import Affine
    from rasterio.io import MemoryFile

    options = CogOptions(**changes)
    west, north = options.origin
    with MemoryFile() as memory:
        with memory.open(
            width=options.size[0],
            height=options.size[1],
            count=options.bands,
            dtype=options.dtype,
            crs=f"EPSG:{options.epsg}",
            transform=Affine(options.resolution, 0.0, west, 0.0, -options.resolution, north),
            nodata=options.nodata,
            COMPRESS=options.compress,
            **make_layout(options),
        ) as dataset:
            dataset.write(make_pixels(options))
        return bytes(memory.read())
