"""Which files a tile path means, and the full path it is rewritten to. Pure but for the listing it is given."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from byocplan.emulator.ingest.bucket import StoredObject

BAND = "(BAND)"
EXTENSION = re.compile(r"\.tiff?", re.IGNORECASE | re.ASCII)


class TileFilesError(Exception):
    """The files of a tile are missing or do not fit together; the text is the cause of failure."""


@dataclass(frozen=True, slots=True)
class TileFiles:
    """The files of a tile by source (the text for ``(BAND)``), and the tile's full path."""

    path: str
    files: dict[str, StoredObject]


Lister = Callable[[str], Iterable[StoredObject]]


def get_extension(key: str) -> str:
    """Return the extension of a key, dot included, empty for none."""
    name = key.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return dot + extension if stem and dot else ""


def make_pattern(path: str) -> re.Pattern[str]:
    """Return what the keys of a path with ``(BAND)`` look like; every ``(BAND)`` stands for the same text."""
    head, *tail = (re.escape(part) for part in path.split(BAND))
    ending = "" if get_extension(path.replace(BAND, "x")) else r"\.[^./]+"
    return re.compile(head + "(?P<band>[^/]+?)" + "(?P=band)".join(tail) + f"(?P<extension>{ending})")


def match_keys(path: str, objects: Iterable[StoredObject]) -> dict[tuple[str, str], StoredObject]:
    """Return the objects that a path with ``(BAND)`` means, by source and found extension."""
    pattern = make_pattern(path)
    found = {}
    for each in objects:
        match = pattern.fullmatch(each.key)
        if match and (not match["extension"] or EXTENSION.fullmatch(match["extension"])):
            found[match["band"], match["extension"]] = each
    return found


def find_by_pattern(path: str, sources: tuple[str, ...], lister: Lister) -> TileFiles:
    """Return the files of a path with ``(BAND)``; an extension may be left out."""
    prefix = path.partition(BAND)[0]
    found = match_keys(path, lister(prefix))
    if sources:
        found = {key: each for key, each in found.items() if key[0] in sources}
    extensions = {extension for _, extension in found}
    if len(extensions) > 1:
        raise TileFilesError(
            f"extension: all files of a tile must have the same extension, found {', '.join(sorted(extensions))}."
        )
    files = {source: each for (source, _), each in sorted(found.items())}
    return TileFiles(path + "".join(extensions), files)


def find_in_folder(path: str, sources: tuple[str, ...], lister: Lister) -> TileFiles:
    """Return the files of a folder and the path ``folder/(BAND).ext`` it becomes."""
    prefix = f"{path}/" if path else ""
    direct = [each for each in lister(prefix) if "/" not in each.key[len(prefix) :]]
    images = [each for each in direct if EXTENSION.fullmatch(get_extension(each.key))]
    by_source = {(each.key[len(prefix) :].removesuffix(get_extension(each.key)), each.key): each for each in images}
    chosen = {key: each for key, each in by_source.items() if not sources or key[0] in sources}
    extensions = sorted({get_extension(each.key) for each in chosen.values()})
    if len(extensions) > 1:
        raise TileFilesError(
            f"extension: all files of a tile must have the same extension, found {', '.join(extensions)}."
        )
    files = {source: each for (source, _), each in sorted(chosen.items())}
    return TileFiles(f"{prefix}{BAND}{extensions[0]}" if extensions else path, files)


def find_one_file(path: str, sources: tuple[str, ...], lister: Lister) -> TileFiles:
    """Return the one file that a path without ``(BAND)`` names; every source is read from it."""
    file = next((each for each in lister(path) if each.key == path), None)
    stem = path.rpartition("/")[2].removesuffix(get_extension(path))
    return TileFiles(path, {} if file is None else dict.fromkeys(sources or (stem,), file))


def find_tile_files(path: str, sources: tuple[str, ...], lister: Lister, *, one_file: bool = True) -> TileFiles:
    """Return a tile's files, all of ``sources`` or whatever lies there; raises TileFilesError when any is missing.

    ``lister(prefix)`` gives the objects whose keys start so; ``one_file`` lets a path name a single file.
    Source: BYOC documentation, tile paths.
    """
    if BAND in path:
        found = find_by_pattern(path, sources, lister)
    elif one_file and EXTENSION.fullmatch(get_extension(path)):
        found = find_one_file(path, sources, lister)
    else:
        found = find_in_folder(path, sources, lister)
    if not found.files:
        raise TileFilesError("missing file: no files were found for the path of the tile.")
    missing = [source for source in sources if source not in found.files]
    if missing:
        raise TileFilesError(f"missing file: no file was found for {', '.join(missing)}.")
    return found
