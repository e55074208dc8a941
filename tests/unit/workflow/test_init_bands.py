"""Bands of a first collection from one header a band: bounded, and whatever fails is an obstacle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from byocplan.discovery.s3_ranges import ByteRange
from byocplan.errors import AccessError, FileError, UnreachableError
from byocplan.model.band import Band
from byocplan.workflow.init_bands import MOST_FILES, ReadBands, read_bands
from tests.support.cogs import make_cog
from tests.support.tiffs import ByteFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.discovery.s3_ranges import RangeFile


@dataclass(slots=True)
class Bucket:
    """Files by key, or the error that reading one ends with; ``opened`` are the keys asked for."""

    files: Mapping[str, bytes | Exception]
    opened: list[str] = field(default_factory=list)

    def open(self, key: str) -> RangeFile:
        self.opened.append(key)
        return File(self.files[key])


@dataclass(frozen=True, slots=True)
class File:
    content: bytes | Exception

    def read(self, start: int, length: int) -> ByteRange:
        if isinstance(self.content, Exception):
            raise self.content
        piece = ByteFile(self.content).read(start, length)
        return ByteRange(piece.data, piece.size)


def read(**files: bytes | Exception) -> ReadBands:
    return read_bands({name: name for name in files}, Bucket(files))


def test_a_band_is_as_its_file_has_it() -> None:
    found = read(B1=make_cog(dtype="int16"), RGB=make_cog(dtype="uint8", bands=2))

    assert found == ReadBands(
        {
            "B1": (Band("B1", None, None, 16, "INT"),),
            "RGB": (Band("RGB_1", "RGB", 1, 8, "UINT"), Band("RGB_2", "RGB", 2, 8, "UINT")),
        }
    )


@pytest.mark.parametrize(
    "failure",
    [
        FileError("unreadable", "reading it was denied; allow s3:GetObject"),
        AccessError("S3 refused the credentials", "get new ones"),
        UnreachableError("S3", "http://host", "no answer", "try again"),
    ],
)
def test_what_cannot_be_read_is_an_obstacle_and_nothing_more_is_asked(failure: Exception) -> None:
    bucket = Bucket({"a": make_cog(), "b": failure, "c": make_cog()})

    found = read_bands({name: name for name in "abc"}, bucket)

    assert found.obstacle.startswith("b: ")
    assert set(found.by_text) == {"a"}
    assert bucket.opened == ["a", "b"]


def test_no_file_is_read_where_there_are_too_many() -> None:
    bucket = Bucket({})

    found = read_bands({f"B{number}": "key" for number in range(MOST_FILES + 1)}, bucket)

    assert "more than 40 kinds of files" in found.obstacle
    assert bucket.opened == []


def test_bands_that_no_manifest_may_have_are_an_obstacle() -> None:
    assert "the same names" in read(RGB=make_cog(bands=2), RGB_2=make_cog()).obstacle
    assert (
        "100 bands at most"
        in read(A=make_cog(bands=60, interleave="BAND"), B=make_cog(bands=60, interleave="BAND")).obstacle
    )
    assert "no band may have" in read(**{"B\x07": make_cog()}).obstacle
