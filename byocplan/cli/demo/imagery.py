"""Small real COG files in the key layout of the Sentinel-2 120 m mosaic. Touches the file system through rasterio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

BUCKET = "sentinel-s2-l2a-mosaic-120"
BANDS = ("B02", "B03", "B04", "B08", "B11", "B12", "dataMask")
DATES = ("2019/1/1", "2019/9/28", "2019/11/27")
LATER_DATE = "2019/12/7"

SIZE = 512
METERS_PER_PIXEL = 120.0


@dataclass(frozen=True, slots=True)
class Zone:
    """An MGRS grid zone: where its tile lies. ``left_m`` and ``top_m`` are UTM coordinates of the upper left corner."""

    name: str
    epsg: int
    left_m: float
    top_m: float


ZONES = (
    Zone("28V", 32628, 299_980.0, 7_100_020.0),
    Zone("33T", 32633, 399_960.0, 5_200_020.0),
    Zone("15X", 32615, 399_960.0, 8_100_000.0),
    Zone("21H", 32721, 499_980.0, 6_500_020.0),
)

#: The file that is written wrong: its internal tiles are smaller than the service reads.
BROKEN_KEY = "2019/9/28/33T/B08.tif"


def write_imagery(folder: Path, dates: tuple[str, ...]) -> int:
    """Write every zone of ``dates`` below ``folder``, one file broken; return the number of files."""
    count = 0
    for date in dates:
        for zone in ZONES:
            for band in BANDS:
                write_band(folder, f"{date}/{zone.name}/{band}.tif")
                count += 1
    return count


def write_band(folder: Path, key: str, *, mended: bool = False) -> Path:
    """Write the COG behind ``key``; ``mended`` writes the broken one as it should be."""
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin

    year, month, day, grid, name = key.split("/")
    zone = next(zone for zone in ZONES if zone.name == grid)
    seed = [int(year), int(month), int(day), zone.epsg, BANDS.index(name.removesuffix(".tif"))]
    is_mask = name.startswith("dataMask")
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=SIZE,
        height=SIZE,
        count=1,
        dtype="uint8" if is_mask else "uint16",
        crs=f"EPSG:{zone.epsg}",
        transform=from_origin(zone.left_m, zone.top_m, METERS_PER_PIXEL, METERS_PER_PIXEL),
        compress="DEFLATE",
        blocksize=128 if key == BROKEN_KEY and not mended else 256,
        nodata=None if is_mask else 0,
    ) as file:
        file.write(np.ones((SIZE, SIZE), "uint8") if is_mask else _make_pixels(np.random.default_rng(seed)), 1)
    return path


def _make_pixels(random: np.random.Generator) -> NDArray[np.uint16]:
    """Return hills: smooth enough to compress, different in every file."""
    import numpy as np

    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    waves = np.sum([np.sin(a * x + b * y + c) for a, b, c in random.uniform(2, 14, (5, 3))], axis=0)
    pixels = 1500 + 400 * waves + random.integers(0, 12, (SIZE, SIZE))
    clipped: NDArray[np.uint16] = np.clip(pixels, 1, 10_000).astype(np.uint16)
    return clipped
