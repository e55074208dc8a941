"""Exports in this process: live tiles and a bucket in, files in a folder, and the plan of those files out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from byocplan.manifest import ReadOptions, read_manifests
from byocplan.model.binding import Bindings
from byocplan.model.project import Project
from byocplan.model.tile import LiveTile, TilePage
from byocplan.outfile import write_new_files
from byocplan.sets import TileSets
from byocplan.view.manifest_table import iter_table
from byocplan.view.manifest_text import render_exported, render_project
from byocplan.workflow.export import ExportRequest, export_collections
from byocplan.workflow.plan import Surroundings, compute_plan
from tests.support.memory_bucket import MemoryBucket
from tests.support.planning import NOW_MS, make_live_collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from byocplan.api.client import ReadClient
    from byocplan.model.collection import LiveCollection
    from byocplan.model.exported import Exported
    from byocplan.model.plan import Plan
    from byocplan.state import State

PAGE = 100


@dataclass(frozen=True, slots=True)
class LiveWorld:
    """One live collection: its tiles' sensing times (ms) by path, and the keys of its bucket."""

    times: Mapping[str, int | None]
    keys: Sequence[str] = ()
    live: LiveCollection = field(default_factory=make_live_collection)

    @property
    def client(self) -> ReadClient:
        return cast("ReadClient", self)

    def iter_collections(self) -> Iterator[LiveCollection]:
        yield self.live

    def iter_tile_pages(
        self, _collection_id: str, status: str | None = None, sort: str = "", *, ahead: bool
    ) -> Iterator[TilePage]:
        assert (status, sort, ahead) == (None, "created:asc", True)
        tiles = [
            LiveTile(str(number), path, "INGESTED", time_ms, created_ms=5000)
            for number, (path, time_ms) in enumerate(self.times.items())
        ]
        for start in range(0, len(tiles), PAGE):
            yield TilePage.of(tiles[start : start + PAGE])

    def open_bucket(self, _collection: object) -> MemoryBucket:
        return MemoryBucket(dict.fromkeys(self.keys, "e1"))


class NoState:
    """A state that binds nothing."""

    def read(self) -> Bindings:
        return Bindings("p", "local", "lineage")


def export(world: LiveWorld, sets: TileSets, rows_a_table: int = 0) -> Exported:
    request = ExportRequest(world.client, world.open_bucket, sets, rows_a_table=rows_a_table)
    (exported,) = export_collections(request, [world.live])
    return exported


def write(exported: Exported, folder: Path) -> None:
    tables = {folder / table.name: iter_table(table) for table in exported.tables}
    manifest = render_project("p", "cdse") + "---\n" + render_exported(exported)
    write_new_files({**tables, folder / "c.yaml": manifest})


def plan_files(world: LiveWorld, folder: Path) -> Plan:
    """Return the plan of what was written."""
    loaded = read_manifests([str(folder)], ReadOptions())
    around = Surroundings(Project(), world.client, cast("State", NoState()), world.open_bucket, NOW_MS)
    with TileSets() as sets:
        return compute_plan(loaded, around, sets)
