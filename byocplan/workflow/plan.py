"""Plan: manifests, bucket and live state in, what an apply would do out. Reads all three; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.discovery.discover import discover_collection
from byocplan.discovery.rule import make_source_rules
from byocplan.errors import ArgumentError
from byocplan.model.change import Action, TileAction
from byocplan.model.plan import Diagnostic
from byocplan.model.refresh import Refresh, RefreshMode
from byocplan.model.selection import Selection
from byocplan.planner import (
    CollectionState,
    LiveCollections,
    PlanRequest,
    add_proofs,
    drop_unselected,
    get_band_sources,
    make_plan,
    plan_collection,
    plan_destroy,
    plan_removals,
    refuse_shared,
    resolve,
)
from byocplan.workflow.live import Listing, choose_cover_length, list_tiles, look_at_tiles
from byocplan.workflow.provenance import make_provenance
from byocplan.workflow.proving import prove_deletes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import Loaded
    from byocplan.model.binding import Bindings
    from byocplan.model.collection import Collection, LiveCollection
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.model.rail import Ack
    from byocplan.planner import PlannedPart, Resolution
    from byocplan.sets import TileSets
    from byocplan.state import Inventory, State


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan reads from. ``project`` is placed: its deployment is the one the client talks to.

    ``holds_covers``: the cover geometries of live tiles are wanted, also where nothing compares them.
    ``destroys``: what is planned is the end of all that is bound; no bucket is read then.
    """

    project: Project
    client: ReadClient
    state: State
    open_bucket: Callable[[Collection], Bucket]
    now_ms: int
    selection: Selection = Selection()
    refresh: RefreshMode = RefreshMode.FULL
    inventory: Inventory | None = None
    keeps_inventory: bool = False
    holds_covers: bool = False
    destroys: bool = False

    @property
    def narrowed(self) -> Selection:
        """What is planned: no deletes where not all live tiles are seen, since what seems gone may just be unseen."""
        if self.refresh is RefreshMode.FULL:
            return self.selection
        return replace(self.selection, actions=self.selection.actions - {TileAction.DELETE})

    def make_listing(self, sets: TileSets, collection: LiveCollection) -> Listing:
        """Return how the live tiles of a collection are looked at."""
        return Listing(
            self.client,
            sets,
            self.project.deployment.base_url,
            self.now_ms,
            self.refresh,
            self.inventory,
            self.keeps_inventory,
            collection,
        )


def compute_plan(loaded: Loaded, around: Surroundings, sets: TileSets, acks: Sequence[Ack] = ()) -> Plan:
    """Return the plan; its tile changes are read from ``sets``, which must stay open for as long.

    Raises what reading raises: StateError, AccessError, UnreachableError, BucketError, ApiError; ArgumentError for a
    destroy of a part of the project.
    """
    bindings = around.state.read()
    live = LiveCollections.index(around.client.iter_collections())
    collections = loaded.manifests.collections
    fulls: list[int] = []
    if around.destroys:
        check_whole(loaded)
        parts = [*plan_destroy(bindings, loaded.manifests.by_address(), live)]
    else:
        parts = _plan_all(loaded, bindings, live, around, (sets, fulls))
    parts = [_count_lost(part, around.client, sets) for part in drop_unselected(parts, around.narrowed)]
    plan = make_plan(
        PlanRequest(
            around.project.name,
            around.project.deployment.name,
            around.now_ms,
            tuple(parts),
            collections,
            tuple(acks),
            around.project.rails.max_collection_deletes,
            loaded.is_whole and around.narrowed.is_all,
            around.project.requests_per_minute,
            around.refresh is not RefreshMode.FULL,
        )
    )
    made_from = make_provenance(plan, loaded, around.project, bindings, live.by_id.values(), around.now_ms)
    refresh = Refresh(around.refresh, min(fulls, default=None))
    return replace(plan, provenance=made_from, refresh=refresh, is_destroy=around.destroys)


def check_whole(loaded: Loaded) -> None:
    """Raise ArgumentError unless all manifests of the project were read: one left out may say preventDestroy."""
    if not loaded.is_whole:
        message = "a destroy needs the whole project: its Project document and every manifest beside it"
        raise ArgumentError(message, hint="name the folder with byocplan.yaml")


def _plan_all(
    loaded: Loaded,
    bindings: Bindings,
    live: LiveCollections,
    around: Surroundings,
    into: tuple[TileSets, list[int]],
) -> list[PlannedPart]:
    """Plan every described collection, then the removals."""
    collections = loaded.manifests.collections
    resolutions = [resolve(collection, bindings, live) for collection in collections]
    parts = [
        _plan_one(collection, resolution, bindings, around, into)
        for collection, resolution in zip(collections, refuse_shared(resolutions), strict=True)
    ]
    if loaded.is_whole:
        claimed = {resolution.live.id for resolution in resolutions if resolution.live}
        parts.extend(plan_removals(bindings, loaded.manifests.by_address().keys(), live, claimed))
    return parts


def _plan_one(
    collection: Collection,
    resolution: Resolution,
    bindings: Bindings,
    around: Surroundings,
    into: tuple[TileSets, list[int]],
) -> PlannedPart:
    """Plan one collection; tiles go into the sets, the time of the full listing behind them into the list."""
    sets, fulls = into
    binding = bindings.by_address.get(collection.address)
    if resolution.blocked:
        return plan_collection(collection, CollectionState(resolution, binding, selection=around.narrowed))
    bands = get_band_sources(collection, resolution.live)
    desired = sets.make_desired(make_source_rules(collection.sources, bands))
    bucket = around.open_bucket(collection)
    discovered = discover_collection(collection, bands, bucket, desired)
    length = 0 if around.holds_covers else choose_cover_length(desired)
    found = resolution.live
    listed = look_at_tiles(found.id, around.make_listing(sets, found), length) if found else None
    known = CollectionState(resolution, binding, discovered, desired, listed.live if listed else None, around.narrowed)
    planned = plan_collection(collection, known)
    if listed:
        fulls.append(listed.full_ms)
        notes = tuple(Diagnostic("warning", note, collection.address) for note in listed.notes)
        planned = replace(planned, diagnostics=(*planned.diagnostics, *notes))
    return add_proofs(planned, prove_deletes(planned, bands, bucket))


def _count_lost(planned: PlannedPart, client: ReadClient, sets: TileSets) -> PlannedPart:
    """Count the tiles that go with a collection whose document is gone, since nothing else listed them."""
    change = planned.part.change
    if change.action is not Action.DELETE or change.id is None:
        return planned
    live = list_tiles(change.id, client, sets)
    return replace(planned, part=replace(planned.part, live_tiles=live.count, by_status=live.by_status()))
