"""The live tile set of one collection: pages in, columns and counts out. Touches the engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.cause import CauseTally
from byocplan.model.tile import LiveTile, make_digest
from byocplan.sets.array_sql import LIVE_COVER, SELECT_LIVE, WRITTEN_LIVE
from byocplan.sets.engine import Gatherer
from byocplan.sets.geo_parquet import GeoParquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from byocplan.model.tile import TilePage
    from byocplan.sets.engine import Engine

NAMES = ("id", "path", "status", "sensing_ms", "cover", "cover_digest", "created_ms", "started_ms", "files", "cause")
COLUMNS = (
    "id VARCHAR, path VARCHAR, status VARCHAR, sensing_ms BIGINT, cover VARCHAR, cover_digest VARCHAR,"
    " created_ms BIGINT, started_ms BIGINT, files VARCHAR, cause VARCHAR"
)
DROP_REPEATS = """
CREATE TABLE $once AS SELECT * FROM $live
QUALIFY 1 = row_number() OVER (
  PARTITION BY id ORDER BY path, status, sensing_ms, cover_digest, started_ms, files, cause
)
"""
# Normalising costs microseconds a text, so texts that are sure to be normalised to the same are made one before: digits
# all become <n>, alone or with what is around them, and a folder is taken up by the path or address it stands in. Not
# so where a part of it may go into an id, or where the end of the text is cut off.
SELECT_CAUSES = """
WITH failed AS (
  SELECT coalesce(nullif(trim(cause), ''), 'no cause given') AS cause,
    regexp_extract(path, '^[A-Za-z0-9][A-Za-z0-9._()/-]*/') AS folder
  FROM $live WHERE status = 'FAILED'
), alike AS (
  SELECT cause, CASE
    WHEN folder = '' OR strlen(cause) > 2000 OR regexp_matches(cause, '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-') THEN cause
    ELSE replace(cause, folder, 'x/')
  END AS text FROM failed
)
SELECT min(cause) AS first, max(cause) AS last, count(*) FROM alike
GROUP BY translate(text, '123456789', '000000000') ORDER BY first
"""
SELECT_PATHS = """
SELECT id, path, status, sensing_ms, created_ms, started_ms FROM $live WHERE path IN (SELECT unnest(?))
"""
SELECT_TIME_RANGE = "SELECT min(sensing_ms), max(sensing_ms), count(*) - count(sensing_ms) FROM $live"
SELECT_TIMES = "SELECT path, sensing_ms FROM $live WHERE sensing_ms IS NOT NULL ORDER BY path, id"


class LiveTiles:
    """Live tiles, one row an id. Add pages, then ``finish``; only then ask.

    Of covers that have ``cover_length`` characters or fewer the digest alone is held, which makes a listing take half
    the time and a tenth of the room; 0 holds the text of all.
    """

    def __init__(self, engine: Engine, cover_length: int = 0) -> None:
        self.engine = engine
        self.table = engine.make_name("live")
        engine.run(f"CREATE TABLE $live ({COLUMNS})", live=self.table)
        # Looking for the best compression takes as long as writing, and the file lives for minutes.
        engine.run("SET force_compression = 'uncompressed'")
        self._gatherer = Gatherer(engine, NAMES, "INSERT INTO $live BY NAME SELECT * FROM batch", live=self.table)
        self._cover_length = cover_length
        self.count = 0

    def add_page(self, page: TilePage) -> None:
        """Add a page. A tile seen again (pages shift while others write) counts once."""
        self._gatherer.add(
            (
                page.ids,
                page.paths,
                page.statuses,
                page.sensing_times_ms,
                [cover if cover and len(cover) > self._cover_length else None for cover in page.covers],
                [make_digest(cover) for cover in page.covers],
                page.created_ms,
                page.ingestion_starts_ms,
                page.files,
                page.causes,
            )
        )

    def flush(self) -> None:
        """Hand what was added to the engine, so that it can be asked about; tiles seen twice are still there."""
        self._gatherer.flush()

    def drop(self, ids: Sequence[str]) -> None:
        """Forget tiles of a finished set."""
        if ids:
            self.engine.run("DELETE FROM $live WHERE id IN (SELECT unnest(?))", [list(ids)], live=self.table)

    def finish(self) -> None:
        """Close the set: drop tiles seen twice, and count."""
        self.flush()
        self.engine.run("SET force_compression = 'auto'")
        rows, ids = self.engine.run("SELECT count(*), count(DISTINCT id) FROM $live", live=self.table)[0]
        if rows != ids:
            self._drop_repeats()
        self.count = ids

    def _drop_repeats(self) -> None:
        """Keep one row an id: the least, so that the order of the pages does not matter."""
        once = self.engine.make_name("live")
        self.engine.run(DROP_REPEATS, live=self.table, once=once)
        self.engine.run("DROP TABLE $live", live=self.table)
        self.table = once

    def by_status(self) -> dict[str, int]:
        """Return how many tiles have each status, in order of its name."""
        return dict(self.engine.run("SELECT status, count(*) FROM $live GROUP BY 1 ORDER BY 1", live=self.table))

    def by_cause(self) -> dict[str, int]:
        """Return how many FAILED tiles have each normalised cause, largest first, bounded."""
        tally = CauseTally()
        for first, last, count in self.engine.iter_rows(SELECT_CAUSES, live=self.table):
            if first == last:
                tally.add(first, count=count)
            else:
                tally.add(first, count=count - 1)
                tally.add(last)
        return tally.count_by_cause()

    def find(self, paths: Sequence[str]) -> dict[str, LiveTile]:
        """Return the tiles of a finished set with these paths, without covers and files; one pass over the set."""
        rows = self.engine.run(SELECT_PATHS, [list(paths)], live=self.table)
        return {
            path: LiveTile(tile_id, path, status, sensing_ms, created_ms=created_ms, ingestion_start_ms=started_ms)
            for tile_id, path, status, sensing_ms, created_ms, started_ms in rows
        }

    def get_time_range(self) -> tuple[int | None, int | None, int]:
        """Return the first and the last sensing time (ms), None where there is none, and how many tiles have none."""
        first_ms, last_ms, timeless = self.engine.run(SELECT_TIME_RANGE, live=self.table)[0]
        return first_ms, last_ms, timeless

    def iter_times(self) -> Iterator[tuple[str, int]]:
        """Yield path and sensing time (ms) of the tiles that have one, in order of path."""
        yield from self.engine.iter_rows(SELECT_TIMES, live=self.table)

    def iter_files(self) -> Iterator[list[tuple[str, str | None]]]:
        """Yield path and recorded files (as ``encode_files`` has them) of all tiles, in order of path, in batches."""
        yield from self.engine.iter_batches("SELECT path, files FROM $live ORDER BY path, id", live=self.table)

    def open_parquet(self, limit: int | None) -> GeoParquet:
        """Return what writes the tiles of a finished set to a Parquet file, in order of path, at most ``limit``.

        Columns as in ``get_columns``; times are instants, and ``geometry`` takes the place of ``cover``.
        """
        most = self.count if limit is None else min(limit, self.count)
        return GeoParquet(self.engine, self.table, f"{WRITTEN_LIVE} LIMIT {most}")

    def get_columns(self, *, with_cover: bool) -> dict[str, NDArray[Any]]:
        """Return the tiles as columns ``id path status sensingTime created cause``, and ``cover``, in order of path.

        Times are UTC without a zone, NaT for none.
        """
        return self.engine.get_columns(SELECT_LIVE, live=self.table, cover=LIVE_COVER if with_cover else "")
