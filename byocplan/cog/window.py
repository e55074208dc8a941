"""The beginning of a file, read as far as its header goes. Touches only the function it is given.

One read takes most headers whole; a longer one is followed in reads of four times the length each, and given up where
the service would refuse it anyhow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from byocplan.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Real headers have 780 to 15,680 bytes, with rare ones far beyond.
FIRST_READ = 32_768
GROWTH = 4
#: "The COG header size must not exceed one megabyte": the smaller of the two readings of it.
#: Source: BYOC documentation, COG requirements.
HEADER_LIMIT = 1_000_000


class Piece(Protocol):
    """Some bytes of a file."""

    @property
    def data(self) -> bytes:
        """The bytes asked for, fewer at the end of the file."""

    @property
    def size(self) -> int:
        """How many bytes the whole file has."""


@dataclass(slots=True)
class Window:
    """The first bytes of a file; ``end`` is how far the header has been followed."""

    read: Callable[[int, int], Piece]
    limit: int = HEADER_LIMIT
    data: bytes = b""
    size: int = 0
    end: int = 0

    def open(self) -> None:
        """Read the first bytes; the size of the file is known from then on. Raises FileError for an empty file."""
        first = self.read(0, FIRST_READ)
        self.data, self.size = first.data, first.size
        if not self.size:
            raise FileError("format", "the file is empty")

    def get(self, start: int, length: int) -> bytes:
        """Return bytes of the header, read now if they have to be. Raises FileError as ``reach`` does."""
        end = start + length
        self.reach(end)
        if end > len(self.data):
            self._grow(end)
        return self.data[start:end]

    def reach(self, end: int) -> None:
        """Note that the header goes on to ``end``. Raises FileError when file or service set an end before that."""
        if end > self.size:
            raise FileError("truncated", f"the header goes on to byte {end:,} of a file of {self.size:,} bytes")
        if end > self.limit:
            raise FileError("header-size", f"the header goes on to byte {end:,}")
        self.end = max(self.end, end)

    def _grow(self, end: int) -> None:
        target = min(max(end, GROWTH * len(self.data)), self.limit, self.size)
        self.data += self.read(len(self.data), target - len(self.data)).data
        if end > len(self.data):
            raise FileError("unreadable", "the file became shorter while it was read")
