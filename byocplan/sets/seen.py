"""Seen tiles, a row a path: pages in, groups and samples of them out. Touches the engine alone.

What an export folds into patterns. Groups are parts of tables, so that none of them is ever held as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from string import Template
from typing import TYPE_CHECKING

from byocplan.model.seen import MAX_PARTS, UNKNOWN, SeenTile
from byocplan.sets.engine import Gatherer

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from byocplan.sets.engine import Engine, Row

COLUMNS = "seq BIGINT, path VARCHAR, sensing_ms BIGINT"
NAMES = ("path", "sensing_ms", "seq")
INSERT = "INSERT INTO $into BY NAME SELECT * FROM batch"
ADD_BEFORE = "INSERT INTO $into BY NAME SELECT ? AS key, path, sensing_ms, seq FROM $rows WHERE seq < ?"
#: What came last is what holds.
DROP_REPEATS = """
CREATE TABLE $once AS SELECT * FROM $seen QUALIFY 1 = row_number() OVER (PARTITION BY path ORDER BY seq DESC)
"""
PATHS = Template("SELECT path FROM $rows")
SELECT = "SELECT path, sensing_ms, seq FROM $rows ORDER BY seq"
SPREAD = """
SELECT path, sensing_ms FROM (SELECT *, row_number() OVER (ORDER BY seq) - 1 AS number FROM $rows)
WHERE number % ? = 0 ORDER BY seq
"""
PART = """
CREATE TABLE $parted AS
WITH large AS (
  SELECT key, count(*) AS tiles, min(seq) AS first FROM $keyed GROUP BY key HAVING tiles >= ?
  ORDER BY tiles DESC, first LIMIT ?
), numbered AS (SELECT key, row_number() OVER (ORDER BY first) AS part FROM large)
SELECT part, seq, path, sensing_ms FROM $keyed JOIN numbered USING (key)
"""
ONE_PART = Template("(SELECT seq, path, sensing_ms FROM $parted WHERE part = $number)")
LEAVE = "CREATE TABLE $left AS SELECT * FROM $rows ANTI JOIN ($taken) USING (path)"
COUNT_PARTS = "SELECT part, count(*) FROM $parted GROUP BY part ORDER BY part"


@dataclass(frozen=True, slots=True)
class SeenRows:
    """Tiles in the order in which they came; ``rows`` is a table or a query in brackets."""

    engine: Engine
    rows: str
    count: int
    is_timed: bool = True

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[SeenTile]:
        return map(self._make_tile, self.engine.iter_rows(SELECT, rows=self.rows))

    def spread(self, count: int) -> list[SeenTile]:
        """Return every so-manieth tile, about ``count`` of them."""
        step = max(1, self.count // count)
        return [self._make_tile(row) for row in self.engine.iter_rows(SPREAD, [step], rows=self.rows)]

    def select(self, test: Callable[[SeenTile], bool]) -> SeenRows:
        """Return the tiles that pass."""
        chosen, count = self.engine.make_name("chosen"), 0
        self.engine.run(f"CREATE TABLE $into ({COLUMNS})", into=chosen)
        gatherer = Gatherer(self.engine, NAMES, INSERT, into=chosen)
        for rows in self.engine.iter_batches(SELECT, rows=self.rows):
            kept = [row for row in rows if test(self._make_tile(row))]
            if kept:
                gatherer.add(list(zip(*kept, strict=True)))
            count += len(kept)
        gatherer.flush()
        return replace(self, rows=chosen, count=count)

    def part(self, key: Callable[[SeenTile], Hashable], least: int) -> list[SeenRows]:
        """Return groups of equal keys, of ``least`` tiles or more, in order of their first members.

        Of more than ``MAX_PARTS`` the largest. Keys are equal where their ``repr`` is.
        """
        keyed, parted = self.engine.make_name("keyed"), self.engine.make_name("parted")
        self.engine.run(f"CREATE TABLE $keyed (key VARCHAR, {COLUMNS})", keyed=keyed)
        gatherer = Gatherer(self.engine, ("key", *NAMES), INSERT, into=keyed)
        first, is_one = "", True
        for rows in self.engine.iter_batches(SELECT, rows=self.rows):
            keys = [repr(key(self._make_tile(row))) for row in rows]
            first = first or keys[0]
            if is_one and set(keys) == {first}:
                continue  # it may all be one group, which then is there already
            if is_one:
                self.engine.run(ADD_BEFORE, [first, rows[0][-1]], into=keyed, rows=self.rows)
                is_one = False
            gatherer.add([keys, *zip(*rows, strict=True)])
        gatherer.flush()
        if is_one:
            self.engine.run("DROP TABLE $keyed", keyed=keyed)
            return [self] if self.count >= least else []
        self.engine.run(PART, [least, MAX_PARTS], keyed=keyed, parted=parted)
        self.engine.run("DROP TABLE $keyed", keyed=keyed)
        return [
            replace(self, rows=ONE_PART.substitute(parted=parted, number=number), count=count)
            for number, count in self.engine.run(COUNT_PARTS, parted=parted)
        ]

    def without(self, others: Iterable[SeenRows]) -> SeenRows:
        """Return the tiles whose paths are in none of the others."""
        rows = self.rows
        taken = " UNION ALL ".join(PATHS.substitute(rows=other.rows) for other in others)
        if taken:
            rows = self.engine.make_name("left")
            self.engine.run(LEAVE, left=rows, rows=self.rows, taken=taken)
        return replace(self, rows=rows, count=self.engine.get_number("SELECT count(*) FROM $rows", rows=rows))

    def hide_times(self) -> SeenRows:
        """Return the same tiles, their sensing times UNKNOWN."""
        return replace(self, is_timed=False)

    def show_times(self) -> SeenRows:
        """Return the same tiles with the sensing times they came with."""
        return replace(self, is_timed=True)

    def _make_tile(self, row: Row) -> SeenTile:
        return SeenTile(row[0], row[1] if self.is_timed else UNKNOWN)


class SeenTiles:
    """Takes tiles as they come; a path that comes again counts once, with what it came with last."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._table, self._count = engine, engine.make_name("seen"), 0
        engine.run(f"CREATE TABLE $seen ({COLUMNS})", seen=self._table)
        self._gatherer = Gatherer(engine, ("seq", "path", "sensing_ms"), INSERT, into=self._table)

    def add(self, paths: Sequence[str], sensing_times_ms: Sequence[int | None]) -> None:
        """Add tiles, columns of equal length."""
        start, self._count = self._count, self._count + len(paths)
        self._gatherer.add((range(start, self._count), paths, sensing_times_ms))

    def finish(self) -> SeenRows:
        """Return the tiles."""
        self._gatherer.flush()
        rows, paths = self._engine.run("SELECT count(*), count(DISTINCT path) FROM $seen", seen=self._table)[0]
        if rows != paths:
            once = self._engine.make_name("seen")
            self._engine.run(DROP_REPEATS, seen=self._table, once=once)
            self._engine.run("DROP TABLE $seen", seen=self._table)
            self._table = once
        return SeenRows(self._engine, self._table, paths)
