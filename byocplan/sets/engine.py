"""The columnar engine: one DuckDB database a run, in a folder of its own. Touches temporary files only.

Rows come in as columns, gathered until there are enough of them, for one statement costs as much as a thousand rows.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import numpy as np

from byocplan.errors import SpaceError
from byocplan.sets.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

#: Rows handed to the engine at a time, and rows fetched from it at a time.
BATCH_ROWS = 20_000
#: How long the log may get before it is put into the file. It cannot be left away; each time it is put there, pages
#: that were filled in part are written anew: with the engine's own 16 MB inserts cost twice as much.
LOG_SIZE = "128MB"
#: After how many comparisons what is small is written to the file.
SETTLE_EVERY = 16

Row = tuple[Any, ...]
T = TypeVar("T")
#: What every statement that fails raises, unless there is no room.
EngineError = duckdb.Error
#: How the system says that a file cannot grow; the engine has no kind of error for it.
FULL = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
MAKE_ROOM = "make room there, or set TMPDIR to a folder with more, and run again"
TAKE_LESS = f"{MAKE_ROOM}; where there is room, take fewer collections at a time"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Bounds of the engine; past ``memory_limit`` it spills into its folder, below ``folder`` or the system's own.

    ``held_tiles``: so many seen tiles at most are a list, which is quicker, not rows. They take 4 MB or so, and an
    export has a few such lists for each of its patterns.
    """

    memory_limit: str = "256MB"
    threads: int = 2
    folder: str | None = None
    held_tiles: int = 20_000


class Engine:
    """A database that lives as long as the run. Safe to use from several threads; one statement at a time.

    Every method raises SpaceError where neither memory nor the folder has room.
    """

    def __init__(self, options: EngineOptions) -> None:
        self.lock = RLock()
        self.held_tiles = options.held_tiles
        self._folder = _make_folder(options.folder)
        #: Where the run may put files of its own; gone when it ends.
        self.folder = root = Path(self._folder.name)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": options.memory_limit,
            "threads": options.threads,
            "temp_directory": str(root / "spill"),
            "preserve_insertion_order": False,
            "checkpoint_threshold": LOG_SIZE,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._memory_limit = options.memory_limit
        try:
            with self._telling_of_room():
                self._connection = duckdb.connect(str(root / "sets.duckdb"), config=config)
        except SpaceError:
            self._folder.cleanup()
            raise
        # What is forgotten anyway need not be put in order first.
        self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        self._aside = Aside()
        self._names = 0
        self._forgotten: list[str] = []
        self._settled = 0

    def close(self) -> None:
        """Forget everything."""
        self._aside.close()
        self._connection.close()
        self._folder.cleanup()

    def settle(self) -> None:
        """Write small sets to the file every now and then: only what is there can be dropped from memory.

        Large ones are written as they come.
        """
        with self.lock:
            self._settled += 1
            if self._settled % SETTLE_EVERY == 0:
                with suppress(duckdb.TransactionException):  # somebody is reading; the next time will do
                    self._execute("CHECKPOINT")

    def make_name(self, stem: str) -> str:
        """Return a table name that nobody else has."""
        with self.lock:
            self._names += 1
            return f"{stem}_{self._names}"

    def forget(self, table: str) -> None:
        """Have a table dropped when ``drop_forgotten`` is called; this runs no statement, so any moment will do."""
        self._forgotten.append(table)

    def drop_forgotten(self) -> None:
        """Drop the tables that are not needed any more."""
        with self.lock:
            while self._forgotten:
                self._execute(f"DROP TABLE IF EXISTS {self._forgotten.pop()}")

    def run(self, sql: str, parameters: Sequence[object] = (), **tables: str) -> list[Row]:
        """Run a statement and return all its rows: for statements whose answer is small.

        ``$name`` in ``sql`` stands for the table given as ``name``, ``?`` for a parameter.
        """
        with self.lock:
            return self._execute(Template(sql).substitute(tables), parameters)

    def get_number(self, sql: str, parameters: Sequence[object] = (), **tables: str) -> int:
        """Return the one number a query answers; null counts as 0."""
        return int(self.run(sql, parameters, **tables)[0][0] or 0)

    def insert(self, columns: Mapping[str, Sequence[object]], sql: str, **tables: str) -> None:
        """Run ``sql``, in which ``batch`` stands for a table of the given columns."""
        arrays = {name: _make_array(values) for name, values in columns.items()}
        with self.lock:
            self._connection.register("batch", arrays)
            self._execute(Template(sql).substitute(tables))
            self._connection.unregister("batch")

    def iter_rows(self, sql: str, parameters: Sequence[object] = (), **tables: str) -> Iterator[Row]:
        """Yield the rows of a query as they come; other statements may run in between."""
        for rows in self.iter_batches(sql, parameters, **tables):
            yield from rows

    def iter_batches(self, sql: str, parameters: Sequence[object] = (), **tables: str) -> Iterator[list[Row]]:
        """Yield the rows of a query in lists of ``BATCH_ROWS`` at most."""
        with self.lock:
            cursor = self._connection.cursor()
        try:
            query = Template(sql).substitute(tables)
            self._run_tight(cursor, lambda: cursor.execute(query, list(parameters)))
            while rows := self._fetch(cursor):
                yield rows
        finally:
            cursor.close()

    def get_columns(self, sql: str, parameters: Sequence[object] = (), **tables: str) -> dict[str, NDArray[Any]]:
        """Return all rows of a query as columns; null is None in texts, NaT in times, and in no other column."""
        with self.lock:
            cursor = self._connection.cursor()
        try:
            query = Template(sql).substitute(tables)
            self._run_tight(cursor, lambda: cursor.execute(query, list(parameters)))
            with self._telling_of_room():
                columns = self._aside.run(cursor, cursor.fetchnumpy)
        finally:
            cursor.close()
        return {name: _fill(np.ma.asarray(column)) for name, column in columns.items()}

    def _fetch(self, cursor: duckdb.DuckDBPyConnection) -> list[Row]:
        with self._telling_of_room():
            return self._aside.run(cursor, lambda: cursor.fetchmany(BATCH_ROWS))

    def _execute(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        connection = self._connection
        return self._run_tight(connection, lambda: connection.execute(query, list(parameters)).fetchall())

    def _run_tight(self, connection: duckdb.DuckDBPyConnection, statement: Callable[[], T]) -> T:
        """Return what the statement returns; where the threads together take too much memory, one alone has to do.

        A statement that fails has changed nothing.
        """
        with self._telling_of_room():
            try:
                return self._aside.run(connection, statement)
            except duckdb.OutOfMemoryException:
                self._connection.execute("SET threads = 1")
                return self._aside.run(connection, statement)

    @contextmanager
    def _telling_of_room(self) -> Iterator[None]:
        """Make a SpaceError of what the engine says when it has no room."""
        where = str(self.folder.parent)
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            what = (
                f"the tiles of this run do not fit into {self._memory_limit} of memory and the files it may keep here"
            )
            raise SpaceError(where, what, TAKE_LESS) from error
        except duckdb.Error as error:
            if not any(text in str(error) for text in FULL):
                raise
            raise SpaceError(where, "there is no room for the temporary files of this run", MAKE_ROOM) from error


class Gatherer:
    """Gathers rows of columns until there are enough for one statement."""

    def __init__(self, engine: Engine, names: Sequence[str], sql: str, **tables: str) -> None:
        self._engine, self._sql, self._tables = engine, sql, tables
        self._columns: dict[str, list[object]] = {name: [] for name in names}
        self._rows = 0

    def add(self, columns: Sequence[Sequence[object]]) -> None:
        """Add rows, one sequence a column in the order of the names."""
        with self._engine.lock:
            for held, values in zip(self._columns.values(), columns, strict=True):
                held.extend(values)
            self._rows += len(columns[0])
            if self._rows >= BATCH_ROWS:
                self.flush()

    def flush(self) -> None:
        """Hand over what is gathered."""
        with self._engine.lock:
            if self._rows:
                self._engine.insert(self._columns, self._sql, **self._tables)
            for held in self._columns.values():
                held.clear()
            self._rows = 0


def _make_folder(folder: str | None) -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="byocplan-sets-", dir=folder)
    except OSError as error:
        what = f"the temporary files of this run cannot be written: {error.strerror or error}"
        raise SpaceError(folder or "TMPDIR", what, MAKE_ROOM) from error


def _fill(column: np.ma.MaskedArray[Any, Any]) -> NDArray[Any]:
    filled: NDArray[Any] = column.data
    if column.mask is not np.ma.nomask:
        filled[column.mask] = np.datetime64("NaT") if filled.dtype.kind == "M" else None
    return filled


def _make_array(values: Sequence[object]) -> object:
    """Return a column as the engine reads it fastest; None in a column of whole numbers is masked."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, int):
        mask = [value is None for value in values]
        return np.ma.masked_array(np.array([value or 0 for value in values], dtype=np.int64), mask=mask)
    return np.array(values, dtype=object)
