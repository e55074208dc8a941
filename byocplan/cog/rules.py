"""The documented rules for one file: a header in, what it breaks out. Pure.

Source of all of them: BYOC documentation, "COG requirements"; functions name what they add. What no document settles
is judged as the likelier answer and said in the docs of preflight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.cog import tags
from byocplan.cog.image import Role
from byocplan.cog.place_rules import check_orientation, check_poles, check_projection
from byocplan.model.preflight import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.cog.header import Header
    from byocplan.cog.image import Image

SMALLEST_BLOCK, LARGEST_BLOCK = 256, 2048
MOST_BANDS, MOST_CHUNKY_BANDS = 100, 10
SUPPORTED = frozenset(
    {
        tags.UNCOMPRESSED,
        tags.LZW,
        tags.ADOBE_DEFLATE,
        tags.DEFLATE,
        tags.PACKBITS,
        tags.ZSTD,
        tags.PIXTIFF_ZIP,
    }
)
#: With these, any photometric interpretation is supported.
PLAIN = SUPPORTED - {tags.LZW, tags.PACKBITS}
BLACK_IS_ZERO, RGB = 1, 2
#: Of signed, unsigned and floating samples, the bits that can be read. 32 bit integers are in the API's enumeration of
#: depths, not among the documented sample types.
SAMPLES = frozenset(
    {("UINT", 1), ("UINT", 2), ("UINT", 4), ("UINT", 8), ("INT", 8), ("UINT", 16), ("INT", 16), ("FLOAT", 32)}
)
#: Source: the same, "as many overview levels as necessary for the entire source image to fit on one 1024x1024 tile".
FITS_PX = 1024


@dataclass(frozen=True, slots=True)
class Rule:
    """``says`` is the rule in words; ``check`` yields what a header has instead."""

    name: str
    says: str
    check: Callable[[Header], Iterator[str]]
    is_advice: bool = False


def check_layout(header: Header) -> Iterator[str]:
    """Yield when the main directory stands behind image data, as in no COG."""
    starts = [image.first_byte for image in header.images if image.first_byte is not None]
    if starts and header.main.offset > min(starts):
        yield f"the main directory is at byte {header.main.offset:,}, the data begins at byte {min(starts):,}"


def check_length(header: Header) -> Iterator[str]:
    """Yield when data would lie behind the end of the file: GDAL opens such a file without a word."""
    end = max(image.last_byte for image in header.images)
    if end > header.file_bytes:
        yield f"the data goes on to byte {end:,} of a file of {header.file_bytes:,} bytes"


def check_blocks(header: Header) -> Iterator[str]:
    """Yield for images in strips, and for a main image with internal tiles that are too small or too large."""
    for index, image in enumerate(header.images):
        if image.block is None:
            yield f"image {index} has strips instead of internal tiles"
            return
        smallest = SMALLEST_BLOCK if image.role is Role.MAIN else 1
        if not all(smallest <= side <= LARGEST_BLOCK for side in image.block):
            yield f"image {index} has internal tiles of {image.block[0]} x {image.block[1]}"
            return


def check_block_count(header: Header) -> Iterator[str]:
    """Yield when a directory lists another number of blocks than its size asks for."""
    for index, image in enumerate(header.images):
        wanted = _count_blocks(image)
        if image.block and image.blocks != wanted:
            yield f"image {index} lists {image.blocks:,} internal tiles and needs {wanted:,}"
            return


def check_compression(header: Header) -> Iterator[str]:
    """Yield each compression that is not supported."""
    for code in sorted({image.compression for image in header.images} - SUPPORTED):
        yield f"{tags.COMPRESSIONS.get(code, f'code {code}')} is not supported"


def check_photometric(header: Header) -> Iterator[str]:
    """Yield for an interpretation that its compression does not go with."""
    for image in header.images:
        is_odd = image.photometric not in (BLACK_IS_ZERO, RGB) and image.role is not Role.MASK
        if is_odd and image.compression in SUPPORTED - PLAIN:
            yield f"interpretation {image.photometric} with {tags.COMPRESSIONS[image.compression]}"
            return


def check_samples(header: Header) -> Iterator[str]:
    """Yield for samples of a type or depth that cannot be read, and for bands that differ in it."""
    main = header.main
    if len(main.bits) > 1 or len(main.kinds) > 1:
        yield "its bands have different sample types"
    elif (main.kind, main.bits[0]) not in SAMPLES:
        yield f"{main.kind}{main.bits[0]} is not supported"


def check_bands(header: Header) -> Iterator[str]:
    """Yield for too many bands; fewer are allowed when the samples of a pixel lie together."""
    if header.main.bands > MOST_BANDS:
        yield f"{header.main.bands} bands"
    elif header.main.is_chunky and header.main.bands > MOST_CHUNKY_BANDS:
        yield f"{header.main.bands} bands in chunky (pixel) interleave; write planar (band) interleave"


def advise_overviews(header: Header) -> Iterator[str]:
    """Yield for a large image without overviews, and for a last overview that is still large."""
    last = header.overviews[-1] if header.overviews else header.main
    if max(last.size) > FITS_PX:
        what = "the smallest overview has" if header.overviews else "there is no overview of"
        yield f"{what} {last.size[0]:,} x {last.size[1]:,} pixels"


def advise_overview_blocks(header: Header) -> Iterator[str]:
    """Yield for overviews with small internal tiles, as GDAL makes them by itself.

    Source: BYOC documentation speaks of "the internal tile size"; one failure of an overview is on record.
    """
    for image in header.overviews:
        if image.block and min(image.block) < SMALLEST_BLOCK:
            yield f"an overview has internal tiles of {image.block[0]} x {image.block[1]}"
            return


def _count_blocks(image: Image) -> int:
    """Return how many internal tiles cover an image."""
    if not image.block or not all(image.block):
        return 0
    across, down = (-(-side // block) for side, block in zip(image.size, image.block, strict=True))
    return across * down * (1 if image.is_chunky else image.bands)


RULES: tuple[Rule, ...] = (
    Rule("layout", "the header stands before the data", check_layout),
    Rule("truncated", "all data lies within the file", check_length),
    Rule("blocks", "internal tiles of 256 x 256 to 2048 x 2048 pixels", check_blocks),
    Rule("format", "a sound TIFF file", check_block_count),
    Rule("compression", "DEFLATE, ZSTD, LZW, PACKBITS or none", check_compression),
    Rule("photometric", "other than 1 and 2 (RGB) only with DEFLATE, ZSTD or no compression", check_photometric),
    Rule("samples", "UINT8, INT8, UINT16, INT16, FLOAT32, or UINT of 1, 2 and 4 bits", check_samples),
    Rule("bands", "at most 100 bands, 10 in chunky interleave", check_bands),
    Rule("projection", "EPSG:4326, 3857, 3035 or a UTM zone of WGS84", check_projection),
    Rule("orientation", "north is up and nothing is rotated", check_orientation),
    Rule("poles", "no pole lies in the file", check_poles),
    Rule("overviews", "overviews down to 1024 x 1024 pixels", advise_overviews, is_advice=True),
    Rule(
        "overview-blocks", "overviews too have internal tiles of 256 and more", advise_overview_blocks, is_advice=True
    ),
)


def check_header(header: Header) -> tuple[Finding, ...]:
    """Return everything that a file breaks or is advised against, in the order of the rules."""
    return tuple(Finding(rule.name, text, rule.is_advice) for rule in RULES for text in rule.check(header))
