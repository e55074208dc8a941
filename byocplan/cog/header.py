"""A whole header: a function that reads ranges in, the facts of all images out. Touches only that function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.cog.directory import read_directory, read_layout
from byocplan.cog.image import Role, read_image
from byocplan.cog.window import Window
from byocplan.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.cog.directory import Directory, Layout
    from byocplan.cog.image import Image
    from byocplan.cog.window import Piece

#: Full size, overviews and masks; the largest files have some dozens.
MAX_IMAGES = 256


@dataclass(frozen=True, slots=True)
class Header:
    """All images of a file, the main one first. ``header_bytes`` is where directories and their values end."""

    images: tuple[Image, ...]
    header_bytes: int
    file_bytes: int

    @property
    def main(self) -> Image:
        """The image in full size."""
        return self.images[0]

    @property
    def overviews(self) -> tuple[Image, ...]:
        """The reduced images, masks apart."""
        return tuple(image for image in self.images if image.role is Role.OVERVIEW)


def read_header(read: Callable[[int, int], Piece]) -> Header:
    """Return the header that ``read(start, length)`` gives the bytes of; one read for nearly all files.

    Raises FileError for a file that is no TIFF, is cut off, or whose header goes beyond what the service takes.
    """
    window = Window(read)
    window.open()
    layout, offset = read_layout(window)
    directories = list(_iter_directories(window, layout, offset))
    images = tuple(
        read_image(window, layout, directory, is_first=number == 0) for number, directory in enumerate(directories)
    )
    return Header(images, window.end, window.size)


def _iter_directories(window: Window, layout: Layout, offset: int) -> Iterator[Directory]:
    if not offset:
        raise FileError("format", "the TIFF file holds no image")
    visited: set[int] = set()
    while offset:
        if offset in visited or len(visited) == MAX_IMAGES:
            raise FileError("format", "the image directories of the file form a loop")
        visited.add(offset)
        directory = read_directory(window, layout, offset)
        yield directory
        offset = directory.following
