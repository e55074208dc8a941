"""Tiles of ``path:`` sources: their files are looked up, and become rows of the desired tile set. Lists the bucket.

Paths that lie in one folder share a listing of it, without its sub-folders; several folders are listed at once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from byocplan.discovery.path_index import FOLDER_ENDING, PathIndex, find_common_start, find_extension, make_path_tile
from byocplan.discovery.rule import get_first_folder, get_sensing_time, is_folder
from byocplan.errors import AccessError, BucketError, ByocplanError, UnreachableError
from byocplan.model.source import PathSource
from byocplan.model.tile import BAND, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from byocplan.discovery.listing import Bucket, ObjectPage
    from byocplan.discovery.path_index import PathTile
    from byocplan.discovery.progress import Progress
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredTiles

PARALLEL = 8
#: Folders listed between two looks at whether S3 still answers.
ROUND = 64

File = tuple["ObjectPage", int, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths whose files one listing shows; a deep one has the band in the name of a folder."""

    tiles: tuple[PathTile, ...]
    is_deep: bool

    @property
    def prefix(self) -> str:
        """What all their files begin with."""
        return find_common_start(tile.head for tile in self.tiles)


@dataclass(slots=True)
class Findings:
    """The files found in one folder by the index of their source, as (page, row, band)."""

    folder: Folder
    files: dict[int, list[File]] = field(default_factory=dict)
    pages: int = 0
    failure: ByocplanError | None = None


def list_paths(
    sources: Sequence[TileSource],
    bands: frozenset[str] | None,
    bucket: Bucket,
    progress: Progress,
    desired: DesiredTiles,
) -> None:
    """Look up the files of all explicit paths that may be selected: what a folder holds is not known before.

    A listing that fails is recorded with its sources.
    """
    paths = {
        index: source
        for index, source in enumerate(sources)
        if isinstance(source, PathSource) and (is_folder(source) or progress.selected.takes(source.path))
    }
    folders = make_folders(make_path_tile(index, source) for index, source in paths.items())
    for findings in _iter_findings(folders, bands, bucket):
        progress.pages += findings.pages
        if findings.failure is not None:
            progress.fail((tile.source for tile in findings.folder.tiles), findings.failure)
        for tile in findings.folder.tiles:
            progress.sources[tile.source].prefixes = (findings.folder.prefix,)
            _add_tile(tile, paths[tile.source], findings, progress, desired)


def make_folders(tiles: Iterable[PathTile]) -> list[Folder]:
    """Return the tiles grouped by the listing that shows their files, in the order they first come."""
    groups: dict[tuple[str, bool], list[PathTile]] = {}
    for tile in tiles:
        is_deep = "/" in (tile.tail or "")
        groups.setdefault((tile.head.rpartition("/")[0], is_deep), []).append(tile)
    return [Folder(tuple(group), is_deep) for (_, is_deep), group in groups.items()]


def _iter_findings(folders: Sequence[Folder], bands: frozenset[str] | None, bucket: Bucket) -> Iterator[Findings]:
    """List the folders some at a time, in order; once S3 is unreachable, the rest is given up."""
    lost: ByocplanError | None = None
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        for start in range(0, len(folders), ROUND):
            some = folders[start : start + ROUND]
            if lost is not None:
                yield from (Findings(folder, failure=lost) for folder in some)
                continue
            for findings in pool.map(partial(_list_folder, bands=bands, bucket=bucket), some):
                lost = findings.failure if isinstance(findings.failure, UnreachableError) else lost
                yield findings


def _list_folder(folder: Folder, bands: frozenset[str] | None, bucket: Bucket) -> Findings:
    findings, index = Findings(folder), PathIndex(folder.tiles)
    pages = bucket.iter_pages(folder.prefix) if folder.is_deep else bucket.iter_children(folder.prefix)
    try:
        for page in pages:
            findings.pages += 1
            for at, key in enumerate(page.keys):
                for tile, band in index.iter_tiles(key, bands):
                    findings.files.setdefault(tile.source, []).append((page, at, band))
    except (AccessError, BucketError, UnreachableError) as failure:
        findings.failure = failure
    return findings


def _add_tile(
    tile: PathTile, source: PathSource, findings: Findings, progress: Progress, desired: DesiredTiles
) -> None:
    """Add the files of one path; a tile of which there is no file is missing, unless the listing broke off."""
    own, files = progress.sources[tile.source], findings.files.get(tile.source, [])
    path, problem = _make_tile_path(tile, files)
    if problem:
        progress.problems.append(f"{source.place}: path {source.path}: {problem}")
        return
    own.path, own.keys = path, len(files)
    sensing_time_ms, group = get_sensing_time(source.options, None), get_first_folder(path)
    for page, at, band in files:
        own.files.add(page, at, (path, band, sensing_time_ms, group))
        own.archived += page.keys[at] in page.archived
        progress.taken.add(page.keys[at])
    if not files and findings.failure is None:
        desired.add_missing(tile.source, path, group, sensing_time_ms)
        progress.notes.append(f"{source.place}: path {source.path}: there is no such file in the bucket")


def _make_tile_path(tile: PathTile, files: Sequence[File]) -> tuple[str, str]:
    """Return the tile path and an empty text, or else what keeps the path from naming a tile."""
    if not tile.is_folder:
        path = tile.head if tile.tail is None else f"{tile.head}{BAND}{tile.tail}"
        is_image = path.lower().endswith(EXTENSIONS)
        return path, "" if is_image else "a tile path ends with .tif or .tiff, so write the extension"
    endings = sorted({find_extension(page.keys[at]) for page, at, _ in files})
    if len(endings) > 1:
        return (
            "",
            f"its files have several extensions ({', '.join(endings)}); write the path with (BAND) and one of them",
        )
    return tile.head + (BAND + endings[0] if endings else FOLDER_ENDING), ""
