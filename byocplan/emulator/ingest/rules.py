"""The documented rules of ingestion for one file: facts in, causes of failure in words out. Pure.

Source: BYOC documentation, "Converting to COG" and "Requirements for COG files".
"""

import math
from collections.abc import Callable, Iterator

from byocplan.emulator.ingest.facts import FileFacts
from byocplan.emulator.ingest.tiff import COMPRESSION, PHOTOMETRIC
from byocplan.emulator.service.cover import make_transformer
from byocplan.emulator.settings import Assumptions

MIN_BLOCK, MAX_BLOCK = 256, 2048
MAX_BANDS, MAX_CHUNKY_BANDS = 100, 10
NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS, ZSTD = 1, 5, 8, 32946, 32773, 50000
SUPPORTED = {NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS, ZSTD, 50013}
ANY_PHOTOMETRIC = {NONE, DEFLATE, OLD_DEFLATE, ZSTD, 50013}
COMPRESSION_NAMES = {
    2: "CCITT RLE", 3: "CCITT FAX3", 4: "CCITT FAX4", 6: "JPEG", 7: "JPEG", 34712: "JPEG 2000", 34887: "LERC",
    34925: "LZMA", 50001: "WEBP", 50002: "JPEG XL",
}  # fmt: skip
SAMPLES = {("UINT", 8), ("INT", 8), ("UINT", 16), ("INT", 16), ("FLOAT", 32)}
INTEGERS_32 = {("UINT", 32), ("INT", 32)}
SMALL_BITS = {1, 2, 4}
Rule = Callable[[FileFacts, Assumptions], Iterator[str]]


UTM_ZONES = (range(32601, 32661), range(32701, 32761))


def is_projection(epsg: int | None) -> bool:
    """Return whether files may be in this CRS: WGS84, web mercator, LAEA Europe and the UTM zones of WGS84."""
    return epsg in {4326, 3857, 3035} or any(epsg in zones for zones in UTM_ZONES)


def check_header_size(facts: FileFacts, assumptions: Assumptions) -> Iterator[str]:
    """Check that the header does not exceed one megabyte."""
    if facts.header.header_size > assumptions.header_limit_bytes:
        yield f"header size: the COG header has {facts.header.header_size} bytes and must not exceed one megabyte."


def check_blocks(facts: FileFacts, assumptions: Assumptions) -> Iterator[str]:
    """Check that all images are tiled, with internal tiles of 256 to 2048 pixels; the first one that is not is told."""
    for index, image in enumerate(facts.header.images):
        if image.block is None:
            yield f"tiling: the image at index {index} has strips; only internally tiled files are supported."
            return
        lowest = 1 if index and assumptions.small_overview_blocks == "accept" else MIN_BLOCK
        if not all(lowest <= side <= MAX_BLOCK for side in image.block):
            yield f"Ensure tiles of image at index {index} have width and height between {MIN_BLOCK} and {MAX_BLOCK}."
            return


def check_layout(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """Check that the header stands before the data, as in every COG."""
    starts = [image.first_byte for image in facts.header.images if image.first_byte is not None]
    if starts and facts.main.offset > min(starts):
        yield "layout: the file is not cloud optimized; its main image directory must stand before the data."


def check_length(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """Every block must lie within the file."""
    end = max(image.last_byte for image in facts.header.images)
    if end > facts.size:
        yield f"truncated: the blocks reach byte {end} of a file of {facts.size} bytes."


def check_compression(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """Deflate, zlib, ZSTD, packbits, LZW or none; photometrics other than 1 and 2 with few of them."""
    reported = set()
    for image in facts.header.images:
        code = image.get_tag(COMPRESSION, NONE)
        photometric = image.get_tag(PHOTOMETRIC, 1)
        if code not in SUPPORTED and code not in reported:
            reported.add(code)
            name = COMPRESSION_NAMES.get(code, f"code {code}")
            yield f"compression: {name} is not supported; use DEFLATE, ZSTD, PACKBITS, LZW or none."
        elif code in SUPPORTED - ANY_PHOTOMETRIC and photometric not in {1, 2} and not image.is_mask:
            yield f"photometric: interpretation {photometric} is only supported with no, deflate or zstd compression."
            return


def check_projection(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """WGS84, web mercator, UTM or LAEA Europe."""
    if facts.place is None:
        yield "projection: the file has no geographic reference (no tie point and pixel scale)."
    elif not is_projection(facts.place.epsg):
        name = f"EPSG:{facts.place.epsg}" if facts.place.epsg else "the coordinate system of the file"
        yield f"projection: {name} is not supported; use EPSG:4326, EPSG:3857, EPSG:3035 or a UTM zone of WGS84."


def check_orientation(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """North is up and nothing is rotated."""
    if facts.place is None:
        return
    a, b, _c, d, e, _f = facts.place.transform
    if b or d:
        yield "orientation: rotated files are not supported."
    elif a <= 0 or e >= 0:
        yield "orientation: the file must have north up (its rows must run from north to south)."


def check_poles(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """No pole lies within the file."""
    if facts.place is None or facts.place.epsg is None or not is_projection(facts.place.epsg):
        return
    west, south, east, north = facts.place.box
    for latitude in (90.0, -90.0):
        x, y = make_transformer(4326, facts.place.epsg).transform(0.0, latitude)
        if facts.place.epsg == 4326:  # noqa: PLR2004
            crosses = south < -90 or north > 90  # noqa: PLR2004
        else:
            crosses = math.isfinite(x) and math.isfinite(y) and west < x < east and south < y < north
        if crosses:
            yield "pole: the COG must not cross any of the two poles."
            return


def check_samples(facts: FileFacts, assumptions: Assumptions) -> Iterator[str]:
    """INT8, UINT8, INT16, UINT16, FLOAT32, and unsigned integers of 1, 2 and 4 bits."""
    if facts.place is None or (facts.sample_format == "UINT" and facts.file_bits in SMALL_BITS):
        return
    # GDAL reads 12 bits as 16 and FLOAT16 as FLOAT32; the file has what it has.
    kind = (facts.sample_format, facts.file_bits)
    if kind in SAMPLES or (kind in INTEGERS_32 and assumptions.int32_samples == "accept"):
        return
    name = f"{facts.sample_format}{facts.file_bits}"
    yield f"sample type: {name} is not supported; use INT8, UINT8, INT16, UINT16 or FLOAT32."


def check_bands(facts: FileFacts, _: Assumptions) -> Iterator[str]:
    """At most 100 bands, at most 10 when the bands of a pixel lie together."""
    if facts.bands > MAX_BANDS:
        yield f"bands: the file has {facts.bands} bands and must not have more than {MAX_BANDS}."
    elif facts.is_chunky and facts.bands > MAX_CHUNKY_BANDS:
        yield (
            f"interleave: the file has {facts.bands} bands in chunky (pixel) format, which allows at most "
            f"{MAX_CHUNKY_BANDS}; use planar format."
        )


RULES: tuple[Rule, ...] = (
    check_layout, check_length, check_header_size, check_blocks, check_compression, check_projection, check_orientation,
    check_poles, check_samples, check_bands,
)  # fmt: skip


def check_file(facts: FileFacts, assumptions: Assumptions) -> list[str]:
    """Return every rule that a file breaks, in words."""
    return [cause for rule in RULES for cause in rule(facts, assumptions)]
