"""Live tile sets as Parquet files, and back: what a later run need not list again. Touches the engine and one file.

The header in the file says of what and when it is; a file that is damaged, foreign or from another format is no loss.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from byocplan.errors import SpaceError
from byocplan.sets.engine import EngineError, Gatherer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from byocplan.model.tile import TilePage
    from byocplan.sets.engine import Engine
    from byocplan.sets.live import LiveTiles

FORMAT = 1
HEADER = "byocplan"
_WRITE = "COPY ($rows) TO '$path' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {$name: '$header'})"
EXPORT = _WRITE.replace("$rows", "SELECT * FROM $live ORDER BY created_ms DESC, id")
#: Any status but INGESTED has a tile read again.
_MARKED = """
SELECT * REPLACE (CASE WHEN id IN (SELECT id FROM $touched) THEN 'WAITING' ELSE status END AS status)
FROM read_parquet('$source') ORDER BY created_ms DESC, id
"""
EXPORT_MARKED = _WRITE.replace("$rows", _MARKED)
EXPORT_NOTHING = _WRITE.replace("$rows", "SELECT NULL AS id LIMIT 0")
READ_HEADER = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?"
LOAD = "INSERT INTO $live BY NAME SELECT * FROM read_parquet(?)"
COUNT_BROKEN = "SELECT count(*) FROM $live WHERE id IS NULL OR path IS NULL OR status IS NULL"
#: A tile keeps its time of creation, so that the engine passes by whatever was made at other times.
COUNT_ENDED = """
SELECT count(*) FROM $live
WHERE (created_ms IS NULL OR created_ms BETWEEN ? AND ?) AND status IN ('INGESTED', 'FAILED')
  AND id IN (SELECT unnest(?))
"""
SELECT_UNSETTLED = """
SELECT k.id FROM $known k ANTI JOIN $live l ON l.id = k.id WHERE k.status <> 'INGESTED' ORDER BY k.id LIMIT ?
"""
#: A path has one tile: where another one is live there now, the known one is gone.
MERGE = """
CREATE TABLE $merged AS
SELECT * FROM $live UNION ALL BY NAME
SELECT * FROM $known k WHERE k.id NOT IN (SELECT id FROM $live) AND k.path NOT IN (SELECT path FROM $live)
"""


class UnusableError(Exception):
    """A file is no inventory that serves; the text says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an inventory is of. ``full_ms``: when the full listing behind it began; covers as in ``LiveTiles``.

    ``collection`` is the collection itself as it was seen with the tiles (``encode_live_collection``), if it was kept.
    ``touched``: so many tiles, or more, applies were to change since, and these are not INGESTED here; where
    ``is_dropped``, they were too many and the file has no tiles.
    """

    collection_id: str
    deployment: str
    full_ms: int
    cover_length: int
    tiles: int
    format: int = FORMAT
    collection: Mapping[str, Any] | None = None
    touched: int = 0
    is_dropped: bool = False


def write_inventory(live: LiveTiles, header: Header, path: Path) -> None:
    """Write a finished set to a new file. Raises UnusableError where there is no room for it."""
    try:
        live.engine.run(EXPORT, live=live.table, **_name(header, path))
    except (EngineError, SpaceError) as error:
        raise UnusableError("it cannot be written to the temporary folder") from error


def read_inventory(live: LiveTiles, path: Path, wanted: Header) -> Header:
    """Fill an empty set from a file and finish it; return its header. ``wanted`` says of what it must be.

    Raises UnusableError, and the set is then of no use either.
    """
    header = read_header(live.engine, path, wanted)
    if header.is_dropped:
        raise UnusableError(f"the last apply emptied it, having {header.touched:,} tiles to change")
    if header.cover_length > wanted.cover_length:
        raise UnusableError("it lacks the cover geometries that the manifest asks about")
    try:
        live.engine.run(LOAD, [str(path)], live=live.table)
        live.finish()
        if live.count != header.tiles or live.engine.get_number(COUNT_BROKEN, live=live.table):
            raise UnusableError("it is damaged")
    except EngineError as error:
        raise UnusableError("it is damaged") from error
    return header


def read_header(engine: Engine, path: Path, wanted: Header) -> Header:
    """Return the header of a file. Raises UnusableError where it is of another collection than ``wanted``, or none."""
    try:
        ((text,),) = engine.run(READ_HEADER, [str(path), HEADER])
        header = Header(**json.loads(text))
        if not all(isinstance(number, int) for number in (header.full_ms, header.tiles, header.touched)):
            raise UnusableError("it is damaged")
    except (EngineError, ValueError, TypeError) as error:
        raise UnusableError("it is damaged") from error
    if header.format != FORMAT:
        raise UnusableError("it was written by another version")
    if (header.collection_id, header.deployment) != (wanted.collection_id, wanted.deployment):
        raise UnusableError("it is of another collection")
    return header


def mark_inventory(engine: Engine, source: Path, header: Header, ids: Iterable[str], path: Path) -> None:
    """Write a file anew, with its new header, and tiles marked as not INGESTED. Raises UnusableError."""
    touched = engine.make_name("touched")
    try:
        engine.run("CREATE TABLE $touched (id VARCHAR)", touched=touched)
        gatherer = Gatherer(engine, ("id",), "INSERT INTO $touched SELECT id FROM batch", touched=touched)
        for tile_id in ids:
            gatherer.add([[tile_id]])
        gatherer.flush()
        engine.run(EXPORT_MARKED, source=_quote(str(source)), touched=touched, **_name(header, path))
        engine.run("DROP TABLE $touched", touched=touched)
    except (EngineError, SpaceError) as error:
        raise UnusableError("it is damaged, or there is no room to write it anew") from error


def write_dropped(engine: Engine, header: Header, path: Path) -> None:
    """Write a file that has no tiles and says why. Raises UnusableError."""
    try:
        engine.run(EXPORT_NOTHING, **_name(header, path))
    except (EngineError, SpaceError) as error:
        raise UnusableError("it cannot be written to the temporary folder") from error


def find_newest(live: LiveTiles) -> int:
    """Return when the newest tile of a finished set was made, in ms; 0 where none is known."""
    return live.engine.get_number("SELECT max(created_ms) FROM $live", live=live.table)


def has_ended(live: LiveTiles, page: TilePage) -> bool:
    """Tell whether a finished set holds every tile of a page, with its ingestion ended."""
    times = [time_ms for time_ms in page.created_ms if time_ms is not None] or [0]
    found = live.engine.get_number(COUNT_ENDED, [min(times), max(times), list(page.ids)], live=live.table)
    return found == len(set(page.ids))


def list_unsettled(known: LiveTiles, seen: LiveTiles, limit: int) -> list[str]:
    """Return up to ``limit`` known tiles that were not INGESTED and have not been seen since."""
    seen.flush()
    return [tile_id for (tile_id,) in known.engine.run(SELECT_UNSETTLED, [limit], known=known.table, live=seen.table)]


def merge(known: LiveTiles, seen: LiveTiles) -> None:
    """Add to a finished set all known tiles that are not in it; the other set is used up."""
    engine, merged = seen.engine, seen.engine.make_name("live")
    engine.run(MERGE, live=seen.table, known=known.table, merged=merged)
    for table in (known.table, seen.table):
        engine.run("DROP TABLE $name", name=table)
    seen.table = merged
    seen.count = engine.get_number("SELECT count(*) FROM $live", live=merged)


def _name(header: Header, path: Path) -> dict[str, str]:
    """Return what a statement that writes a file names."""
    return {"path": _quote(str(path)), "name": HEADER, "header": _quote(json.dumps(asdict(header)))}


def _quote(text: str) -> str:
    return text.replace("'", "''")
