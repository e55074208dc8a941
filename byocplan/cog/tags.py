"""The numbers of TIFF, GeoTIFF and GDAL that a header is read by. Pure.

Source: TIFF 6.0; BigTIFF; OGC GeoTIFF 1.1; GDAL's GDAL_NODATA tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEW_SUBFILE_TYPE, SUBFILE_TYPE = 254, 255
IMAGE_WIDTH, IMAGE_LENGTH, BITS_PER_SAMPLE, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES_PER_PIXEL, STRIP_BYTE_COUNTS, PLANAR_CONFIGURATION = 273, 277, 279, 284
TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_BYTE_COUNTS, SAMPLE_FORMAT = 322, 323, 324, 325, 339
MODEL_PIXEL_SCALE, MODEL_TIE_POINT, MODEL_TRANSFORMATION = 33550, 33922, 34264
GEO_KEY_DIRECTORY, GDAL_NODATA = 34735, 42113

MODEL_TYPE_KEY, RASTER_TYPE_KEY, GEOGRAPHIC_KEY, PROJECTED_KEY, PROJECTION_KEY = 1024, 1025, 2048, 3072, 3074
PROJECTED_MODEL, GEOGRAPHIC_MODEL, PIXEL_IS_POINT = 1, 2, 2
#: Projections of UTM zones 1 to 60, north and south, as codes apart from any datum.
UTM_NORTH, UTM_SOUTH = range(16001, 16061), range(16101, 16161)
WGS84 = 4326
#: A code that stands for "described elsewhere" instead of for a system.
USER_DEFINED = 32767

REDUCED, MASK = 1, 4
OLD_REDUCED = 2

#: Bytes of one value and its ``struct`` letter by field type; no letter for what is never read as numbers.
FIELD_TYPES: Mapping[int, tuple[int, str]] = {
    1: (1, "B"), 2: (1, "s"), 3: (2, "H"), 4: (4, "I"), 5: (8, ""), 6: (1, "b"), 7: (1, "s"), 8: (2, "h"),
    9: (4, "i"), 10: (8, ""), 11: (4, "f"), 12: (8, "d"), 13: (4, "I"), 16: (8, "Q"), 17: (8, "q"), 18: (8, "Q"),
}  # fmt: skip

UNCOMPRESSED, LZW, ADOBE_DEFLATE, DEFLATE, PACKBITS, ZSTD, PIXTIFF_ZIP = 1, 5, 8, 32946, 32773, 50000, 50013
COMPRESSIONS: Mapping[int, str] = {
    1: "no compression", 2: "CCITT RLE", 3: "CCITT FAX 3", 4: "CCITT FAX 4", 5: "LZW", 6: "old JPEG", 7: "JPEG",
    8: "DEFLATE", 32773: "PACKBITS", 32946: "DEFLATE", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA",
    50000: "ZSTD", 50001: "WEBP", 50002: "JPEG XL", 50013: "PIXTIFF_ZIP", 52546: "JPEG XL",
}  # fmt: skip
