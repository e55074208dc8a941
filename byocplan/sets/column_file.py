"""Parquet and CSV files on this machine in, their rows in batches out. Reads one file; touches no tile set."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import duckdb

from byocplan.sets.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import Any, TypeVar

    from byocplan.sets.engine import Row

    T = TypeVar("T")

#: Rows fetched at a time.
BATCH_ROWS = 20_000
MEMORY_LIMIT = "128MB"
#: How much of what the reader says is passed on.
MAX_REASON = 120

PARQUET = "read_parquet(?)"


class ColumnFault(Exception):  # noqa: N818 - it becomes a Problem or a BucketError, it is no error of its own
    """A file whose rows cannot be read, and why in words."""


class ColumnFile:
    """One file, open for reading. ``types`` are the names of its columns with the engine's names of their types."""

    def __init__(self, path: Path, relation: str = PARQUET) -> None:
        self._relation, self._aside = relation, Aside()
        self._folder = tempfile.TemporaryDirectory(prefix="byocplan-columns-")
        # The reader takes * and [ in a name for a wildcard, so it is shown a plain name.
        self._path = Path(self._folder.name) / "rows"
        self._path.symlink_to(path.resolve())
        self._connection = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": 2,
                "temp_directory": self._folder.name,
                "preserve_insertion_order": True,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        # Geometries stay the bytes they are: what the engine makes of metadata is not to be asked for.
        self._connection.execute("SET enable_geoparquet_conversion = false")
        self.types: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Look at the columns. Raises ColumnFault where the file has none that can be read."""
        try:
            rows = self._run(lambda: self._connection.execute(f"DESCRIBE SELECT * FROM {self._relation}", self._names))  # noqa: S608 - a constant of ours
        except ColumnFault:
            self.close()
            raise
        self.types = {row[0]: row[1] for row in rows.fetchall()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._aside.close()
        self._connection.close()
        self._folder.cleanup()

    def find_metadata(self, key: str) -> bytes | None:
        """Return the value of a key in the metadata of a Parquet file."""
        query = "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?"
        rows = self._run(lambda: self._connection.execute(query, [*self._names, key.encode()]).fetchall())
        return bytes(rows[0][0]) if rows else None

    def iter_batches(self, select: str, parameters: Sequence[object] = ()) -> Iterator[list[Row]]:
        """Yield the rows of ``select`` in the order of the file; ``$file`` in it stands for the file's rows.

        Raises ColumnFault where they cannot be read, or are no longer of one kind.
        """
        query = select.replace("$file", self._relation)
        self._run(lambda: self._connection.execute(query, [*self._names, *parameters]))
        while rows := self._run(lambda: self._connection.fetchmany(BATCH_ROWS)):
            yield rows

    @property
    def _names(self) -> list[Any]:
        return [str(self._path)]

    def _run(self, statement: Callable[[], T]) -> T:
        try:
            return self._aside.run(self._connection, statement)
        except duckdb.Error as error:
            raise ColumnFault(_make_reason(error, self._path)) from error


def quote_name(name: str) -> str:
    """Return the name of a column as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


def _make_reason(error: Exception, path: Path) -> str:
    """Return the first line of what the reader says, without the name it was shown."""
    lines = [line.strip() for line in str(error).replace(str(path), "the file").splitlines() if line.strip()]
    reason = lines[0] if lines else type(error).__name__
    return reason if len(reason) <= MAX_REASON else f"{reason[:MAX_REASON]}…"
