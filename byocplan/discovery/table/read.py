"""Read a table: its source in, checked rows or all that is wrong with it out. Reads one file."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from byocplan.discovery.table.checks import RowFault, TableRow, check_row
from byocplan.discovery.table.geojson_rows import open_geojson
from byocplan.discovery.table.parquet_rows import open_parquet
from byocplan.discovery.table.raw import GEOMETRY, SENSING_TIME, TableFault
from byocplan.discovery.table.text_rows import open_text
from byocplan.errors import ManifestError, Problem
from byocplan.model.path_set import PathSet
from byocplan.model.source import SensingKind, TableSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from byocplan.discovery.table.raw import RawRow
    from byocplan.model.collection import Collection

#: Rows of one table: its paths are kept in the binding, so that tiles that leave it are known.
MAX_ROWS = 250_000
#: Bad rows told one by one; of the rest there is a count.
MAX_TOLD = 20
HASH_BYTES = 8


class TableReader:
    """One pass over a table. ``columns`` are known once rows come; ``listed`` are the paths so far."""

    def __init__(self, source: TableSource) -> None:
        self.source = source
        self.columns: frozenset[str] = frozenset()
        self.problems: list[Problem] = []
        self._untold = 0
        self._seen: dict[str, bytes] = {}

    @property
    def listed(self) -> PathSet:
        """The paths of all good rows that came."""
        return PathSet(self._seen)

    def iter_rows(self) -> Iterator[TableRow]:
        """Yield each tile once. Raises ManifestError at the end where a row or the file is not as it should be."""
        try:
            with _open(self.source) as (columns, rows):
                self.columns = columns
                self._check_said_once()
                for raw in rows:
                    row = check_row(raw)
                    if isinstance(row, RowFault):
                        self._note(raw.number, row.message, row.hint)
                    elif self._is_new(row, raw.number):
                        yield row
        except TableFault as fault:
            self._note(fault.number, fault.message, fault.hint, always=True)
        except OSError as error:
            self._note(0, f"it cannot be read: {error.strerror or type(error).__name__}", always=True)
        if not self._seen and not self.problems:
            self._note(0, "it lists no tile", "if its tiles are to go, remove the source from the manifest")
        self._finish()

    def _check_said_once(self) -> None:
        """Refuse what both the table and the manifest say."""
        options = self.source.options
        is_timed = options.sensing_time.kind is not SensingKind.AUTO
        for column, is_said in ((SENSING_TIME, is_timed), (GEOMETRY, options.cover is not None)):
            if is_said and column in self.columns:
                key = "coverGeometry" if column == GEOMETRY else column
                hint = f"take the column away, or `{key}` at {self.source.place}"
                raise TableFault(f"it has a column {column}, and the manifest says {key} for all rows", hint)

    def _is_new(self, row: TableRow, number: int) -> bool:
        """Tell whether the path comes for the first time; coming again with something else is a problem."""
        content = f"{row.sensing_time_ms}\n{row.cover}".encode()
        digest = hashlib.blake2b(content, digest_size=HASH_BYTES).digest()
        first = self._seen.setdefault(row.path, digest)
        if len(self._seen) > MAX_ROWS:
            raise TableFault(f"a table has at most {MAX_ROWS:,} rows", "use a pattern for so many tiles")
        if first is digest:
            return True
        if first != digest:
            self._note(number, f"{row.path!r} stands in a row before, with other values", "take one of them away")
        return False

    def _note(self, number: int, message: str, hint: str = "", *, always: bool = False) -> None:
        if len(self.problems) >= MAX_TOLD and not always:
            self._untold += 1
            return
        self.problems.append(Problem(self.source.table, number, 1 if number else 0, f"table: {message}", hint=hint))

    def _finish(self) -> None:
        if self._untold:
            text = f"table: {self._untold:,} more rows are not as they should be"
            self.problems.append(Problem(self.source.table, 0, 0, text))
        if self.problems:
            raise ManifestError(self.problems)


def check_tables(collections: Iterable[Collection]) -> tuple[Problem, ...]:
    """Return what is wrong with the tables that the collections name."""
    problems: list[Problem] = []
    for collection in collections:
        for source in collection.sources:
            if isinstance(source, TableSource):
                try:
                    for _ in TableReader(source).iter_rows():
                        pass
                except ManifestError as error:
                    problems += error.problems
    return tuple(problems)


def _open(source: TableSource) -> AbstractContextManager[tuple[frozenset[str], Iterator[RawRow]]]:
    suffix = PurePath(source.table).suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return open_text(source.file, "," if suffix == ".csv" else "\t")
    return open_geojson(source.file) if suffix == ".geojson" else open_parquet(source.file)
