"""Seen tiles: pages in, groups and samples of them out. Touches the engine alone.

What an export folds into patterns. Many are rows of the engine, one a path, so that none of their groups is ever held
as a whole; few are a list, which is gone through many times faster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from string import Template
from typing import TYPE_CHECKING

from byocplan.model.seen import MAX_PARTS, UNKNOWN, SeenTile, TileList
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
SELECT_LEFT = "SELECT path, sensing_ms FROM $rows ANTI JOIN ($taken) USING (path)"
SELECT_UNORDERED = "SELECT path, sensing_ms FROM $rows"
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
SELECT_PARTS = "SELECT path, sensing_ms, part FROM $parted WHERE part BETWEEN ? AND ? ORDER BY part, seq"
LEAVE = "CREATE TABLE $left AS SELECT * FROM $rows ANTI JOIN ($taken) USING (path)"
COUNT = "SELECT count(*) FROM $rows"
COUNT_PARTS = "SELECT part, count(*) FROM $parted GROUP BY part ORDER BY part"


class _Table:
    """A table of the engine that goes when nothing refers to it any more."""

    def __init__(self, engine: Engine, stem: str, columns: str = "") -> None:
        """Name it; with ``columns`` it is there and empty."""
        self.engine, self.name = engine, engine.make_name(stem)
        engine.drop_forgotten()
        if columns:
            engine.run(f"CREATE TABLE $table ({columns})", table=self.name)

    def __del__(self) -> None:
        self.engine.forget(self.name)


@dataclass(frozen=True, slots=True)
class SeenRows:
    """Tiles in the order in which they came; ``rows`` is a table or a query in brackets, of ``table``."""

    table: _Table
    rows: str
    count: int
    is_timed: bool = True

    @property
    def engine(self) -> Engine:
        """What has the rows."""
        return self.table.engine

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[SeenTile]:
        return map(self._make_tile, self.engine.iter_rows(SELECT, rows=self.rows))

    def spread(self, count: int) -> list[SeenTile]:
        """Return every so-manieth tile, about ``count`` of them."""
        step = max(1, self.count // count)
        return [self._make_tile(row) for row in self.engine.iter_rows(SPREAD, [step], rows=self.rows)]

    def select(self, test: Callable[[SeenTile], bool]) -> SeenRows | TileList:
        """Return the tiles that pass."""
        chosen = _Table(self.engine, "chosen", COLUMNS)
        gatherer = Gatherer(self.engine, NAMES, INSERT, into=chosen.name)
        for rows in self.engine.iter_batches(SELECT, rows=self.rows):
            kept = [row for row in rows if test(self._make_tile(row))]
            if kept:
                gatherer.add(list(zip(*kept, strict=True)))
        gatherer.flush()
        return self._take(chosen)

    def part(self, key: Callable[[SeenTile], Hashable], least: int) -> Iterator[SeenRows | TileList]:
        """Yield groups of equal keys, of ``least`` tiles or more, in order of their first members.

        Of more than ``MAX_PARTS`` the largest. Keys are equal where their ``repr`` is.
        """
        keyed = self._add_keys(key)
        if keyed is None:
            yield from [self] if self.count >= least else []
            return
        parted = _Table(self.engine, "parted")
        self.engine.run(PART, [least, MAX_PARTS], keyed=keyed.name, parted=parted.name)
        del keyed
        counts = self.engine.run(COUNT_PARTS, parted=parted.name)
        for numbers in _iter_runs(counts, self.engine.held_tiles):
            if numbers[0][1] > self.engine.held_tiles:
                ((number, count),) = numbers
                rows = ONE_PART.substitute(parted=parted.name, number=number)
                yield replace(self, table=parted, rows=rows, count=count)
            else:
                yield from self._hold_parts(parted, numbers[0][0], numbers[-1][0])

    def iter_without(self, own: Iterable[SeenTile]) -> Iterator[SeenTile]:
        """Yield the tiles whose paths are not in ``own``, in any order."""
        if isinstance(own, SeenRows):
            taken = PATHS.substitute(rows=own.rows)
            return map(self._make_tile, self.engine.iter_rows(SELECT_LEFT, rows=self.rows, taken=taken))
        paths = {tile.path for tile in own}
        rows = self.engine.iter_rows(SELECT_UNORDERED, rows=self.rows)
        return (self._make_tile(row) for row in rows if row[0] not in paths)

    def without(self, others: Iterable[Iterable[SeenTile]]) -> SeenRows | TileList:
        """Return the tiles whose paths are in none of the others."""
        others = list(others)
        if not others:
            return self
        listed = _Table(self.engine, "listed", "path VARCHAR")
        gatherer = Gatherer(self.engine, ("path",), INSERT, into=listed.name)
        queries = [PATHS.substitute(rows=listed.name)]
        for other in others:
            if isinstance(other, SeenRows):
                queries.append(PATHS.substitute(rows=other.rows))
            else:
                gatherer.add([[tile.path for tile in other]])
        gatherer.flush()
        left = _Table(self.engine, "left")
        self.engine.run(LEAVE, left=left.name, rows=self.rows, taken=" UNION ALL ".join(queries))
        return self._take(left)

    def hide_times(self) -> SeenRows:
        """Return the same tiles, their sensing times UNKNOWN."""
        return replace(self, is_timed=False)

    def show_times(self) -> SeenRows:
        """Return the same tiles with the sensing times they came with."""
        return replace(self, is_timed=True)

    def _add_keys(self, key: Callable[[SeenTile], Hashable]) -> _Table | None:
        """Return a table of the tiles with their keys, None where all keys are equal."""
        keyed = _Table(self.engine, "keyed", f"key VARCHAR, {COLUMNS}")
        gatherer = Gatherer(self.engine, ("key", *NAMES), INSERT, into=keyed.name)
        first: Hashable = None
        is_one = True
        for number, rows in enumerate(self.engine.iter_batches(SELECT, rows=self.rows)):
            keys = [key(self._make_tile(row)) for row in rows]
            first = first if number else keys[0]
            if is_one and keys.count(first) == len(keys):
                continue  # it may all be one group, which then is there already
            if is_one:
                self.engine.run(ADD_BEFORE, [repr(first), rows[0][-1]], into=keyed.name, rows=self.rows)
                is_one = False
            gatherer.add([list(map(repr, keys)), *zip(*rows, strict=True)])
        gatherer.flush()
        return None if is_one else keyed

    def _hold_parts(self, parted: _Table, first: int, last: int) -> Iterator[TileList]:
        rows = self.engine.iter_rows(SELECT_PARTS, [first, last], parted=parted.name)
        # All that one query gives is there before any is looked at: an open query keeps what is dropped meanwhile.
        groups = [[SeenTile(*row[:2]) for row in group] for _, group in groupby(rows, key=lambda row: row[2])]
        return (TileList(group, self.is_timed) for group in groups)

    def _take(self, table: _Table) -> SeenRows | TileList:
        """Return the tiles of a table, their times as here: few are taken out of it."""
        count = self.engine.get_number(COUNT, rows=table.name)
        taken = replace(self, table=table, rows=table.name, count=count)
        if count > self.engine.held_tiles:
            return taken
        return TileList([SeenTile(*row[:2]) for row in self.engine.iter_rows(SELECT, rows=table.name)], self.is_timed)

    def _make_tile(self, row: Row) -> SeenTile:
        return SeenTile(row[0], row[1] if self.is_timed else UNKNOWN)


def _iter_runs(counts: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Yield runs of parts, number and count each: together ``most`` tiles at most, or one part of more alone."""
    run: list[Row] = []
    total = 0
    for row in counts:
        if run and total + row[1] > most:
            yield run
            run, total = [], 0
        run.append(row)
        total += row[1]
    if run:
        yield run


class SeenTiles:
    """Takes tiles as they come; a path that comes again counts once, with what it came with last."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._count = engine, 0
        self._held: dict[str, int | None] = {}
        self._table: _Table | None = None

    def add(self, paths: Sequence[str], sensing_times_ms: Sequence[int | None]) -> None:
        """Add tiles, columns of equal length."""
        if self._table is not None:
            self._add_rows(paths, sensing_times_ms)
            return
        for path, time_ms in zip(paths, sensing_times_ms, strict=True):
            self._held.pop(path, None)
            self._held[path] = time_ms
        if len(self._held) > self._engine.held_tiles:
            self._table = _Table(self._engine, "seen", COLUMNS)
            names = ("seq", "path", "sensing_ms")
            self._gatherer = Gatherer(self._engine, names, INSERT, into=self._table.name)
            self._add_rows(list(self._held), list(self._held.values()))
            self._held = {}

    def finish(self) -> SeenRows | TileList:
        """Return the tiles."""
        if self._table is None:
            return TileList([SeenTile(*item) for item in self._held.items()])
        self._gatherer.flush()
        sql = "SELECT count(*), count(DISTINCT path) FROM $seen"
        rows, paths = self._engine.run(sql, seen=self._table.name)[0]
        if rows != paths:
            once = _Table(self._engine, "seen")
            self._engine.run(DROP_REPEATS, seen=self._table.name, once=once.name)
            self._table = once
        return SeenRows(self._table, self._table.name, paths)

    def _add_rows(self, paths: Sequence[str], sensing_times_ms: Sequence[int | None]) -> None:
        start, self._count = self._count, self._count + len(paths)
        self._gatherer.add((range(start, self._count), paths, sensing_times_ms))
