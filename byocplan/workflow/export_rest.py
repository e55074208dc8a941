"""Tiles that no pattern gives in, the ``path:`` and ``table:`` entries that list them out. Touches the engine alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.exported import WrittenSource, WrittenTable
from byocplan.model.seen import Unknown
from byocplan.model.source import SensingKind, SensingTime
from byocplan.model.tile_path import find_full_path_fault, find_path_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.inference import Tiles
    from byocplan.model.seen import SeenTile
    from byocplan.sets import RestTiles

#: So many tiles are written one by one where they could go into a table.
FEW = 20
#: So many single paths are written at most: a document holds 100,000 nodes.
MAX_PATHS = 10_000


@dataclass(frozen=True, slots=True)
class Rest:
    """Tiles to list one by one; ``gone`` are those without a file in the bucket."""

    tiles: Tiles
    gone: Sequence[Tiles] = ()


@dataclass(frozen=True, slots=True)
class ListedTiles:
    """The entries of ``spec.tiles``, the tables that some of them name, and how many tiles are in neither."""

    sources: tuple[WrittenSource, ...] = ()
    tables: tuple[WrittenTable, ...] = ()
    left_out: int = 0


def list_rest(rest: Rest, rows: RestTiles, stem: str, rows_a_table: int) -> ListedTiles:
    """Return entries that give exactly these tiles: paths for a few, tables called after ``stem`` for more.

    ``rows`` is empty and holds them. ``rows_a_table`` 0: no table can be written. In order of path, those without a
    file last.
    """
    for tiles in (rest.tiles, *rest.gone):
        _add(tiles, rows, is_gone=tiles is not rest.tiles)
    rows.finish()
    has_tables = rows_a_table > 0 and rows.count > FEW
    tables = tuple(_make_tables(rows, stem, rows_a_table)) if has_tables else ()
    singles = rows.list_singles(MAX_PATHS, is_all=not has_tables)
    sources = (*map(_write_table, tables), *(_write_path(*single) for single in singles))
    listed = len(singles) + sum(len(table.rows) for table in tables)
    return ListedTiles(sources, tables, len(rest.tiles) + sum(map(len, rest.gone)) - listed)


def _add(tiles: Tiles, rows: RestTiles, *, is_gone: bool) -> None:
    for tile in tiles:
        if can_be_listed(tile):
            rows.add(tile.path, _get_time(tile), fits_table=_fits_table(tile), is_gone=is_gone)


def can_be_listed(tile: SeenTile) -> bool:
    """Tell whether a manifest may name the path: the service holds some that it may not, with control characters."""
    return find_path_fault(tile.path) is None


def _fits_table(tile: SeenTile) -> bool:
    """Tell whether a table may name the path: it names no folders."""
    return find_full_path_fault(tile.path) is None


def _make_tables(rows: RestTiles, stem: str, rows_a_table: int) -> Iterator[WrittenTable]:
    for number, start in enumerate(range(0, rows.count_for_tables, rows_a_table), 1):
        name = f"{stem}.tiles{f'-{number}' if number > 1 else ''}.csv"
        stretch = rows.get_stretch(start, rows_a_table)
        yield WrittenTable(name, stretch, stretch.count_gone())


def _write_table(table: WrittenTable) -> WrittenSource:
    note = f"{len(table.rows):,} tiles"
    if table.gone:
        note += f"; {table.gone:,} of them without a file in the bucket"
    return WrittenSource(table.name, SensingTime(), key="table", note=note)


def _write_path(path: str, time_ms: int | None, is_gone: bool) -> WrittenSource:  # noqa: FBT001 - columns of a row
    sensing = SensingTime(SensingKind.FIXED, time_ms)
    return WrittenSource(path, sensing, note="no file in the bucket" if is_gone else "")


def _get_time(tile: SeenTile) -> int | None:
    """Return the time of a live tile: the service says one, or that it has none."""
    if isinstance(tile.sensing_time_ms, Unknown):
        raise TypeError(f"{tile.path!r} is not as the service has it")
    return tile.sensing_time_ms
