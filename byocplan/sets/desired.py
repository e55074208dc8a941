"""The desired tile set of one collection: files in, tiles out. Touches the engine alone.

Files are folded to tiles batch by batch, here or before they come, since a listing brings the files of a tile close
together; what was split over batches is folded once more at the end. So the engine holds about a row a tile, not one
a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.discovered import Overlap
from byocplan.model.tile_paths import TilePaths
from byocplan.sets import desired_sql as sql
from byocplan.sets.engine import Gatherer
from byocplan.sets.ready import ReadyRows
from byocplan.sets.tile_paths import choose_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.sets.columns import FileBatch, RowBatch, SourceRule, TileBatch
    from byocplan.sets.engine import Engine

TILE_NAMES = ("source", "path", "files", "bands", "newest_ms", "sensing_ms", "grp")
ALL = TilePaths()
FILE_NAMES = ("source", "path", "band", "etag", "modified_ms", "sensing_ms", "grp")


@dataclass(frozen=True, slots=True)
class DesiredRow:
    """One desired tile. ``files`` is text as by ``encode_files``; ``source`` the first source to claim it."""

    path: str
    sensing_time_ms: int | None
    files: str | None
    source: int
    group: str
    is_complete: bool
    newest_ms: int | None


class DesiredTiles:
    """Desired tiles, one row a path. Add files, then ``finish``; only then ask.

    Tiles whose paths are not ``selected`` may be added, and are gone once it is finished. ``count`` counts complete
    tiles, ``count_incomplete`` those of which a required band has no file; ``has_covers`` tells whether a cover
    geometry is asked for anywhere.
    """

    def __init__(self, engine: Engine, rules: Sequence[SourceRule], selected: TilePaths = ALL) -> None:
        self.engine, self.rules, self.selected = engine, tuple(rules), selected
        self.table = engine.make_name("desired")
        self.rule_table = engine.make_name("rule")
        self.cover_table = engine.make_name("cover")
        self._parts = engine.make_name("part")
        self._required = engine.make_name("required")
        self._insert_rules()
        engine.run(sql.CREATE_PARTS, part=self._parts)
        self._gatherer = Gatherer(
            engine, FILE_NAMES, sql.FOLD_FILES, part=self._parts, rule=self.rule_table, required=self._required
        )
        self._tile_gatherer = Gatherer(engine, TILE_NAMES, sql.ADD_TILES, part=self._parts)
        self._ready: ReadyRows | None = None
        self.count = 0
        self.count_incomplete = 0
        self.has_covers = False

    def add_files(self, batch: FileBatch) -> None:
        """Add files of one source; a file that comes twice counts once."""
        if len(batch):
            self._gatherer.add(
                (
                    [batch.source] * len(batch),
                    batch.paths,
                    batch.bands,
                    batch.etags,
                    batch.modified_ms,
                    batch.sensing_times_ms,
                    batch.groups,
                )
            )

    def add_tiles(self, batch: TileBatch) -> None:
        """Add tiles of one source, their files folded already; a path that comes in several batches is one tile."""
        if len(batch):
            sources = [batch.source] * len(batch)
            times = (batch.newest_ms, batch.sensing_times_ms)
            self._tile_gatherer.add((sources, batch.paths, batch.files, batch.band_counts, *times, batch.groups))

    def add_missing(self, source: int, path: str, group: str, sensing_time_ms: int | None) -> None:
        """Add a tile that the manifest names but that has no file at all: it is incomplete."""
        self._gatherer.add(([source], [path], [None], [None], [None], [sensing_time_ms], [group]))

    def add_rows(self, batch: RowBatch) -> None:
        """Add tiles of one source that need no file to be complete; each path once a source."""
        if len(batch):
            if self._ready is None:
                self._ready = ReadyRows(self.engine, self.cover_table)
            self._ready.add(batch)

    def manage_sensing_times(self, source: int) -> None:
        """Have the sensing times of a source's rows count; by its rule, what is live may have been kept."""
        self.engine.run(sql.MANAGE_SENSING, [source], rule=self.rule_table)

    def finish(self) -> None:
        """Close the set: fold what was split over batches, and count."""
        self._gatherer.flush()
        self._tile_gatherer.flush()
        self.engine.run(sql.MAKE_DESIRED, rule=self.rule_table, part=self._parts, desired=self.table)
        if self._ready is not None:
            self._ready.finish(desired=self.table, rule=self.rule_table)
        whole, self.table = self.table, choose_rows(self.engine, self.table, self.selected)
        for name in {self._parts, self._required, whole} - {self.table}:
            self.engine.run("DROP TABLE $name", name=name)
        complete, total = self.engine.run(
            "SELECT count(*) FILTER (is_complete), count(*) FROM $desired", desired=self.table
        )[0]
        self.count, self.count_incomplete = complete, total - complete
        self.has_covers = bool(self.engine.get_number("SELECT count(*) FROM $cover", cover=self.cover_table))

    def incomplete_samples(self, limit: int) -> list[str]:
        """Return paths of incomplete tiles, the first ``limit`` in order."""
        rows = self.engine.run(
            "SELECT path FROM $desired WHERE NOT is_complete ORDER BY path LIMIT ?", [limit], desired=self.table
        )
        return [path for (path,) in rows]

    def count_overlaps(self) -> int:
        """Return how many paths more than one source claims."""
        return self.engine.get_number("SELECT count(*) FROM $desired WHERE len(sources) > 1", desired=self.table)

    def overlaps(self, limit: int) -> list[Overlap]:
        """Return paths that more than one source claims, the first ``limit`` in order."""
        rows = self.engine.run(
            "SELECT path, sources FROM $desired WHERE len(sources) > 1 ORDER BY path LIMIT ?",
            [limit],
            desired=self.table,
        )
        return [Overlap(path, tuple(self.rules[source].place for source in sources)) for path, sources in rows]

    def band_sets(self, limit: int) -> dict[str, int]:
        """Return how many tiles have each set of bands (``B02,B03``), largest first."""
        return dict(self.engine.run(sql.COUNT_BAND_SETS, [limit], desired=self.table))

    def count_by_source(self) -> list[tuple[int, int]]:
        """Return (complete, incomplete) for each source, in the order of the rules; each tile at its first source."""
        counts = {
            source: (complete, other)
            for source, complete, other in self.engine.run(sql.COUNT_SOURCES, desired=self.table)
        }
        return [counts.get(source, (0, 0)) for source in range(len(self.rules))]

    def iter_rows(self) -> Iterator[DesiredRow]:
        """Yield all tiles, complete or not, in order of path."""
        for row in self.engine.iter_rows(sql.SELECT_ROWS, desired=self.table):
            yield DesiredRow(*row)

    def iter_complete(self) -> Iterator[DesiredRow]:
        """Yield the complete tiles in order of path."""
        return (row for row in self.iter_rows() if row.is_complete)

    def iter_sample(self, limit: int) -> Iterator[DesiredRow]:
        """Yield ``limit`` complete tiles at most in order of path: one of each group before a second of any.

        Which ones follows from their paths alone.
        """
        for row in self.engine.iter_rows(sql.SELECT_SAMPLE, [limit], desired=self.table):
            yield DesiredRow(*row)

    def _insert_rules(self) -> None:
        """Write the rules as tables: bands and covers once each, however many sources share them."""
        required = list(dict.fromkeys(rule.required for rule in self.rules if rule.required is not None))
        covers = list(dict.fromkeys(rule.cover for rule in self.rules if rule.cover is not None))
        names = {"rule": self.rule_table, "required": self._required, "cover": self.cover_table}
        for statement in sql.CREATE_RULES:
            self.engine.run(statement, **names)
        columns = {
            "source": range(len(self.rules)),
            "bands": [None if rule.required is None else required.index(rule.required) for rule in self.rules],
            "needed": [None if rule.required is None else len(set(rule.required)) for rule in self.rules],
            "cover": [None if rule.cover is None else covers.index(rule.cover) for rule in self.rules],
            "sensing_managed": [int(rule.sensing_managed) for rule in self.rules],
            "reingest": [int(rule.reingest_on_change) for rule in self.rules],
        }
        self._insert("rule", columns)
        pairs = [(index, band) for index, bands in enumerate(required) for band in dict.fromkeys(bands)]
        self._insert("required", {"bands": [pair[0] for pair in pairs], "band": [pair[1] for pair in pairs]})
        self._insert("cover", {"cover": range(len(covers)), "text": covers})

    def _insert(self, kind: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Write columns into one of the rule tables."""
        tables = {"rule": self.rule_table, "required": self._required, "cover": self.cover_table}
        if next(iter(columns.values())):
            self.engine.insert(columns, "INSERT INTO $into BY NAME SELECT * FROM batch", into=tables[kind])
