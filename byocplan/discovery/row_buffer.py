"""Files one by one in, batches of columns out. Touches the desired tile set it fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.sets import FileBatch

if TYPE_CHECKING:
    from byocplan.discovery.listing import ObjectPage
    from byocplan.sets import DesiredTiles

BATCH_ROWS = 10_000


class RowBuffer:
    """Gathers the files of one source, so that the tile set is fed some thousand rows at a time."""

    def __init__(self, source: int, desired: DesiredTiles) -> None:
        self._source, self._desired = source, desired
        self._rows: list[tuple[str, str, str, int, int | None, str]] = []

    def add(self, page: ObjectPage, at: int, tile: tuple[str, str, int | None, str]) -> None:
        """Add the file in row ``at`` of the page; ``tile`` is its path, band, sensing time (ms) and group."""
        path, band, sensing_time_ms, group = tile
        self._rows.append((path, band, page.etags[at], page.modified_ms[at], sensing_time_ms, group))
        if len(self._rows) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Hand over what is gathered."""
        if self._rows:
            paths, bands, etags, modified_ms, sensing_times_ms, groups = zip(*self._rows, strict=True)
            self._desired.add_files(FileBatch(self._source, paths, bands, etags, modified_ms, sensing_times_ms, groups))
            self._rows.clear()
