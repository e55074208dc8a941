"""The header reader: facts of sound files, few reads, and an end for every damaged one."""

from __future__ import annotations

import random
import struct

import pytest

from byocplan.cog.header import MAX_IMAGES, Header, read_header
from byocplan.cog.image import Role
from byocplan.cog.window import FIRST_READ
from byocplan.errors import FileError
from tests.support.cogs import make_cog
from tests.support.tiffs import ByteFile, make_fields, make_tiff


def read(content: bytes, size: int = -1) -> Header:
    return read_header(ByteFile(content, size).read)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True])
def test_classic_and_big_files_of_either_byte_order_say_the_same(order: str, is_big: bool) -> None:
    overview = make_fields(t254=("long", [1]), t256=("short", [128]), t257=("short", [128]), t34735=None)

    header = read(make_tiff(make_fields(t42113=("ascii", b"-9999\0")), overview, order=order, is_big=is_big))

    main = header.main
    assert (main.size, main.block, main.compression, main.bits, main.kinds) == (
        (256, 256),
        (256, 256),
        8,
        (16,),
        ("UINT",),
    )
    assert (main.bands, main.is_chunky, main.no_data, main.blocks) == (1, True, "-9999", 1)
    assert (main.first_byte, main.last_byte) == (4000, 4100)
    assert main.place is not None
    assert main.place.epsg == 32633
    assert main.place.transform == (10.0, 0.0, 500000.0, 0.0, -10.0, 5200000.0)
    assert [image.role for image in header.images] == [Role.MAIN, Role.OVERVIEW]
    assert [image.size for image in header.overviews] == [(128, 128)]


def test_the_header_ends_where_the_last_of_its_values_ends() -> None:
    content = make_tiff(make_fields(), size=0)

    header = read(content + b"\0" * 9000)

    assert header.header_bytes == len(content)
    assert header.file_bytes == len(content) + 9000


def test_a_short_header_takes_one_read() -> None:
    file = ByteFile(make_cog(size=(512, 512)))

    read_header(file.read)

    assert file.reads == [(0, FIRST_READ)]


def test_a_long_header_is_read_on_without_reading_a_byte_twice() -> None:
    blocks = 20_000
    fields = make_fields(t256=("long", [256 * blocks]), t324=("long", [200_000] * blocks), t325=("long", [1] * blocks))
    file = ByteFile(make_tiff(fields, size=300_000))

    header = read_header(file.read)

    assert header.main.blocks == blocks
    assert header.header_bytes > 160_000
    assert [start for start, _ in file.reads] == [0, *(sum(pair) for pair in file.reads[:-1])]
    assert len(file.reads) <= 3


def test_a_point_raster_is_moved_by_half_a_pixel() -> None:
    keys = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 2, 3072, 0, 1, 32633]

    header = read(make_tiff(make_fields(t34735=("short", keys))))

    assert header.main.place is not None
    assert header.main.place.transform == (10.0, 0.0, 499995.0, 0.0, -10.0, 5200005.0)


def test_a_matrix_places_an_image_too() -> None:
    matrix = [10.0, 1.0, 0.0, 5.0, 2.0, -10.0, 0.0, 6.0, *[0.0] * 7, 1.0]

    header = read(make_tiff(make_fields(t33550=None, t33922=None, t34264=("double", matrix))))

    assert header.main.place is not None
    assert header.main.place.transform == (10.0, 1.0, 5.0, 2.0, -10.0, 6.0)


@pytest.mark.parametrize(
    ("keys", "epsg"),
    [
        ([1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326], 4326),
        ([1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32767], None),
        ([1, 1, 0, 4, 1024, 0, 1, 1, 2048, 0, 1, 4326, 3072, 0, 1, 32767, 3074, 0, 1, 16033], 32633),
        ([1, 1, 0, 4, 1024, 0, 1, 1, 2048, 0, 1, 4326, 3072, 0, 1, 32767, 3074, 0, 1, 16133], 32733),
        ([1, 1, 0, 4, 1024, 0, 1, 1, 2048, 0, 1, 4267, 3072, 0, 1, 32767, 3074, 0, 1, 16033], None),
        ([1, 1, 0, 1, 1024, 0, 1, 1], None),
        ([1, 1, 0, 1, 2048, 0, 1, 4326], None),
        ([1, 1, 0, 2, 1024, 0, 1, 1, 3072, 34736, 1, 32633], None),
        ([1, 1], None),
    ],
)
def test_the_system_is_what_the_keys_name(keys: list[int], epsg: int | None) -> None:
    header = read(make_tiff(make_fields(t34735=("short", keys))))

    assert header.main.place is not None
    assert header.main.place.epsg == epsg


def make_loop() -> bytes:
    content = bytearray(make_tiff(make_fields(), size=0))
    count = struct.unpack_from("<H", content, 8)[0]
    struct.pack_into("<I", content, 10 + 12 * count, 8)
    return bytes(content)


DAMAGED = {
    "empty": (b"", "format", "empty"),
    "one byte": (b"I", "format", "no TIFF"),
    "cut in the head": (b"II*\0\x08", "format", "no TIFF"),
    "an unknown version": (b"II\x2c\0\x08\0\0\0", "format", "no TIFF"),
    "JPEG": (b"\xff\xd8\xff\xe0" + b"\0" * 100, "format", "no TIFF"),
    "no directory": (b"II*\0" + bytes(100), "format", "no image"),
    "a directory behind the end": (b"II*\0\xff\xff\xff\x7f" + bytes(100), "truncated", "goes on to byte 2,147,483,6"),
    "a directory without fields": (make_tiff({}), "format", "damaged"),
    "too many fields": (b"II*\0\x08\0\0\0\xff\xff" + bytes(99), "format", "damaged"),
    "directories in a loop": (make_loop(), "format", "loop"),
    "no size": (make_tiff(make_fields(t256=None)), "format", "names no width"),
    "values behind the end": (make_tiff(make_fields(), size=0)[:-4], "truncated", "goes on to byte"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_told(name: str) -> None:
    content, rule, says = DAMAGED[name]

    with pytest.raises(FileError, match=says) as caught:
        read(content)

    assert caught.value.rule == rule


def test_more_images_than_any_file_has_are_no_file() -> None:
    small = make_fields(t33550=None, t33922=None, t34735=None)

    with pytest.raises(FileError, match="loop"):
        read(make_tiff(*[small] * (MAX_IMAGES + 1), size=200_000))


def test_a_count_beyond_all_memory_is_refused_before_it_is_read() -> None:
    content = bytearray(make_tiff(make_fields()))
    at = 10 + 12 * list(make_fields()).index(324)
    struct.pack_into("<HHII", content, at, 324, 4, 0xFFFFFFFF, 5000)
    file = ByteFile(bytes(content), size=1 << 40)

    with pytest.raises(FileError) as caught:
        read_header(file.read)

    assert caught.value.rule == "header-size"
    assert len(file.reads) == 1


def test_a_header_that_ends_beyond_a_megabyte_is_refused_without_reading_there() -> None:
    file = ByteFile(b"II*\0" + struct.pack("<I", 1_000_000) + bytes(FIRST_READ), size=2_000_000)

    with pytest.raises(FileError, match="goes on to byte 1,000,002") as caught:
        read_header(file.read)

    assert caught.value.rule == "header-size"
    assert file.reads == [(0, FIRST_READ)]


def test_a_file_that_becomes_shorter_meanwhile_is_told() -> None:
    file = ByteFile(b"II*\0" + struct.pack("<I", 50_000) + bytes(FIRST_READ - 8), size=60_000)

    with pytest.raises(FileError, match="became shorter"):
        read_header(file.read)


@pytest.mark.parametrize("cut", ["cut", "flip"])
def test_no_damage_ends_in_another_error(cut: str) -> None:
    """Every prefix of a header, and a thousand with random bytes in it, by a fixed seed."""
    content = make_cog(size=(300, 300), bands=2)[:2000]
    chance = random.Random(7)
    variants = [content[:end] for end in range(0, 2000, 7)]
    if cut == "flip":
        variants = []
        for _ in range(1000):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 20)):
                damaged[chance.randrange(600)] = chance.randrange(256)
            variants.append(bytes(damaged))

    outcomes: set[type] = set()
    for variant in variants:
        try:
            outcomes.add(type(read(variant)))
        except FileError as failure:
            outcomes.add(type(failure))

    assert outcomes == {Header, FileError}
