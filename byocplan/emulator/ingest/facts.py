"""What ingestion knows of one file: header walked by hand, place and samples read by GDAL. Touches memory only."""

from dataclasses import dataclass
from typing import Any

from byocplan.emulator.ingest.tiff import BITS, PLANAR, SAMPLES, Image, TiffError, TiffHeader

SAMPLE_FORMATS = {"u": "UINT", "i": "INT", "f": "FLOAT", "c": "COMPLEX"}
CHUNKY = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: the code of its CRS (none when unknown), its transform (a, b, c, d, e, f) and its box."""

    epsg: int | None
    transform: tuple[float, ...]
    box: tuple[float, float, float, float]

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the CRS."""
        return abs(self.transform[0]), abs(self.transform[4])


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a tile; ``place`` is none when the file says nothing of where it lies."""

    source: str
    size: int
    etag: str
    header: TiffHeader
    place: Place | None
    sample_format: str
    bit_depth: int
    no_data: tuple[float | None, ...]

    @property
    def main(self) -> Image:
        """The full-resolution image."""
        return self.header.images[0]

    @property
    def bands(self) -> int:
        """How many bands the file holds."""
        return self.main.get_tag(SAMPLES, 1)

    @property
    def is_chunky(self) -> bool:
        """True when the bands of a pixel lie together."""
        return self.main.get_tag(PLANAR, CHUNKY) == CHUNKY

    @property
    def file_bits(self) -> int:
        """Bits of a sample as stored: 1, 2 and 4 bit files are read as 8."""
        return self.main.get_tag(BITS, 1)


def read_place(dataset: Any) -> Place:
    """Return where an open dataset lies; a rotated one is refused later, so its box does not matter."""
    a, _b, west, _d, e, north = transform = tuple(dataset.transform)[:6]
    xs, ys = (west, west + a * dataset.width), (north, north + e * dataset.height)
    epsg = dataset.crs.to_epsg() if dataset.crs else None
    return Place(epsg, transform, (min(xs), min(ys), max(xs), max(ys)))


def read_facts(source: str, size: int, etag: str, header: TiffHeader, data: bytes) -> FileFacts:
    """Return the facts of a file from the bytes of its header; raises TiffError when GDAL cannot read them.

    Only the GeoTIFF driver is allowed: a JPEG with another name would open as JPEG.
    """
    import numpy as np
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    # rasterio warns about files without a place, so it is not asked about them.
    if not header.images[0].has_place:
        return FileFacts(source, size, etag, header, None, "UINT", 0, ())
    try:
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", CPL_LOG_ERRORS=False),
            MemoryFile(data) as memory,
            memory.open(driver="GTiff") as dataset,
        ):
            kind = np.dtype(dataset.dtypes[0]) if "complex_int16" not in dataset.dtypes else np.dtype("complex64")
            no_data = tuple(None if value is None else float(value) for value in dataset.nodatavals)
            place = read_place(dataset)
    except RasterioError as problem:
        raise TiffError(f"format: the file cannot be read as a GeoTIFF ({type(problem).__name__}).") from None
    return FileFacts(
        source, size, etag, header, place, SAMPLE_FORMATS.get(kind.kind, "UINT"), kind.itemsize * 8, no_data
    )  # fmt: skip
