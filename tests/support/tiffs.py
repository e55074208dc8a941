"""TIFF headers made byte by byte, for tests of what no library would write; and bytes as a file that is read by ranges."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Field types by name: number, letter, bytes.
TYPES = {"ascii": (2, "s", 1), "short": (3, "H", 2), "long": (4, "I", 4), "double": (12, "d", 8), "long8": (16, "Q", 8)}

Value = tuple[str, "Sequence[float] | bytes"]

UTM_33 = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32633]


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a read gives."""

    data: bytes
    size: int


@dataclass(slots=True)
class ByteFile:
    """A file in memory; ``reads`` are the ranges asked for. ``size`` stands in for a length that is not kept."""

    content: bytes
    size: int = -1
    reads: list[tuple[int, int]] = field(default_factory=list)

    def read(self, start: int, length: int) -> Bytes:
        self.reads.append((start, length))
        size = len(self.content) if self.size < 0 else self.size
        return Bytes(self.content[start : start + length], size)


def make_fields(**changes: Value | None) -> dict[int, Value]:
    """Return the fields of a small sound file by tag: 256 x 256 UINT16 in UTM 33; ``changes`` are ``t256=...``."""
    fields: dict[int, Value] = {
        256: ("short", [256]),
        257: ("short", [256]),
        258: ("short", [16]),
        259: ("short", [8]),
        262: ("short", [1]),
        277: ("short", [1]),
        284: ("short", [1]),
        322: ("short", [256]),
        323: ("short", [256]),
        324: ("long", [4000]),
        325: ("long", [100]),
        339: ("short", [1]),
        33550: ("double", [10.0, 10.0, 0.0]),
        33922: ("double", [0.0, 0.0, 0.0, 500000.0, 5200000.0, 0.0]),
        34735: ("short", UTM_33),
    }
    for name, value in changes.items():
        tag = int(name[1:])
        if value is None:
            del fields[tag]
        else:
            fields[tag] = value
    return dict(sorted(fields.items()))


def make_tiff(*directories: Mapping[int, Value], order: str = "<", is_big: bool = False, size: int = 8192) -> bytes:
    """Return a file of ``size`` bytes at least with the directories, their values behind each, from the start on."""
    wide = "Q" if is_big else "I"
    mark = {"<": b"II", ">": b"MM"}[order]
    content = mark + (struct.pack(f"{order}HHHQ", 43, 8, 0, 16) if is_big else struct.pack(f"{order}HI", 42, 8))
    for number, fields in enumerate(directories):
        content += _make_directory(fields, order, wide, len(content), is_last=number + 1 == len(directories))
    return content.ljust(size, b"\0")


def _make_directory(fields: Mapping[int, Value], order: str, wide: str, start: int, *, is_last: bool) -> bytes:
    room, count = struct.calcsize(f"={wide}"), struct.pack(order + ("Q" if wide == "Q" else "H"), len(fields))
    values = start + len(count) + len(fields) * (4 + 2 * room) + room
    entries, tail = b"", b""
    for tag, (kind, value) in fields.items():
        number, letter, _ = TYPES[kind]
        raw = value if isinstance(value, bytes) else struct.pack(f"{order}{len(value)}{letter}", *value)
        inline = raw.ljust(room, b"\0") if len(raw) <= room else struct.pack(order + wide, values + len(tail))
        tail += raw if len(raw) > room else b""
        entries += struct.pack(f"{order}HH{wide}", tag, number, len(value)) + inline
    following = 0 if is_last else values + len(tail)
    return count + entries + struct.pack(order + wide, following) + tail
