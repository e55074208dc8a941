"""The header walker on damaged files: it ends, reads little, and says what is wrong."""

from __future__ import annotations

import struct

import pytest

from byocplan.emulator.ingest.tiff import TiffError, TiffHeader, read_header
from tests.support.cogs import make_cog

LIMIT = 1_000_000


def read(data: bytes, size: int | None = None) -> tuple[TiffHeader, int]:
    header, seen = read_header(lambda end: data[:end], len(data) if size is None else size, LIMIT)
    return header, len(seen)


def make_looping_tiff() -> bytes:
    entry = struct.pack("<HHII", 256, 4, 1, 64)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def test_a_small_header_is_read_in_one_request_whatever_the_size_of_the_file() -> None:
    header, seen = read(make_cog(size=(1024, 1024), bands=3, dtype="float32", compress="NONE"))

    assert seen == 16_384
    assert [image.size for image in header.images] == [(1024, 1024), (512, 512), (256, 256)]
    assert {image.block for image in header.images} == {(256, 256)}


def test_a_long_header_is_read_by_growing_requests() -> None:
    header, seen = read(make_cog(size=(3072, 3072), dtype="uint8", blocksize=64))

    assert header.header_size > 16_384
    assert seen == 65_536


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "format: the file is not a TIFF file."),
        (b"II*\0", "format: the file is not a TIFF file."),
        (b"\xff\xd8\xff\xe0 a JPEG", "format: the file is not a TIFF file."),
        (b"II*\0\0\0\0\0", "format: the TIFF file holds no image."),
        (make_looping_tiff(), "format: the image directories of the file form a loop."),
        (b"II*\0\x08\0\0\0\xff\xff" + bytes(32), "format: the image directory at byte 8 is damaged."),
        (b"MM\0*\0\0\0\x08\0\x01", "truncated: "),
    ],
)
def test_a_damaged_file_has_a_cause(data: bytes, cause: str) -> None:
    with pytest.raises(TiffError) as caught:
        read(data)

    assert str(caught.value).startswith(cause)


def test_a_directory_beyond_the_limit_is_refused_without_being_fetched() -> None:
    data = b"II*\0" + struct.pack("<I", 50_000_000) + bytes(20_000)

    with pytest.raises(TiffError, match="must not exceed one megabyte"):
        read(data, size=60_000_000)


@pytest.mark.parametrize("step", [7])
def test_a_file_cut_or_changed_anywhere_never_breaks_the_walker(step: int) -> None:
    data = make_cog(bands=2)
    changed = [data[:end] for end in range(0, 1200, step)]
    changed += [data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] for at in range(0, 1200, step)]

    outcomes = set()
    for each in changed:
        try:
            outcomes.add(type(read(each)[0]).__name__)
        except TiffError:
            outcomes.add("TiffError")

    assert outcomes == {"TiffHeader", "TiffError"}
