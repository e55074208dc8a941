"""Rows as a file has them, before anything is checked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH, SENSING_TIME, GEOMETRY = "path", "sensingTime", "geometry"
COLUMNS = (PATH, SENSING_TIME, GEOMETRY)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row. ``number`` is where it begins: the line of a text file, else the count of the row from 1.

    ``path`` and ``sensing_time`` (an instant in ms, or a text) are None where nothing stands there. ``geometry`` is a
    parsed GeoJSON geometry, None for none, or a text that says why there is none to be had.
    """

    number: int
    path: object
    sensing_time: object
    geometry: dict[str, object] | str | None


class TableFault(Exception):  # noqa: N818 - it becomes a Problem, it is no error of its own
    """A file of which no row or no further row can be read, and why in words."""

    def __init__(self, message: str, hint: str = "", number: int = 0) -> None:
        self.message, self.hint, self.number = message, hint, number
        super().__init__(message)


def check_columns(names: Iterable[str]) -> frozenset[str]:
    """Return the columns that are known here. Raises TableFault where one is missing, there twice, or nearly named."""
    all_names = list(names)
    known = [name for name in all_names if name in COLUMNS]
    folded = {_fold(name): name for name in COLUMNS}
    for name in all_names:
        meant = folded.get(_fold(name))
        if meant is not None and meant not in known:
            raise TableFault(f"there is a column {name[:40]!r}", f"it would not be read: call it {meant}")
    if PATH not in known:
        raise TableFault("there is no column `path`", "the columns are path, sensingTime and geometry")
    if len(set(known)) < len(known):
        raise TableFault("a column stands twice", "take one of them away")
    return frozenset(known)


def _fold(name: str) -> str:
    return name.strip().casefold().replace("_", "").replace("-", "").replace(" ", "")
