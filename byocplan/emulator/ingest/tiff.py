"""A TIFF header from growing reads: its size, its images, where their blocks lie. Touches only the reader it is given.

GDAL opens a truncated file without a word and does not tell how large the header is; this does.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FIRST_READ = 16_384
GROWTH = 4
MAX_IFDS = 256
MAX_ENTRIES = 4096
#: Bytes of one value by TIFF field type. Source: TIFF 6.0, BigTIFF.
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
TYPE_CODES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
SAMPLES, PLANAR, TILE_WIDTH, TILE_HEIGHT, SAMPLE_FORMAT = 277, 284, 322, 323, 339
OFFSETS, COUNTS = {273, 324}, {279, 325}
PIXEL_SCALE, TIE_POINTS, TRANSFORMATION = 33550, 33922, 34264
READ_TAGS = {
    SUBFILE,
    WIDTH,
    HEIGHT,
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    SAMPLES,
    PLANAR,
    TILE_WIDTH,
    TILE_HEIGHT,
    SAMPLE_FORMAT,
}


class TiffError(Exception):
    """A file is no TIFF that can be read; the text is the cause of failure."""


class MoreBytesNeededError(Exception):
    """The header goes on beyond the bytes read so far."""

    def __init__(self, end: int) -> None:
        self.end = end
        super().__init__(f"the header needs {end} bytes")


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a TIFF file, by its tags; ``first_byte`` and ``last_byte`` are where its blocks begin and end."""

    offset: int
    tags: dict[int, tuple[int, ...]]
    has_place: bool
    first_byte: int | None
    last_byte: int

    def get_tag(self, tag: int, default: int) -> int:
        """Return the first value of a tag."""
        return self.tags.get(tag, (default,))[0]

    @property
    def is_mask(self) -> bool:
        """True for a transparency mask."""
        return bool(self.get_tag(SUBFILE, 0) & 4)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.get_tag(WIDTH, 0), self.get_tag(HEIGHT, 0)

    @property
    def block(self) -> tuple[int, int] | None:
        """Width and height of the internal tiles, none for strips."""
        if TILE_WIDTH not in self.tags:
            return None
        return self.get_tag(TILE_WIDTH, 0), self.get_tag(TILE_HEIGHT, 0)


@dataclass(frozen=True, slots=True)
class TiffHeader:
    """All images of a file; ``header_size`` is the end of directories, tag data and block arrays."""

    images: tuple[Image, ...]
    header_size: int


class Walker:
    """Walks the directories in bytes read so far, remembering how far the header goes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.end = data, 0
        if len(data) < 8 or data[:2] not in {b"II", b"MM"}:  # noqa: PLR2004
            raise TiffError("format: the file is not a TIFF file.")
        self.order = "<" if data[:2] == b"II" else ">"
        (version,) = self.unpack("H", 2)
        if version not in {42, 43}:
            raise TiffError("format: the file is not a TIFF file.")
        self.big = version == 43  # noqa: PLR2004

    def unpack(self, code: str, offset: int) -> tuple[Any, ...]:
        """Return values at an offset, noting that the header reaches there."""
        end = offset + struct.calcsize("=" + code)
        if end > len(self.data):
            raise MoreBytesNeededError(end)
        self.end = max(self.end, end)
        return struct.unpack_from(self.order + code, self.data, offset)

    def read_values(self, kind: int, count: int, place: int) -> tuple[int, ...]:
        """Return a tag's whole numbers; other kinds only count for the size of the header."""
        length = TYPE_SIZES.get(kind, 1) * count
        if length > (8 if self.big else 4):
            (place,) = self.unpack("Q" if self.big else "I", place)
        if kind not in TYPE_CODES:
            self.end = max(self.end, place + length if length > (8 if self.big else 4) else 0)
            return ()
        return self.unpack(f"{count}{TYPE_CODES[kind]}", place)

    def read_image(self, offset: int) -> tuple[Image, int]:
        """Return the image of one directory and the offset of the next."""
        count_code, entry_size = ("Q", 20) if self.big else ("H", 12)
        (entries,) = self.unpack(count_code, offset)
        if entries > MAX_ENTRIES:
            raise TiffError(f"format: the image directory at byte {offset} is damaged.")
        start = offset + (8 if self.big else 2)
        read: dict[int, tuple[int, ...]] = {}
        seen = set()
        for place in range(start, start + entries * entry_size, entry_size):
            tag, kind, count = self.unpack("HHQ" if self.big else "HHI", place)
            seen.add(tag)
            read[tag] = self.read_values(kind, count, place + (12 if self.big else 8))
        (following,) = self.unpack("Q" if self.big else "I", start + entries * entry_size)
        return make_image(offset, read, seen), following

    def walk(self) -> TiffHeader:
        """Return the whole header, or raise ``MoreBytesNeededError``."""
        (offset,) = self.unpack("Q", 8) if self.big else self.unpack("I", 4)
        images: list[Image] = []
        visited: set[int] = set()
        while offset:
            if offset in visited or len(images) >= MAX_IFDS:
                raise TiffError("format: the image directories of the file form a loop.")
            visited.add(offset)
            image, offset = self.read_image(offset)
            images.append(image)
        if not images:
            raise TiffError("format: the TIFF file holds no image.")
        return TiffHeader(tuple(images), self.end)


def make_image(offset: int, read: dict[int, tuple[int, ...]], seen: set[int]) -> Image:
    """Return one image from its tags; blocks of zero bytes are left-out (sparse) ones."""
    starts = next((read[tag] for tag in OFFSETS if tag in read), ())
    lengths = next((read[tag] for tag in COUNTS if tag in read), ())
    blocks = [(start, start + length) for start, length in zip(starts, lengths, strict=False) if start and length]
    has_place = TRANSFORMATION in seen or {PIXEL_SCALE, TIE_POINTS} <= seen
    tags = {tag: read[tag] for tag in READ_TAGS if read.get(tag)}
    first = min((start for start, _ in blocks), default=None)
    return Image(offset, tags, has_place, first, max((end for _, end in blocks), default=0))


def read_header(read_to: Callable[[int], bytes], size: int, limit: int) -> tuple[TiffHeader, bytes]:
    """Return the header and the bytes it was read from; ``read_to(n)`` gives the first ``n`` bytes of the object.

    Reads at most the limit of a header, and a little; a directory beyond that fails without being read.
    """
    wanted = FIRST_READ
    while True:
        data = read_to(min(wanted, size))
        try:
            return Walker(data).walk(), data
        except MoreBytesNeededError as need:
            if need.end > size:
                raise TiffError(f"truncated: the header reaches byte {need.end} of a file of {size} bytes.") from None
            if need.end > limit:
                raise TiffError(f"header size: it reaches byte {need.end} and must not exceed one megabyte.") from None
            wanted = min(max(need.end, len(data) * GROWTH), limit)
