"""One key in, which source takes it and why the others do not out. Asks neither bucket nor service; reads tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.discovery.path_index import find_common_start, find_extension, make_path_tile
from byocplan.discovery.rule import get_band_texts, get_sensing_time, get_text
from byocplan.discovery.table import TableReader
from byocplan.discovery.table.raw import SENSING_TIME
from byocplan.discovery.taker import is_tile_path
from byocplan.model.instant import format_instant
from byocplan.model.pattern import Match
from byocplan.model.source import PathSource, PatternSource, TableSource
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from byocplan.discovery.path_index import PathTile
    from byocplan.model.address import Address
    from byocplan.model.collection import Collection


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What is live of a tile. ``status`` is None where nothing is; ``reason`` says why, or why it is FAILED."""

    status: str | None
    reason: str | None = None
    id: str | None = None
    sensing_time_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A source that takes the key: the fields it reads, the band, and the tile the key is a file of.

    ``live`` is None where nobody looked.
    """

    address: Address
    source: str
    fields: Mapping[str, str]
    band: str
    path: str
    sensing_time_ms: int | None
    live: LookedUp | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A source that does not: the index of the character where matching stopped, and what was expected there."""

    address: Address
    source: str
    stopped_at: int
    expected: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What all sources make of a key, in order of collections and sources."""

    key: str
    matches: tuple[Taken, ...] = ()
    misses: tuple[Missed, ...] = ()


def explain_key(key: str, collections: Iterable[Collection]) -> Explained:
    """Return what every source makes of the key.

    Of the explicit paths of a collection that do not take it, only the one that comes closest is told.
    """
    results = [result for collection in collections for result in _iter_results(key, collection)]
    return Explained(
        key,
        tuple(result for result in results if isinstance(result, Taken)),
        tuple(result for result in results if isinstance(result, Missed)),
    )


def encode_explained(explained: Explained) -> dict[str, object]:
    """Return the answer as JSON values, in the shape of ``explain --format json``."""
    return {
        "key": explained.key,
        "matches": [
            {
                "address": taken.address,
                "source": taken.source,
                "fields": dict(taken.fields),
                "band": taken.band,
                "path": taken.path,
                "sensingTime": _encode_time(taken.sensing_time_ms),
                **_encode_live(taken.live),
            }
            for taken in explained.matches
        ],
        "misses": [
            {
                "address": missed.address,
                "source": missed.source,
                "stopped_at": missed.stopped_at,
                "expected": missed.expected,
            }
            for missed in explained.misses
        ],
    }


def _encode_live(live: LookedUp | None) -> dict[str, object]:
    if live is None:
        return {}
    time = _encode_time(live.sensing_time_ms)
    return {"status": live.status, "reason": live.reason, "id": live.id, "liveSensingTime": time}


def _encode_time(time_ms: int | None) -> str | None:
    return None if time_ms is None else format_instant(time_ms)


def _iter_results(key: str, collection: Collection) -> Iterator[Taken | Missed]:
    texts = get_band_texts(collection.bands)
    bands = None if texts is None else frozenset(texts)
    closest: Missed | None = None
    for source in collection.sources:
        if isinstance(source, PatternSource):
            yield _explain_pattern(key, collection.address, source, bands)
            continue
        if isinstance(source, TableSource):
            yield _explain_table(key, collection.address, source, bands)
            continue
        result = _explain_path(key, collection.address, source, bands)
        if isinstance(result, Taken):
            yield result
        elif closest is None or result.stopped_at > closest.stopped_at:
            closest = result
    if closest is not None:
        yield closest


def _explain_pattern(key: str, address: Address, source: PatternSource, bands: frozenset[str] | None) -> Taken | Missed:
    text, result = get_text(source), source.pattern.explain(key, bands)
    if not isinstance(result, Match):
        return Missed(address, text, result.stopped_at, result.expected)
    if not source.where.accepts(result):
        return Missed(address, text, len(key), "a key that `where` asks for; the pattern itself takes this one")
    if not is_tile_path(result.tile_path):
        return Missed(address, text, 0, "a key without empty folder names: the service takes no such tile path")
    sensing_time_ms = get_sensing_time(source.options, result)
    return Taken(address, text, result.fields, result.band or "", result.tile_path, sensing_time_ms)


def _explain_path(key: str, address: Address, source: PathSource, bands: frozenset[str] | None) -> Taken | Missed:
    tile = make_path_tile(0, source)
    band = tile.find_band(key, bands)
    if band is not None:
        path = _make_path(tile, key)
        return Taken(address, source.path, {}, band, path, get_sensing_time(source.options, None))
    start = len(find_common_start((tile.head, key)))
    if start < len(tile.head):
        return Missed(address, source.path, start, repr(tile.head[start:]))
    expected = "the end of the key" if tile.tail is None else _describe_rest(tile, bands)
    return Missed(address, source.path, start, expected)


def _explain_table(key: str, address: Address, source: TableSource, bands: frozenset[str] | None) -> Taken | Missed:
    """Look the key up among the listed paths. Raises ManifestError for a table that is not as it should be."""
    reader, found = TableReader(source), None
    for row in reader.iter_rows():
        band = "" if row.path == key else make_path_tile(0, PathSource(row.path)).find_band(key, bands)
        if band is not None and found is None:
            found = (row, band)
    if found is None:
        return Missed(address, source.table, 0, "a file of a tile that the table lists")
    row, band = found
    sensing_time_ms = row.sensing_time_ms if SENSING_TIME in reader.columns else get_sensing_time(source.options, None)
    return Taken(address, source.table, {}, band, row.path, sensing_time_ms)


def _make_path(tile: PathTile, key: str) -> str:
    if tile.tail is None:
        return tile.head
    return f"{tile.head}{BAND}{find_extension(key) if tile.is_folder else tile.tail}"


def _describe_rest(tile: PathTile, bands: frozenset[str] | None) -> str:
    band = "a band" if bands is None else f"one of {', '.join(sorted(bands))} for {BAND}"
    return f"{band}, then {'.tif or .tiff' if tile.is_folder else repr(tile.tail)}"
