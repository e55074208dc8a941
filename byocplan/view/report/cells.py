"""Counts of tiles by cell of a grid, month and action: for more tiles than can be drawn one by one. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from byocplan.geometry import Footprint
from byocplan.view.report.numbers import encode_numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

#: Sides of a cell in degrees; the next one is taken when there are too many counts.
SIDES = (1, 2, 5, 10)
MAX_COUNTS = 150_000
Key = tuple[str, int, int, int | None]


class CellTally:
    """Counts in bounded memory: cells grow when there are more than ``max_counts`` counts."""

    def __init__(self, max_counts: int = MAX_COUNTS) -> None:
        self._max_counts = max_counts
        self._counts: Counter[Key] = Counter()
        self.side = SIDES[0]

    def add(self, action: str, place: tuple[float, float], month: int | None) -> None:
        """Count one tile; ``place`` is longitude and latitude, ``month`` counts from year 0, None for timeless."""
        lon, lat = place
        self._counts[action, int(lon // self.side), int(lat // self.side), month] += 1
        if len(self._counts) > self._max_counts and self.side != SIDES[-1]:
            self._grow()

    def encode(self, actions: Collection[str], order: list[str]) -> dict[str, object]:
        """Return the counts of some actions; ``order`` gives each action its number."""
        chosen = sorted(
            (row, column, order.index(action), -1 if month is None else month, count)
            for (action, column, row, month), count in self._counts.items()
            if action in actions
        )
        return {"side": self.side, "counts": encode_numbers(_iter_numbers(chosen)), "rows": len(chosen)}

    def list_boxes(self, action: str) -> list[Footprint]:
        """Return the cells that have tiles of an action, as shapes."""
        places = sorted({(column, row) for each, column, row, _ in self._counts if each == action})
        return [_make_box(column * self.side, row * self.side, self.side) for column, row in places]

    def _grow(self) -> None:
        """Put the counts into the next larger cells; a tile's own place is forgotten, that of its cell is kept."""
        side = SIDES[SIDES.index(self.side) + 1]
        grown: Counter[Key] = Counter()
        for (action, column, row, month), count in self._counts.items():
            middle = (column + 0.5) * self.side, (row + 0.5) * self.side
            grown[action, int(middle[0] // side), int(middle[1] // side), month] += count
        self._counts, self.side = grown, side


def _make_box(west: float, south: float, side: float) -> Footprint:
    return Footprint((((west, south), (west + side, south), (west + side, south + side), (west, south + side)),))


def _iter_numbers(counts: list[tuple[int, int, int, int, int]]) -> Iterator[int]:
    """Yield each count as differences of row and column, action, difference of the month, and the count."""
    last_row = last_column = last_month = 0
    for row, column, action, month, count in counts:
        yield from (row - last_row, column - last_column, action, month - last_month, count)
        last_row, last_column, last_month = row, column, month
