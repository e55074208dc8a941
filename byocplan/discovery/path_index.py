"""Explicit tile paths, ready to find the tiles a key is a file of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.discovery.rule import is_folder
from byocplan.model.tile import BAND, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from byocplan.model.source import PathSource

#: What is added to a folder that has no files yet. Source: BYOC documentation, "folder/(BAND).tiff or similar".
FOLDER_ENDING = f"{BAND}.tiff"


@dataclass(frozen=True, slots=True)
class PathTile:
    """One explicit path, cut at its band: a file's key is ``head``, a band and ``tail``.

    ``tail`` is None for a path that names one file (the head is its key). In folder form the head ends with ``/`` and
    the tail is one of the extensions, seen only in the bucket.
    """

    source: int
    head: str
    tail: str | None
    is_folder: bool = False

    def find_band(self, key: str, bands: frozenset[str] | None) -> str | None:
        """Return the band whose file the key is, ``""`` for the one file of a tile, None when it is no file of it."""
        if self.tail is None:
            return "" if key == self.head else None
        tail = find_extension(key) if self.is_folder else self.tail
        if not tail or not key.startswith(self.head) or not key.endswith(tail):
            return None
        band = key[len(self.head) : len(key) - len(tail)]
        if not band or "/" in band or BAND in band:
            return None
        return band if bands is None or band in bands else None


class PathIndex:
    """Finds tiles by the beginnings of a key: as many look-ups as the heads have lengths, however many tiles."""

    def __init__(self, tiles: Iterable[PathTile]) -> None:
        self._by_head: dict[str, list[PathTile]] = {}
        for tile in tiles:
            self._by_head.setdefault(tile.head, []).append(tile)
        self._lengths = sorted({len(head) for head in self._by_head})

    def iter_tiles(self, key: str, bands: frozenset[str] | None) -> Iterator[tuple[PathTile, str]]:
        """Yield each tile the key is a file of, with the band."""
        for length in self._lengths:
            for tile in self._by_head.get(key[:length], ()) if length <= len(key) else ():
                band = tile.find_band(key, bands)
                if band is not None:
                    yield tile, band


def make_path_tile(index: int, source: PathSource) -> PathTile:
    """Return the path of the source with this index, cut at its band."""
    path = source.path.strip("/")
    if is_folder(source):
        return PathTile(index, f"{path}/" if path else "", "", is_folder=True)
    head, band, tail = path.partition(BAND)
    return PathTile(index, head, tail if band else None)


def find_extension(key: str) -> str:
    """Return the extension of a key as it is written, if it is one of an image; else an empty text."""
    return next((key[-len(each) :] for each in EXTENSIONS if key.lower().endswith(each)), "")


def find_common_start(texts: Iterable[str]) -> str:
    """Return the longest text that all of them begin with."""
    ordered = sorted(texts)
    first, last = ordered[0], ordered[-1]
    length = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[:length]
