"""What an apply ought to do, said once more in a few words: an oracle for tests. Pure; knows nothing of the planner.

In: the documents, what is live, what is in the bucket, what is bound. Out: what has to be live afterwards, and what has
to be asked about before. Bands are R and G, one file each; the tile of site a on a day is ``a/DAY/(BAND).tif``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: The manifest does not mention the key.
UNSAID = "unsaid"
NoData = float | str | None
#: Deletes of one collection that need no ack.
MAX_DELETES = 1


@dataclass(frozen=True)
class Entry:
    """One entry of ``spec.tiles``: the tiles of some sites. ``time`` is ``auto``, ``keep``, or fixed (ms, None)."""

    sites: frozenset[str]
    prune: bool = True
    time: int | str | None = "auto"


@dataclass(frozen=True)
class Doc:
    """One Collection document. ``bands`` map to their noData."""

    name: str
    bands: Mapping[str, NoData] = field(default_factory=lambda: {"R": UNSAID})
    no_data: NoData = UNSAID
    entries: tuple[Entry, ...] = ()
    id: str | None = None
    adopt: bool = False
    prevent_destroy: bool = False
    retain: bool = False
    in_place: bool = False


@dataclass(frozen=True)
class Tile:
    """One live tile; ``files`` are ETags by band."""

    status: str
    time_ms: int | None
    files: Mapping[str, str]
    started_ms: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Live:
    """One live collection, its tiles by path. Equal when they look alike: ids count elsewhere."""

    name: str
    bands: Mapping[str, float | None]
    no_data: float | None
    tiles: Mapping[str, Tile]


@dataclass(frozen=True)
class Bound:
    """A binding. ``scopes`` are (sites, prune)."""

    id: str
    prevent_destroy: bool = False
    retain: bool = False
    scopes: frozenset[tuple[frozenset[str], bool]] = frozenset()


@dataclass
class Forecast:
    """``kept`` are the collections with an id, ``made`` those without; ``acks`` what has to be named, ``refused`` why
    nothing helps."""

    kept: dict[str, Live]
    made: dict[str, Live] = field(default_factory=dict)
    bound: dict[str, Bound] = field(default_factory=dict)
    acks: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """All that an apply looks at. ``files`` map keys to (ETag, when put)."""

    docs: Mapping[str, Doc]
    live: Mapping[str, Live]
    files: Mapping[str, tuple[str, int]]
    bound: Mapping[str, Bound]


def foresee(scene: Scene) -> Forecast:
    """Return what an apply with all acks has to come to."""
    forecast = Forecast(dict(scene.live))
    stands = {name: find_live(name, doc, scene) for name, doc in scene.docs.items()}
    for name, doc in scene.docs.items():
        if stands[name] is None or (stands[name] and list(stands.values()).count(stands[name]) > 1):
            forecast.refused.append(f"{name}: ownership")
        else:
            foresee_document(name, doc, stands[name] or "", scene, forecast)
    for name, bound in scene.bound.items():
        if name in scene.docs or bound.id not in scene.live or bound.id in stands.values():
            continue
        if bound.prevent_destroy:
            forecast.refused.append(f"{name}: preventDestroy")
        elif not bound.retain:
            forecast.acks["collectionDeletes", name] = 1
            del forecast.kept[bound.id]
    return forecast


def find_live(name: str, doc: Doc, scene: Scene) -> str | None:
    """Return the id of the collection that a document stands for, empty for one to be made, None for "ask"."""
    if doc.id is not None:
        return doc.id if doc.id in scene.live else None
    bound = scene.bound.get(name)
    if bound is not None and bound.id in scene.live:
        return bound.id
    taken = {each.id for other, each in scene.bound.items() if other != name}
    alike = [live_id for live_id, live in scene.live.items() if live.name == doc.name and live_id not in taken]
    if not alike:
        return ""
    return alike[0] if len(alike) == 1 and doc.adopt else None


def foresee_document(name: str, doc: Doc, live_id: str, scene: Scene, forecast: Forecast) -> None:
    """Add what becomes of the collection of one document."""
    live, bound = scene.live.get(live_id), scene.bound.get(name)
    scopes = frozenset((entry.sites, entry.prune) for entry in doc.entries)
    if live is None:
        forecast.made[name] = make_new(doc, scene)
    elif live.tiles and doc.bands.keys() - live.bands.keys():
        is_bound = bound is not None and bound.id == live_id
        if not doc.in_place or doc.id is not None or not is_bound or doc.prevent_destroy:
            forecast.refused.append(f"{name}: replace")
        forecast.acks["collectionDeletes", name] = 1
        forecast.kept.pop(live_id, None)
        forecast.made[name] = make_new(doc, scene)
    else:
        recorded = bound.scopes if bound is not None and bound.id == live_id else frozenset()
        forecast.acks["bandRemoval", name] = len(live.bands.keys() - doc.bands.keys())
        tiles, lingering = foresee_tiles(name, doc, live, (scene, recorded), forecast)
        forecast.kept[live_id] = replace(merge(doc, live), tiles=tiles)
        scopes |= lingering
    forecast.bound[name] = Bound(live_id, doc.prevent_destroy, doc.retain, scopes)


def merge(doc: Doc, live: Live) -> Live:
    """Return the collection with what the document says; noData stands at the whole or at bands, never at both."""
    asks_all = doc.no_data not in (UNSAID, None)
    asks_band = any(each not in (UNSAID, None) for each in doc.bands.values())
    bands = {
        band: (None if asks_all else live.bands.get(band)) if wanted == UNSAID else _number(wanted)
        for band, wanted in doc.bands.items()
    }
    whole = (None if asks_band else live.no_data) if doc.no_data == UNSAID else _number(doc.no_data)
    return Live(doc.name, bands, whole, live.tiles)


def make_new(doc: Doc, scene: Scene) -> Live:
    """Return the collection of a document made anew, with every tile that is complete."""
    made = merge(doc, Live(doc.name, {}, None, {}))
    tiles = {
        path: Tile("INGESTED", get_time(entry, path), files)
        for path, (entry, files, _) in iter_wanted(doc, scene)
        if len(files) == len(doc.bands)
    }
    return replace(made, tiles=tiles)


def iter_wanted(doc: Doc, scene: Scene) -> Iterator[tuple[str, tuple[Entry, dict[str, str], int]]]:
    """Yield each tile path of which there is a file: with its entry, its files and when the last of them came."""
    for path in sorted({key.rpartition("/")[0] + "/(BAND).tif" for key in scene.files}):
        keys = {band: path.replace("(BAND)", band) for band in doc.bands}
        found = {band: scene.files[key] for band, key in keys.items() if key in scene.files}
        entry = find_entry(doc.entries, path)
        if found and entry is not None:
            newest_ms = max(put_ms for _, put_ms in found.values())
            yield path, (entry, {band: etag for band, (etag, _) in found.items()}, newest_ms)


def foresee_tiles(
    name: str,
    doc: Doc,
    live: Live,
    known: tuple[Scene, frozenset[tuple[frozenset[str], bool]]],
    forecast: Forecast,
) -> tuple[dict[str, Tile], frozenset[tuple[frozenset[str], bool]]]:
    """Return the tiles after an apply, and the recorded scopes that still owned tiles which nobody asks for."""
    scene, recorded = known
    wanted = dict(iter_wanted(doc, scene))
    current = {entry.sites for entry in doc.entries}
    old = {scope for scope in recorded if scope[0] not in current}
    tiles, lingering = {}, set()
    for path, tile in live.tiles.items():
        if path in wanted:
            tiles[path] = foresee_tile(path, tile, wanted[path], len(doc.bands))
            continue
        owners = {scope for scope in old if owns(scope[0], path)}
        lingering |= owners
        entry = find_entry(doc.entries, path)
        prunes = [scope[1] for scope in owners] + ([entry.prune] if entry else [])
        is_doubtful = entry is not None and not any(each[0] is entry for each in wanted.values())
        if not prunes or not all(prunes) or is_doubtful:
            tiles[path] = tile
            forecast.acks["sourceEmpty", name] += bool(prunes) and all(prunes)
        else:
            forecast.acks["deletes" if entry else "scopeRemoved", name] += 1
            if entry and any(path.replace("(BAND)", band) in scene.files for band in tile.files):
                # Of a band that nobody asks for any more, but that was ingested: the tile is not gone.
                forecast.refused.append(f"{name}: evidence")
    if forecast.acks["deletes", name] <= MAX_DELETES:
        del forecast.acks["deletes", name]
    for path, (entry, files, _) in wanted.items():
        if path not in live.tiles and len(files) == len(doc.bands):
            tiles[path] = Tile("INGESTED", get_time(entry, path), files)
    return tiles, frozenset(lingering)


def foresee_tile(path: str, tile: Tile, wanted: tuple[Entry, dict[str, str], int], bands: int) -> Tile:
    """Return a tile that is live and asked for: its time mended, its files read again if they changed."""
    entry, files, newest_ms = wanted
    if len(files) < bands:
        return tile
    time_ms = tile.time_ms if entry.time == "keep" else get_time(entry, path)
    is_changed = any(files[band] != etag for band, etag in tile.files.items() if band in files)
    is_again = newest_ms > tile.started_ms if tile.status == "FAILED" else is_changed
    return Tile("INGESTED", time_ms, files) if is_again else replace(tile, time_ms=time_ms)


def get_time(entry: Entry, path: str) -> int | None:
    """Return the sensing time (ms) that an entry asks for; a tile made with ``keep`` has none."""
    if entry.time == "auto":
        day = datetime.strptime(path.split("/")[1], "%Y%m%d").replace(tzinfo=UTC)
        return int(day.timestamp() * 1000)
    return None if isinstance(entry.time, str) else entry.time


def find_entry(entries: Sequence[Entry], path: str) -> Entry | None:
    """Return the entry that asks for the tile."""
    return next((entry for entry in entries if owns(entry.sites, path)), None)


def owns(sites: frozenset[str], path: str) -> bool:
    """Tell whether the tile is one of the sites."""
    return path.partition("/")[0] in sites


def _number(value: NoData) -> float | None:
    return None if value is None else float(value)
