"""One tile's files: found and read, or the cause why not. Touches the S3 endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from byocplan.emulator.ingest.bucket import BucketError, ObjectReader, StoredObject, find_object, iter_objects
from byocplan.emulator.ingest.facts import FileFacts, read_facts
from byocplan.emulator.ingest.rules import check_file
from byocplan.emulator.ingest.tiff import TiffError, read_header
from byocplan.emulator.ingest.tile_files import BAND, Lister, TileFiles, TileFilesError, find_tile_files, get_extension
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found: the full path, the files' ETags, their facts (when read) and the causes of failure."""

    path: str
    files: dict[str, StoredObject] = field(default_factory=dict)
    facts: tuple[FileFacts, ...] = ()
    causes: tuple[str, ...] = ()


def get_sources(collection: Collection) -> tuple[str, ...]:
    """Return what ``(BAND)`` stands for, once each."""
    return tuple(dict.fromkeys(band["source"] for band in collection.bands.values()))


def get_keys(collection: Collection, path: str) -> list[str]:
    """Return the keys of a tile's files, empty when only a listing can tell them."""
    if BAND not in path or not get_extension(path.replace(BAND, "x")):
        return []
    return [path.replace(BAND, source) for source in get_sources(collection)]


def make_lister(state: EmulatorState, collection: Collection, path: str) -> Lister:
    """Return how a tile's files are looked for: key by key when the keys are known, by listing otherwise."""
    bucket = collection.bucket
    if keys := get_keys(collection, path):
        return lambda _prefix: [each for key in keys if (each := find_object(state.s3, bucket, key))]
    delimiter = "" if "/" in path.partition(BAND)[2] else "/"
    return lambda prefix: iter_objects(state.s3, bucket, prefix, delimiter)


def read_file(
    state: EmulatorState, bucket: str, source: str, stored: StoredObject
) -> tuple[FileFacts | None, list[str]]:
    """Return one file's facts and every rule it breaks."""
    assumptions = state.settings.assumptions
    if stored.size == 0:
        return None, ["format: the file is empty."]
    try:
        reader = ObjectReader(state.s3, bucket, stored)
        # A header is walked a little beyond the limit, so that its true size can be told.
        header, data = read_header(reader.read_to, stored.size, assumptions.header_limit_bytes + 65_536)
        facts = read_facts(source, stored.size, stored.etag, header, data)
    except (BucketError, TiffError) as problem:
        return None, [str(problem)]
    return facts, check_file(facts, assumptions)


def make_causes(found: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the causes of all files, each once; the files are named when only some are concerned."""
    sources: dict[str, list[str]] = {}
    for source, causes in found.items():
        for cause in causes:
            sources.setdefault(cause, []).append(source)
    return tuple(
        cause if len(concerned) == len(found) else f"{cause} ({', '.join(concerned)})"
        for cause, concerned in sources.items()
    )


def read_files(state: EmulatorState, collection: Collection, found: TileFiles) -> Reading:
    """Read and judge the headers of all files."""
    readings = {source: read_file(state, collection.bucket, source, each) for source, each in found.files.items()}
    causes = make_causes({source: broken for source, (_, broken) in readings.items()})
    facts = tuple(each for each, _ in readings.values() if each is not None)
    return Reading(found.path, found.files, facts, causes)


def find_files(state: EmulatorState, path: str, collection: Collection, lister: Lister) -> Reading:
    """Return which files a tile has, without reading them."""
    one_file = state.settings.assumptions.one_file_path == "ingest"
    try:
        found = find_tile_files(path, get_sources(collection), lister, one_file=one_file)
    except (TileFilesError, BucketError) as problem:
        return Reading(path, causes=(str(problem),))
    return Reading(found.path, found.files)


def read_tile(state: EmulatorState, collection: Collection, path: str) -> Reading:
    """Return what a full check finds."""
    found = find_files(state, path, collection, make_lister(state, collection, path))
    return found if found.causes else read_files(state, collection, TileFiles(found.path, found.files))


def read_listed_tiles(state: EmulatorState, collection: Collection, paths: Iterable[str]) -> dict[str, Reading]:
    """Return what a listing finds for each path; the paths share as few requests as they can."""
    try:
        listing = state.make_listing(collection.bucket)
    except BucketError as problem:
        return {path: Reading(path, causes=(str(problem),)) for path in paths}

    def find(path: str) -> Reading:
        keys = get_keys(collection, path)
        known = [each for key in sorted(keys) if (each := listing.find_object(key))]
        return find_files(state, path, collection, (lambda _prefix: known) if keys else listing.find_objects)

    return {path: find(path) for path in sorted(set(paths))}
