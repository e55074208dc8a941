"""Tiles that are to be listed one by one: rows in, rows in order of path out. Touches the engine alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.sets.engine import Gatherer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.sets.engine import Engine

CREATE = "CREATE TABLE $rest (path VARCHAR, sensing_ms BIGINT, fits_table BIGINT, is_gone BIGINT)"
NAMES = ("path", "sensing_ms", "fits_table", "is_gone")
INSERT = "INSERT INTO $rest BY NAME SELECT * FROM batch"
COUNT = "SELECT count(*), coalesce(sum(fits_table), 0)::BIGINT FROM $rest"
SELECT_SINGLES = """
SELECT path, sensing_ms, is_gone = 1 FROM $rest WHERE fits_table = 0 OR ? ORDER BY is_gone, path LIMIT ?
"""
SELECT_STRETCH = "SELECT path, sensing_ms FROM $rest WHERE fits_table = 1 ORDER BY path LIMIT ? OFFSET ?"
COUNT_GONE = """
SELECT sum(is_gone)::BIGINT FROM (SELECT is_gone FROM $rest WHERE fits_table = 1 ORDER BY path LIMIT ? OFFSET ?)
"""


class RestTiles:
    """Tiles with their times; some fit into a table, some are gone from the bucket. Add, then ``finish``, then ask."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.table = engine, engine.make_name("rest")
        engine.run(CREATE, rest=self.table)
        self._gatherer = Gatherer(engine, NAMES, INSERT, rest=self.table)
        self.count = self.count_for_tables = 0

    def add(self, path: str, sensing_time_ms: int | None, *, fits_table: bool, is_gone: bool) -> None:
        """Add a tile; each path once."""
        self._gatherer.add(([path], [sensing_time_ms], [int(fits_table)], [int(is_gone)]))

    def finish(self) -> None:
        """Close the set, and count."""
        self._gatherer.flush()
        self.count, self.count_for_tables = self.engine.run(COUNT, rest=self.table)[0]

    def list_singles(self, limit: int, *, is_all: bool) -> list[tuple[str, int | None, bool]]:
        """Return path, time and whether it is gone of tiles that fit no table, or of all: those that are gone last."""
        return list(self.engine.iter_rows(SELECT_SINGLES, [is_all, limit], rest=self.table))

    def get_stretch(self, first: int, most: int) -> RestStretch:
        """Return the tiles from the ``first`` one on, in order of path, of those that fit a table."""
        return RestStretch(self, first, min(most, self.count_for_tables - first))


@dataclass(frozen=True, slots=True)
class RestStretch:
    """Path and time of tiles, in order of path, asked for as they are gone through."""

    rest: RestTiles
    first: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[tuple[str, int | None]]:
        yield from self.rest.engine.iter_rows(SELECT_STRETCH, [self.count, self.first], rest=self.rest.table)

    def count_gone(self) -> int:
        """Return how many are gone."""
        return self.rest.engine.get_number(COUNT_GONE, [self.count, self.first], rest=self.rest.table)
