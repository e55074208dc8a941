"""Rows that are tiles already, on their way into a desired tile set. Touches the engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.sets import desired_sql as sql
from byocplan.sets.engine import Gatherer

if TYPE_CHECKING:
    from byocplan.sets.columns import RowBatch
    from byocplan.sets.engine import Engine

ROW_NAMES = ("source", "path", "sensing_ms", "cover", "grp")


class ReadyRows:
    """Gathers rows beside the files of other sources; each cover is written once, as it comes, and then by number."""

    def __init__(self, engine: Engine, cover_table: str) -> None:
        self._engine, self._table = engine, engine.make_name("ready")
        engine.run(sql.CREATE_READY, ready=self._table)
        self._rows = Gatherer(engine, ROW_NAMES, sql.FOLD_READY, ready=self._table)
        self._covers = Gatherer(engine, ("cover", "text"), sql.INSERT_COVERS, cover=cover_table)
        self._next = engine.get_number("SELECT count(*) FROM $cover", cover=cover_table)

    def add(self, batch: RowBatch) -> None:
        """Add rows of one source."""
        texts = [text for text in batch.covers if text is not None]
        numbers = iter(range(self._next, self._next + len(texts)))
        covers = [None if text is None else next(numbers) for text in batch.covers]
        if texts:
            self._covers.add((range(self._next, self._next + len(texts)), texts))
            self._next += len(texts)
        source = [batch.source] * len(batch)
        self._rows.add((source, batch.paths, batch.sensing_times_ms, covers, batch.groups))

    def finish(self, *, desired: str, rule: str) -> None:
        """Add the rows to the tiles of files; a path of both is claimed twice."""
        self._rows.flush()
        self._covers.flush()
        for statement in (sql.ADD_CLAIMS, sql.ADD_READY):
            self._engine.run(statement, ready=self._table, desired=desired, rule=rule)
        self._engine.run("DROP TABLE $ready", ready=self._table)
