"""Tiles that no pattern gives in, the ``path:`` and ``table:`` entries that list them out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.inference.values import Unknown
from byocplan.model.exported import WrittenSource, WrittenTable
from byocplan.model.source import SensingKind, SensingTime
from byocplan.model.tile_path import find_full_path_fault, find_path_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.inference import SeenTile

#: So many tiles are written one by one where they could go into a table.
FEW = 20
#: So many single paths are written at most: a document holds 100,000 nodes.
MAX_PATHS = 10_000


@dataclass(frozen=True, slots=True)
class Rest:
    """Tiles to list one by one; ``gone`` are those without a file in the bucket."""

    tiles: Sequence[SeenTile]
    gone: Sequence[SeenTile] = ()


@dataclass(frozen=True, slots=True)
class ListedTiles:
    """The entries of ``spec.tiles``, the tables that some of them name, and how many tiles are in neither."""

    sources: tuple[WrittenSource, ...] = ()
    tables: tuple[WrittenTable, ...] = ()
    left_out: int = 0


def list_rest(rest: Rest, stem: str, rows_a_table: int) -> ListedTiles:
    """Return entries that give exactly these tiles: paths for a few, tables called after ``stem`` for more.

    ``rows_a_table`` 0: no table can be written. In order of path, those without a file last.
    """
    gone = {tile.path for tile in rest.gone}
    listable = [tile for tile in (*_sort(rest.tiles), *_sort(rest.gone)) if can_be_listed(tile)]
    for_tables: list[SeenTile] = []
    singles = listable
    if rows_a_table and len(listable) > FEW:
        for_tables = sorted((tile for tile in listable if _fits_table(tile)), key=lambda tile: tile.path)
        singles = [tile for tile in listable if not _fits_table(tile)]
    tables = tuple(_make_tables(for_tables, stem, rows_a_table))
    sources = (
        *(_write_table(table, gone) for table in tables),
        *(_write_path(tile, is_gone=tile.path in gone) for tile in singles[:MAX_PATHS]),
    )
    listed = len(for_tables) + min(len(singles), MAX_PATHS)
    return ListedTiles(sources, tables, len(rest.tiles) + len(rest.gone) - listed)


def can_be_listed(tile: SeenTile) -> bool:
    """Tell whether a manifest may name the path: the service holds some that it may not, with control characters."""
    return find_path_fault(tile.path) is None


def _fits_table(tile: SeenTile) -> bool:
    """Tell whether a table may name the path: it names no folders."""
    return find_full_path_fault(tile.path) is None


def _sort(tiles: Sequence[SeenTile]) -> list[SeenTile]:
    return sorted(tiles, key=lambda tile: tile.path)


def _make_tables(tiles: Sequence[SeenTile], stem: str, rows_a_table: int) -> Iterator[WrittenTable]:
    for number, start in enumerate(range(0, len(tiles), rows_a_table or 1), 1):
        name = f"{stem}.tiles{f'-{number}' if number > 1 else ''}.csv"
        yield WrittenTable(name, [(tile.path, _get_time(tile)) for tile in tiles[start : start + rows_a_table]])


def _write_table(table: WrittenTable, gone: set[str]) -> WrittenSource:
    lost = sum(path in gone for path, _ in table.rows)
    note = f"{len(table.rows):,} tiles"
    if lost:
        note += f"; {lost:,} of them without a file in the bucket"
    return WrittenSource(table.name, SensingTime(), key="table", note=note)


def _write_path(tile: SeenTile, *, is_gone: bool) -> WrittenSource:
    sensing = SensingTime(SensingKind.FIXED, _get_time(tile))
    return WrittenSource(tile.path, sensing, note="no file in the bucket" if is_gone else "")


def _get_time(tile: SeenTile) -> int | None:
    """Return the time of a live tile: the service says one, or that it has none."""
    if isinstance(tile.sensing_time_ms, Unknown):
        raise TypeError(f"{tile.path!r} is not as the service has it")
    return tile.sensing_time_ms
