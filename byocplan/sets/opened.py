"""The tile sets of one run: opens the engine, hands out builders, cleans up. Touches temporary files only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from byocplan.sets.desired import ALL, DesiredTiles
from byocplan.sets.engine import Engine, EngineOptions
from byocplan.sets.live import LiveTiles
from byocplan.sets.seen import SeenTiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from byocplan.model.tile_paths import TilePaths
    from byocplan.sets.columns import SourceRule


class TileSets:
    """Holds every tile set of a run; they are gone when it is closed."""

    def __init__(self, options: EngineOptions | None = None) -> None:
        self._engine = Engine(options or EngineOptions())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def engine(self) -> Engine:
        """What holds the sets."""
        return self._engine

    def close(self) -> None:
        """Forget all sets."""
        self._engine.close()

    def make_path(self, name: str) -> Path:
        """Return where a temporary file of the run is; it is gone when the sets are."""
        return self._engine.folder / name

    def make_desired(self, rules: Sequence[SourceRule], selected: TilePaths = ALL) -> DesiredTiles:
        """Return an empty desired tile set; ``FileBatch.source`` counts in the order of ``rules``."""
        return DesiredTiles(self._engine, rules, selected)

    def make_seen(self) -> SeenTiles:
        """Return what takes seen tiles."""
        return SeenTiles(self._engine)

    def make_live(self, cover_length: int = 0) -> LiveTiles:
        """Return an empty live tile set that holds the text of covers longer than ``cover_length`` characters."""
        return LiveTiles(self._engine, cover_length)
