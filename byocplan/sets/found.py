"""The desired tiles of several collections in, one list of them with the bands they lack out. Touches the engine alone.

Rows are asked for once all collections are in: in order of address and path, from the engine, never all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.sets.geo_parquet import GeoParquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.sets.desired import DesiredTiles
    from byocplan.sets.engine import Engine

CREATE_FOUND = """
CREATE TABLE $found (address VARCHAR, source VARCHAR, path VARCHAR, sensing_ms BIGINT, complete BOOLEAN,
  missing VARCHAR[], cover VARCHAR)
"""
CREATE_SOURCES = "CREATE TABLE $source (source INTEGER, text VARCHAR, required VARCHAR)"
INSERT_SOURCES = "INSERT INTO $source BY NAME SELECT * FROM batch"
#: A line of ``files`` is ``band=etag``. A tile of one file lacks no band of a name, one that is complete none at all.
ADD_FOUND = """
INSERT INTO $found BY NAME
SELECT ? AS address, s.text AS source, d.path, d.sensing_ms, d.is_complete AS complete, c.text AS cover,
  CASE WHEN d.is_complete THEN [] ELSE list_filter(string_split(s.required, chr(10)), lambda band:
    band <> '' AND NOT list_contains(list_transform(string_split(coalesce(d.files, ''), chr(10)),
      lambda file: regexp_replace(file, '=[^=]*$$', '')), band)) END AS missing
FROM $desired d JOIN $source s ON s.source = d.source LEFT JOIN $cover c ON c.cover = d.cover
"""
SELECT_FOUND = """
SELECT address, source, path, sensing_ms, complete, missing, cover FROM $found ORDER BY address, path
"""
WRITTEN_FOUND = """
SELECT address, source, path, make_timestamp(sensing_ms * 1000) AT TIME ZONE 'UTC' AS "sensingTime", complete, missing,
  geometry
FROM $tiles ORDER BY address, path
"""


@dataclass(frozen=True, slots=True)
class FoundTile:
    """A tile that a source gives. ``missing`` are bands without a file; ``cover`` is GeoJSON text, None for none.

    ``source`` is the source as the manifest has it: a pattern, a path or the name of a table.
    """

    address: str
    source: str
    path: str
    sensing_time_ms: int | None
    is_complete: bool
    missing: Sequence[str]
    cover: str | None


class FoundTiles:
    """Tiles that the sources of collections give, complete or not; add finished sets, then ask."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._table = engine.make_name("found")
        engine.run(CREATE_FOUND, found=self._table)

    def add(self, address: str, desired: DesiredTiles, texts: Sequence[str]) -> None:
        """Add the tiles of a collection; ``texts`` are its sources, in the order of the set's rules."""
        source = self._engine.make_name("source")
        self._engine.run(CREATE_SOURCES, source=source)
        if texts:
            required = ["\n".join(dict.fromkeys(rule.required or ())) for rule in desired.rules]
            columns = {"source": range(len(texts)), "text": texts, "required": required}
            self._engine.insert(columns, INSERT_SOURCES, source=source)
        names = {"found": self._table, "desired": desired.table, "source": source, "cover": desired.cover_table}
        self._engine.run(ADD_FOUND, [address], **names)
        self._engine.run("DROP TABLE $source", source=source)

    def iter_rows(self) -> Iterator[FoundTile]:
        """Yield all tiles in order of address and path."""
        for row in self._engine.iter_rows(SELECT_FOUND, found=self._table):
            yield FoundTile(*row)

    def open_parquet(self) -> GeoParquet:
        """Return what writes all tiles to a Parquet file, in order of address and path; times are instants."""
        return GeoParquet(self._engine, self._table, WRITTEN_FOUND)
