"""Builders for planner tests: manifests and live state in a few words, plans out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.model.address import make_address
from byocplan.model.band import Band, LiveBand
from byocplan.model.binding import Binding, Bindings
from byocplan.model.collection import Collection, LiveCollection
from byocplan.model.discovered import Discovered, SourceReport
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.selection import Selection
from byocplan.model.source import PathSource, PatternSource, SensingKind, TileOptions
from byocplan.model.tile import LiveTile
from byocplan.model.tile_paths import TilePaths
from byocplan.planner import (
    CollectionState,
    LiveCollections,
    PlannedPart,
    PlanRequest,
    make_plan,
    plan_collection,
    resolve,
)
from byocplan.sets import SourceRule
from tests.support.tile_sets import Wanted, make_desired, make_live

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.model.plan import Plan
    from byocplan.model.scope import Scope
    from byocplan.model.source import TileSource
    from byocplan.sets import TileSets

ADDRESS = make_address("s2")
ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"
PATTERN = "{year}/{month}/{grid}/(BAND).tif"
NOW_MS = 1_700_000_000_000


def make_source(
    pattern: str = PATTERN, options: TileOptions | None = None, where: Where | None = None
) -> PatternSource:
    """Return a pattern source."""
    return PatternSource(compile_pattern(pattern), where or Where(), options or TileOptions(), "s2.yaml:9")


def make_path_source(path: str, options: TileOptions | None = None) -> PathSource:
    """Return a path source."""
    return PathSource(path, options or TileOptions(), "s2.yaml:20")


def make_collection(**changes: object) -> Collection:
    """Return a collection with one pattern source and one band."""
    base = Collection(
        ADDRESS, "byoc-s2", "mosaics", bands={"B1": Band("B1")}, sources=(make_source(),), place="s2.yaml:1"
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def make_live_collection(**changes: object) -> LiveCollection:
    """Return the live twin of ``make_collection``."""
    bands = {"B1": LiveBand("B1", "B1", 1, 16, "UINT", None)}
    return replace(LiveCollection(ID, "byoc-s2", "mosaics", "account", bands=bands, is_configured=True), **changes)  # type: ignore[arg-type]


def make_binding(**changes: object) -> Binding:
    """Return the binding of the two."""
    return replace(Binding(ADDRESS, ID, "byoc-s2", "mosaics", "local"), **changes)  # type: ignore[arg-type]


def make_bindings(*bindings: Binding) -> Bindings:
    """Return a state with the given bindings."""
    return Bindings("p", "local", "lineage", by_address={binding.address: binding for binding in bindings})


def make_rules(sources: Sequence[TileSource]) -> list[SourceRule]:
    """Return the rules of sources as discovery makes them, band B1 configured."""
    return [
        SourceRule(
            source.place,
            ("B1",),
            sensing_managed=source.options.sensing_time.kind is not SensingKind.KEEP,
            cover=source.options.cover,
            prune=source.options.prune,
        )
        for source in sources
    ]


def make_tile(tile_id: str, path: str, **changes: object) -> LiveTile:
    """Return an INGESTED live tile as the desired one of the same path makes it."""
    base = LiveTile(tile_id, path, "INGESTED", created_ms=5000, ingestion_start_ms=5000, files={"B1": "e1"})
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class World:
    """All that a plan of one collection is made of; a source without tiles reports ``keys`` as told."""

    collection: Collection = field(default_factory=make_collection)
    wanted: Sequence[Wanted] = ()
    tiles: Sequence[LiveTile] = ()
    live: LiveCollection | None = field(default_factory=make_live_collection)
    scopes: Sequence[Scope] = ()
    is_bound: bool = True
    failures: Mapping[int, str] = field(default_factory=dict)
    empty: frozenset[int] = frozenset()
    selected: TilePaths = TilePaths()


def plan_world(sets: TileSets, world: World) -> PlannedPart:
    """Return the planned part of a world."""
    bindings = make_bindings(*([make_binding(scopes=tuple(world.scopes))] if world.is_bound else []))
    resolution = resolve(world.collection, bindings, LiveCollections.index([world.live] if world.live else []))
    sources = world.collection.sources
    reports = tuple(
        SourceReport(source.place, "", keys=0 if index in world.empty else 1, failure=world.failures.get(index, ""))
        for index, source in enumerate(sources)
    )
    desired = make_desired(sets, world.wanted, make_rules(sources), world.selected)
    overlaps = desired.overlaps(5)
    discovered = Discovered(ADDRESS, reports, overlap_count=len(overlaps), overlaps=tuple(overlaps))
    live = make_live(sets, world.tiles) if resolution.live else None
    binding = bindings.by_address.get(ADDRESS)
    selection = Selection(paths=world.selected)
    state = CollectionState(resolution, binding, discovered, desired, live, selection)
    return plan_collection(world.collection, state)


def make_world_plan(sets: TileSets, world: World, request: PlanRequest | None = None) -> Plan:
    """Return the whole plan of a world."""
    base = request or PlanRequest("p", "local", NOW_MS)
    return make_plan(replace(base, parts=(*base.parts, plan_world(sets, world)), collections=(world.collection,)))
