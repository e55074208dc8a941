"""The settled record of one collection: which tiles were live as desired when last seen or made so, and as what.

A comparison asks it who moved; a look and an apply bring it up to date. Touches the engine and files of the run. A file
that is damaged, foreign or from another format is no loss: origins are less exact until the next one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.change import TileAction
from byocplan.sets import settled_sql as sql
from byocplan.sets.engine import EngineError, Gatherer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from byocplan.model.change import TileChange
    from byocplan.sets.engine import Engine

FORMAT = 1
HEADER = "byocplan"
COLUMNS = ("path", "is_timed", "sensing_ms", "cover", "is_gone")


@dataclass(frozen=True, slots=True)
class SettledHeader:
    """What a record is of. ``is_whole``: a tile that it lacks was not made by an apply of ours.

    ``tiles`` and ``digest`` are those of its rows; what they are in another version of the engine does not matter.
    """

    collection_id: str
    deployment: str
    is_whole: bool = False
    tiles: int = 0
    digest: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Settled:
    """A record in a file of the run."""

    path: Path
    header: SettledHeader


def read_settled(engine: Engine, path: Path, wanted: SettledHeader) -> Settled | None:
    """Return the record in a file, None where the file is none of this collection."""
    try:
        ((text,),) = engine.run(sql.READ_HEADER, [str(path), HEADER])
        header = SettledHeader(**json.loads(text))
    except (EngineError, ValueError, TypeError):
        return None
    same = (wanted.collection_id, wanted.deployment, FORMAT)
    return Settled(path, header) if (header.collection_id, header.deployment, header.format) == same else None


def trace_origins(engine: Engine, tables: Mapping[str, str], settled: Settled | None) -> None:
    """Say of the changes that the record knows more about where they come from; fill the ``known`` table."""
    engine.run(sql.CREATE_KNOWN, **tables)
    if settled is None:
        return
    try:
        engine.run(sql.FILL_KNOWN, settled=_quote(settled.path), **tables)
    except EngineError:  # a damaged file says nothing
        return
    engine.run(sql.TRACE_CREATES, **tables)
    engine.run(sql.TRACE_UPDATES, **tables)
    if settled.header.is_whole:
        engine.run(sql.TRACE_DELETES, **tables)


def write_seen(
    engine: Engine, tables: Mapping[str, str], before: Settled | None, header: SettledHeader, path: Path
) -> bool:
    """Write the record of a whole look to a new file; False, and nothing is written, where ``before`` is the same.

    Tiles that agree are as they are asked for now; of those that do not, the record before stands. Raises EngineError
    where there is no room.
    """
    tiles, digest = engine.run(sql.DIGEST, **tables)[0]
    # What is pending may be of an apply of ours, and is not on record yet.
    ((pending,),) = engine.run(sql.COUNT_PENDING, **tables)
    is_whole = not pending or (before is not None and before.header.is_whole)
    header = replace(header, is_whole=is_whole, tiles=tiles, digest=str(digest))
    if before is not None and before.header == header:
        return False
    engine.run(sql.WRITE_SEEN, path=_quote(path), name=HEADER, header=_encode(header), **tables)
    return True


def write_applied(
    engine: Engine, changes: Iterable[TileChange], before: Settled | None, header: SettledHeader, path: Path
) -> None:
    """Write the record after changes that were carried out, to a new file. Raises EngineError."""
    applied = engine.make_name("applied")
    engine.run(sql.CREATE_APPLIED, applied=applied)
    gatherer = Gatherer(engine, COLUMNS, sql.ADD_APPLIED, applied=applied)
    for change in changes:
        gatherer.add(_make_row(change))
    gatherer.flush()
    names = {"applied": applied, "path": _quote(path), "name": HEADER, "header": _encode(header)}
    if before is None:
        engine.run(sql.WRITE_FIRST, **names)
    else:
        engine.run(sql.WRITE_APPLIED, settled=_quote(before.path), **names)
    engine.run("DROP TABLE $applied", applied=applied)


def _make_row(change: TileChange) -> list[list[object]]:
    cover = change.cover if change.cover_managed else None
    is_gone = change.action is TileAction.DELETE
    return [[change.path], [int(change.sensing_managed)], [change.sensing_time_ms], [cover], [int(is_gone)]]


def _encode(header: SettledHeader) -> str:
    return json.dumps(asdict(header)).replace("'", "''")


def _quote(path: Path) -> str:
    return str(path).replace("'", "''")
