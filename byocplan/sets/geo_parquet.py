"""A tile set in, a Parquet file with a column of geometries out. Touches the engine and one file.

Covers are handed out and geometries taken back in batches, so that neither is ever held as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.sets.engine import Engine

#: What the column of geometries is called, in the file and in a table of tiles.
GEOMETRY = "geometry"
SELECT_COVERS = "SELECT rowid, cover FROM $tiles WHERE cover IS NOT NULL"
CREATE_SHAPES = "CREATE TABLE $shape (tile BIGINT, geometry BLOB)"
INSERT_SHAPES = "INSERT INTO $shape BY NAME SELECT * FROM batch"
#: COPY takes no parameters, so values are quoted.
WRITE = "COPY ({select}) TO {path} (FORMAT parquet, KV_METADATA {{geo: {metadata}}})"


class GeoParquet:
    """Geometries beside the table ``tiles``, whose column ``cover`` has GeoJSON. Add those of all covers, then write.

    ``select`` is what the file has: in it ``$tiles`` has a column ``geometry``, null where none was added.
    """

    def __init__(self, engine: Engine, tiles: str, select: str) -> None:
        self._engine, self._tiles, self._select = engine, tiles, select
        self._shapes = engine.make_name("shape")
        engine.run(CREATE_SHAPES, shape=self._shapes)

    def iter_covers(self) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
        """Yield rows and their covers, in batches of the engine's size."""
        for batch in self._engine.iter_batches(SELECT_COVERS, tiles=self._tiles):
            yield [row for row, _ in batch], [cover for _, cover in batch]

    def add(self, rows: Sequence[int], shapes: Sequence[bytes | None]) -> None:
        """Take the geometries, as WKB, of rows of the table."""
        kept = [(row, shape) for row, shape in zip(rows, shapes, strict=True) if shape is not None]
        if kept:
            columns: dict[str, Sequence[object]] = {
                "tile": [row for row, _ in kept],
                GEOMETRY: [shape for _, shape in kept],
            }
            self._engine.insert(columns, INSERT_SHAPES, shape=self._shapes)

    def write(self, path: str, metadata: str) -> None:
        """Write the file; ``metadata`` is the value of its key ``geo``."""
        joined = "(SELECT t.*, s.geometry FROM $from_tiles t LEFT JOIN $shape s ON s.tile = t.rowid)"
        select = self._select.replace("$tiles", joined)
        sql = WRITE.format(select=select, path=_quote(path), metadata=_quote(metadata))
        self._engine.run(sql, from_tiles=self._tiles, shape=self._shapes)
        self._engine.run("DROP TABLE $shape", shape=self._shapes)


def _quote(text: str) -> str:
    """Return the text as a statement has it, before names are put in for ``$name``."""
    return "'" + text.replace("'", "''").replace("$", "$$") + "'"
