"""One image file directory: bytes in, fields out; their values are decoded when asked for. Pure over the window."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.cog.tags import FIELD_TYPES
from byocplan.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.cog.window import Window

#: No image has so many fields; what claims to is no directory.
MAX_FIELDS = 4096
CLASSIC, BIG = 42, 43


@dataclass(frozen=True, slots=True)
class Layout:
    """How numbers stand in a file: ``order`` is ``<`` or ``>``, BigTIFF has wider ones."""

    order: str
    is_big: bool

    @property
    def offset(self) -> str:
        """The letter of an offset."""
        return "Q" if self.is_big else "I"

    @property
    def inline_bytes(self) -> int:
        """How many bytes of values stand in the field itself."""
        return 8 if self.is_big else 4

    @property
    def entry(self) -> struct.Struct:
        """Tag, type, count and the inline bytes of a field."""
        return struct.Struct(f"{self.order}HHQ8s" if self.is_big else f"{self.order}HHI4s")

    def unpack(self, letters: str, data: bytes) -> tuple[int, ...]:
        """Return whole numbers."""
        return struct.unpack(self.order + letters, data)


@dataclass(frozen=True, slots=True)
class Field:
    """One field; ``inline`` holds its values or the offset of them."""

    kind: int
    count: int
    inline: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """The fields of one image by tag, and the offset of the next directory (0: none)."""

    offset: int
    fields: Mapping[int, Field]
    following: int


def read_layout(window: Window) -> tuple[Layout, int]:
    """Return the layout of a file and the offset of its first directory. Raises FileError when it is no TIFF."""
    head = window.data[:8]
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    version = struct.unpack(f"{order}H", head[2:4])[0] if order and len(head) == 8 else 0  # noqa: PLR2004
    if version not in (CLASSIC, BIG):
        raise FileError("format", "this is no TIFF file")
    layout = Layout(order, version == BIG)
    place = window.get(8, 8) if layout.is_big else window.get(4, 4)
    return layout, layout.unpack(layout.offset, place)[0]


def read_directory(window: Window, layout: Layout, offset: int) -> Directory:
    """Return the directory at ``offset`` and note where its values end. Raises FileError for a damaged one."""
    letter, width = ("Q", 8) if layout.is_big else ("H", 2)
    (count,) = layout.unpack(letter, window.get(offset, width))
    if not 0 < count <= MAX_FIELDS:
        raise FileError("format", f"the image directory at byte {offset:,} is damaged")
    entry = layout.entry
    block = window.get(offset + width, count * entry.size + layout.inline_bytes)
    entries = entry.iter_unpack(block[: count * entry.size])
    fields = {tag: Field(kind, number, inline) for tag, kind, number, inline in entries}
    for each in fields.values():
        if (length := _get_length(each)) > layout.inline_bytes:
            window.reach(_get_place(each, layout) + length)
    return Directory(offset, fields, layout.unpack(layout.offset, block[count * entry.size :])[0])


def read_numbers(window: Window, layout: Layout, directory: Directory, tag: int) -> tuple[float, ...]:
    """Return the values of a field, none when there is no such field or it holds no numbers."""
    field = directory.fields.get(tag)
    letter = FIELD_TYPES.get(field.kind, (1, ""))[1] if field else ""
    if field is None or letter in ("", "s"):
        return ()
    return layout.unpack(f"{field.count}{letter}", _get_bytes(window, layout, field))


def read_text(window: Window, layout: Layout, directory: Directory, tag: int) -> str | None:
    """Return the text of a field without its closing zero, None when there is no such field."""
    field = directory.fields.get(tag)
    if field is None or FIELD_TYPES.get(field.kind, (1, ""))[1] != "s":
        return None
    return _get_bytes(window, layout, field).split(b"\0")[0].decode("ascii", "replace").strip()


def _get_bytes(window: Window, layout: Layout, field: Field) -> bytes:
    length = _get_length(field)
    if length <= layout.inline_bytes:
        return field.inline[:length]
    return window.get(_get_place(field, layout), length)


def _get_length(field: Field) -> int:
    """Return how many bytes the values take; a type that nobody knows counts as single bytes."""
    return FIELD_TYPES.get(field.kind, (1, ""))[0] * field.count


def _get_place(field: Field, layout: Layout) -> int:
    return layout.unpack(layout.offset, field.inline)[0]
