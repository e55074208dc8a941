"""Desired and live tiles of one collection in, their comparison out. Touches the engine alone.

Every live tile gets exactly one verdict. Columns do the work; single tiles come to Python only where they are live and
not desired (who owns them?) or where their covers are written differently (are they the same?).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.change import Origin, Reason, TileAction
from byocplan.model.selection import Selection
from byocplan.model.tile import DIGEST_LENGTH, PENDING, Status
from byocplan.sets import compare_sql as sql
from byocplan.sets.comparison import Comparison
from byocplan.sets.live import LiveTiles
from byocplan.sets.narrow import narrow_verdicts
from byocplan.sets.settled import trace_origins
from byocplan.sets.tile_paths import choose_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.sets.desired import DesiredTiles
    from byocplan.sets.engine import Row
    from byocplan.sets.settled import Settled


ALL = Selection()


@dataclass(frozen=True, slots=True)
class Orphan:
    """What is to become of a live tile that is not desired: DELETE, KEEP or UNMANAGED. ``group`` is its prefix.

    ``origin`` is that of a DELETE, as far as scopes tell.
    """

    action: TileAction
    reason: Reason
    group: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Judges:
    """What the comparison asks about single tiles: the fate of a path that is live alone, and whether covers agree."""

    judge_orphan: Callable[[str], Orphan]
    is_same_cover: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Past:
    """What tells where changes come from: the settled record, and the origin of each source's creates without one.

    A source that is not named asks anew: its creates come from the manifest.
    """

    create_reason: Reason = Reason.NOT_LIVE
    create_origins: tuple[Origin, ...] = ()
    settled: Settled | None = None


NOTHING = Past()


def compare_tiles(
    desired: DesiredTiles,
    live: LiveTiles | None,
    judges: Judges,
    past: Past = NOTHING,
    selection: Selection = ALL,
) -> Comparison:
    """Return the comparison of two finished sets, narrowed to a selection; ``live`` None stands for no tiles.

    Of live tiles, those with the paths that ``desired`` is limited to: all others are in no class, and count nowhere.
    """
    if live is None:
        live = LiveTiles(desired.engine)
        live.finish()
    engine = desired.engine
    tables = {
        "desired": desired.table,
        "live": choose_rows(engine, live.table, desired.selected),
        "rule": desired.rule_table,
        "cover": desired.cover_table,
        "live_cover": sql.HASH_COVER if desired.has_covers else sql.NO_COVER,
        "digest_length": str(DIGEST_LENGTH),
        "create_origins": f"{[origin.value for origin in past.create_origins]}::VARCHAR[]",
        **{name: engine.make_name(name) for name in ("verdict", "match", "differing", "changed", "touched", "known")},
    }
    for statement in (sql.CREATE_VERDICTS, sql.MAKE_MATCHES, sql.CREATE_DIFFERING, sql.MAKE_CHANGED):
        engine.run(statement, **tables)
    _find_differing_covers(desired, judges, tables)
    engine.run(sql.JUDGE_MATCHES, **tables)
    _judge_live_alone(desired, judges, tables)
    engine.run(sql.JUDGE_DESIRED_ALONE, [past.create_reason.value], **tables)
    trace_origins(engine, tables, past.settled)
    for name in ("match", "differing", "changed"):
        engine.run("DROP TABLE $name", name=tables[name])
    left_out = narrow_verdicts(engine, tables, selection)
    engine.run(sql.MAKE_TOUCHED, **tables)
    engine.settle()
    return Comparison(engine, tables, left_out)


def _find_differing_covers(desired: DesiredTiles, judges: Judges, tables: dict[str, str]) -> None:
    """Note the tiles whose live cover is not the one asked for; covers written alike never come here."""
    engine = desired.engine
    for rows in engine.iter_batches(sql.SELECT_COVERS, **tables):
        differing = [row for row, asked, cover in rows if cover is None or not judges.is_same_cover(asked, cover)]
        if differing:
            engine.insert({"lr": differing}, sql.INSERT_DIFFERING, **tables)


def _judge_live_alone(desired: DesiredTiles, judges: Judges, tables: dict[str, str]) -> None:
    """Judge the tiles that are live and not desired."""
    names = ("lr", "path", "action", "reason", "grp", "sensing_ms", "origin")
    for rows in desired.engine.iter_batches(sql.SELECT_LIVE_ALONE, **tables):
        verdicts = [_make_verdict(row, judges.judge_orphan(row[1])) for row in rows]
        columns = dict(zip(names, zip(*verdicts, strict=True), strict=True))
        desired.engine.insert(columns, sql.INSERT_LIVE_ALONE, **tables)


def _make_verdict(row: Row, orphan: Orphan) -> Row:
    """Return the verdict on one live tile; unmanaged wins, then what ingestion says, but a FAILED orphan goes."""
    live_row, path, status, sensing_ms = row
    action, reason = orphan.action, orphan.reason
    if action is not TileAction.UNMANAGED and status in PENDING:
        action, reason = TileAction.PENDING, Reason.INGESTING
    elif action is TileAction.KEEP and status == Status.FAILED:
        action = TileAction.FAILED
    return live_row, path, action.value, reason.value, orphan.group, sensing_ms, orphan.origin and orphan.origin.value
