"""The facts of one image of a file: a directory in, an ``Image`` out. Pure over the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import add
from typing import TYPE_CHECKING

from byocplan.cog import tags
from byocplan.cog.directory import read_numbers, read_text
from byocplan.cog.place import GeoFields, find_place
from byocplan.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.cog.directory import Directory, Layout
    from byocplan.cog.place import Place
    from byocplan.cog.window import Window

SAMPLE_KINDS = {1: "UINT", 2: "INT", 3: "FLOAT", 4: "UINT", 5: "COMPLEX", 6: "COMPLEX"}
CHUNKY = 1


class Role(StrEnum):
    """What an image is in its file."""

    MAIN = "main"
    OVERVIEW = "overview"
    MASK = "mask"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a file.

    ``block`` is width and height of its internal tiles, None for strips. ``bits`` and ``kinds`` hold what its samples
    have, each once. ``first_byte`` and ``last_byte`` are where its data begins and ends, None and 0 when all of
    it is left out; ``blocks`` is how many the directory lists. ``no_data`` is GDAL's text. ``place`` is known of the
    main image alone.
    """

    offset: int
    role: Role
    size: tuple[int, int]
    block: tuple[int, int] | None
    compression: int
    photometric: int
    bands: int
    is_chunky: bool
    bits: tuple[int, ...]
    kinds: tuple[str, ...]
    first_byte: int | None
    last_byte: int
    blocks: int
    no_data: str | None
    place: Place | None

    @property
    def bit_depth(self) -> int:
        """Bits of a sample as the service counts: files of 1, 2 and 4 bits are read as 8."""
        return max(8, *self.bits)

    @property
    def kind(self) -> str:
        """``UINT``, ``INT``, ``FLOAT`` or ``COMPLEX``."""
        return self.kinds[0]


def read_image(window: Window, layout: Layout, directory: Directory, *, is_first: bool) -> Image:
    """Return the facts of the image that a directory describes. Raises FileError when it lacks what every image has."""

    def get(tag: int) -> tuple[int, ...]:
        return tuple(map(int, read_numbers(window, layout, directory, tag)))

    size = (_get_one(get(tags.IMAGE_WIDTH), 0), _get_one(get(tags.IMAGE_LENGTH), 0))
    if not all(size):
        raise FileError("format", f"the image directory at byte {directory.offset:,} names no width and height")
    starts = get(tags.TILE_OFFSETS) or get(tags.STRIP_OFFSETS)
    lengths = get(tags.TILE_BYTE_COUNTS) or get(tags.STRIP_BYTE_COUNTS)
    return Image(
        offset=directory.offset,
        role=Role.MAIN if is_first else _make_role(get),
        size=size,
        block=_find_block(get),
        compression=_get_one(get(tags.COMPRESSION), tags.UNCOMPRESSED),
        photometric=_get_one(get(tags.PHOTOMETRIC), 1),
        bands=_get_one(get(tags.SAMPLES_PER_PIXEL), 1),
        is_chunky=_get_one(get(tags.PLANAR_CONFIGURATION), CHUNKY) == CHUNKY,
        bits=tuple(sorted(set(get(tags.BITS_PER_SAMPLE) or (1,)))),
        kinds=tuple(sorted({SAMPLE_KINDS.get(code, "UINT") for code in get(tags.SAMPLE_FORMAT) or (1,)})),
        # A block at byte 0 is left out of the file: nothing but the header is there.
        first_byte=min(filter(None, starts), default=None),
        last_byte=max(map(add, starts, lengths), default=0),
        blocks=len(starts),
        no_data=read_text(window, layout, directory, tags.GDAL_NODATA),
        place=find_place(_read_geo_fields(window, layout, directory), size) if is_first else None,
    )


def _get_one(values: tuple[int, ...], default: int) -> int:
    return values[0] if values else default


def _make_role(get: Callable[[int], tuple[int, ...]]) -> Role:
    subfile = _get_one(get(tags.NEW_SUBFILE_TYPE), 0)
    if subfile & tags.MASK:
        return Role.MASK
    if subfile & tags.REDUCED or _get_one(get(tags.SUBFILE_TYPE), 0) == tags.OLD_REDUCED:
        return Role.OVERVIEW
    return Role.PAGE


def _find_block(get: Callable[[int], tuple[int, ...]]) -> tuple[int, int] | None:
    width, height = get(tags.TILE_WIDTH), get(tags.TILE_LENGTH)
    return (width[0], height[0]) if width and height else None


def _read_geo_fields(window: Window, layout: Layout, directory: Directory) -> GeoFields:
    return GeoFields(
        *(
            read_numbers(window, layout, directory, tag)
            for tag in (
                tags.GEO_KEY_DIRECTORY,
                tags.MODEL_PIXEL_SCALE,
                tags.MODEL_TIE_POINT,
                tags.MODEL_TRANSFORMATION,
            )
        )
    )
