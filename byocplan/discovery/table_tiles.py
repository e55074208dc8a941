"""Tiles of ``table:`` sources: listed rows in, rows of the desired tile set out. Reads files, not the bucket."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from byocplan.discovery.rule import get_first_folder, get_sensing_time
from byocplan.discovery.table import TableReader
from byocplan.discovery.table.raw import SENSING_TIME
from byocplan.errors import ManifestError
from byocplan.model.source import TableSource
from byocplan.sets import RowBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.discovery.progress import Progress
    from byocplan.discovery.table import TableRow
    from byocplan.errors import Problem
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredTiles

BATCH_ROWS = 10_000


def list_tables(sources: Sequence[TileSource], progress: Progress, desired: DesiredTiles) -> None:
    """Add the tiles of all tables. Raises ManifestError with what is wrong with any of them."""
    problems: list[Problem] = []
    for index, source in enumerate(sources):
        if isinstance(source, TableSource):
            reader = TableReader(source)
            try:
                _add_rows(index, source, reader, desired)
            except ManifestError as error:
                problems += error.problems
            progress.sources[index].listed = reader.listed
    if problems:
        raise ManifestError(problems)


def _add_rows(index: int, source: TableSource, reader: TableReader, desired: DesiredTiles) -> None:
    rows = reader.iter_rows()
    while batch := list(islice(rows, BATCH_ROWS)):
        desired.add_rows(_make_batch(index, source, reader, batch))
    if SENSING_TIME in reader.columns:
        desired.manage_sensing_times(index)


def _make_batch(index: int, source: TableSource, reader: TableReader, rows: Sequence[TableRow]) -> RowBatch:
    fixed_ms = get_sensing_time(source.options, None)
    is_timed = SENSING_TIME in reader.columns
    return RowBatch(
        index,
        [row.path for row in rows],
        [row.sensing_time_ms if is_timed else fixed_ms for row in rows],
        [row.cover for row in rows],
        [get_first_folder(row.path) for row in rows],
    )
