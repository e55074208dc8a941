"""What a manifest is written from: one live collection and the sources that give its tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.collection import LiveCollection
    from byocplan.model.pattern import Where
    from byocplan.model.source import SensingTime


@dataclass(frozen=True, slots=True)
class WrittenSource:
    """One entry of ``spec.tiles``; ``key`` says what ``text`` is. ``note`` is said in a comment beside it."""

    text: str
    sensing: SensingTime
    where: Where | None = None
    key: Literal["pattern", "path", "table"] = "path"
    prune: bool = True
    note: str = ""


class TableRows(Protocol):
    """Tile paths and their times (ms), None for timeless; there may be many, read as they are gone through."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[tuple[str, int | None]]: ...


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A file beside the manifest that a ``table:`` entry names; ``gone`` tiles of it have no file in the bucket."""

    name: str
    rows: TableRows
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """A live collection as a manifest. ``name`` is its ``metadata.name``.

    ``notes`` are said in comments above the sources. ``left_out`` counts live tiles that no source gives.
    """

    name: str
    live: LiveCollection
    tiles: int
    sources: tuple[WrittenSource, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: int = 0
    tables: tuple[WrittenTable, ...] = ()

    def count(self, key: str) -> int:
        """Return how many entries are of a kind."""
        return sum(source.key == key for source in self.sources)
