"""How far the discovery of one collection has come: what each source gave, and what went wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.discovery.left_over import LeftOver
from byocplan.discovery.row_buffer import RowBuffer
from byocplan.discovery.tile_buffer import TileBuffer
from byocplan.model.path_set import PathSet
from byocplan.model.tile_paths import TilePaths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.errors import ByocplanError
    from byocplan.model.source import TileSource
    from byocplan.sets import DesiredTiles

MAX_TEXTS = 50


@dataclass(slots=True)
class SourceProgress:
    """One source so far. ``keys`` are those it took; ``path`` is the tile path of a ``path:``, once known.

    ``archived`` counts the files that lie in a storage class which answers no reads. A pattern fills ``tiles``, a path
    ``files``; ``listed`` are the paths of a table.
    """

    files: RowBuffer
    tiles: TileBuffer
    prefixes: tuple[str, ...] = ()
    keys: int = 0
    path: str = ""
    failure: ByocplanError | None = None
    archived: int = 0
    listed: PathSet = PathSet()
    refused: int = 0
    refused_sample: str = ""


@dataclass(slots=True)
class Progress:
    """All sources so far. ``pages`` counts listing pages that came; ``taken`` are keys of explicit paths.

    What cannot hold files of tiles that are ``selected`` need not be looked at.
    """

    sources: list[SourceProgress]
    selected: TilePaths = TilePaths()
    pages: int = 0
    taken: set[str] = field(default_factory=set)
    left_over: LeftOver = field(default_factory=LeftOver)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fail(self, sources: Iterable[int], failure: ByocplanError) -> None:
        """Record that a listing these sources depend on did not come to its end; the first failure stays."""
        for index in sources:
            self.sources[index].failure = self.sources[index].failure or failure

    def find_failure(self) -> ByocplanError | None:
        """Return the first failure of any source."""
        return next((source.failure for source in self.sources if source.failure), None)


def make_progress(sources: Sequence[TileSource], desired: DesiredTiles) -> Progress:
    """Return the progress of sources of which none has been looked at."""
    buffers = [SourceProgress(RowBuffer(index, desired), TileBuffer(index, desired)) for index in range(len(sources))]
    return Progress(buffers, desired.selected)


def make_bounded(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts, cut to ``MAX_TEXTS`` with a last one that says how many are left out."""
    if len(texts) <= MAX_TEXTS:
        return tuple(texts)
    return (*texts[:MAX_TEXTS], f"and {len(texts) - MAX_TEXTS:,} more like these")
