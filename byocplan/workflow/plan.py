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
    choose_collections,
    drop_unselected,
    get_band_sources,
    is_unrecorded,
    list_unrecorded,
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
from byocplan.workflow.settled import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import Loaded
    from byocplan.model.address import Address
    from byocplan.model.binding import Binding, Bindings
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

    ``holds_covers``: the cover geometries of live tiles are wanted, also where nothing compares them. ``settled`` holds
    the records that tell where changes come from; they are kept up to date where the inventory is.
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
    settled: Inventory | None = None
    destroys: bool = False

    @property
    def narrowed(self) -> Selection:
        """What is planned: no deletes where not all live tiles are seen, since what seems gone may just be unseen."""
        if self.refresh is RefreshMode.FULL:
            return self.selection
        return replace(self.selection, actions=self.selection.actions - {TileAction.DELETE})

    @property
    def keeps_settled(self) -> bool:
        """Whether what is found agreeing is put on record: after a whole look alone."""
        return self.keeps_inventory and self.refresh is RefreshMode.FULL and self.selection.is_all

    def make_records(self, sets: TileSets) -> Records | None:
        """Return the settled records, None where none are kept."""
        return None if self.settled is None else Records(self.settled, self.project.deployment.base_url, sets)

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

    Raises what reading raises: StateError, AccessError, UnreachableError, BucketError, ApiError; InputError for a
    selection that cannot be meant, ArgumentError for a destroy of a part of the project.
    """
    bindings = around.state.read()
    chosen = choose_collections(loaded.manifests.collections, bindings, around.narrowed)
    live = LiveCollections.index(around.client.iter_collections())
    collections = loaded.manifests.collections
    fulls: list[int] = []
    if around.destroys:
        check_whole(loaded)
        parts = [*plan_destroy(bindings, loaded.manifests.by_address(), live)]
    else:
        parts = _plan_all(loaded, chosen.selections, (bindings, live), around, (sets, fulls))
    kept, notes = drop_unselected(parts, around.narrowed)
    parts = [_count_lost(part, around.client, sets) for part in kept]
    unrecorded = list_unrecorded(parts, around.narrowed)
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
            (*chosen.diagnostics, *notes),
        )
    )
    made_from = make_provenance(plan, loaded, around.project, bindings, live.by_id.values(), around.now_ms)
    notes = (*plan.diagnostics, *unrecorded)
    refresh = Refresh(around.refresh, min(fulls, default=None))
    return replace(
        plan,
        provenance=made_from,
        diagnostics=notes,
        refresh=refresh,
        is_destroy=around.destroys,
        selected=around.selection.options,
    )


def check_whole(loaded: Loaded) -> None:
    """Raise ArgumentError unless all manifests of the project were read: one left out may say preventDestroy."""
    if not loaded.is_whole:
        message = "a destroy needs the whole project: its Project document and every manifest beside it"
        raise ArgumentError(message, hint="name the folder with byocplan.yaml")


def _plan_all(
    loaded: Loaded,
    selections: Mapping[Address, Selection],
    bound: tuple[Bindings, LiveCollections],
    around: Surroundings,
    into: tuple[TileSets, list[int]],
) -> list[PlannedPart]:
    """Plan every described collection that is selected, then the removals where nothing narrows the plan."""
    collections, (bindings, live) = loaded.manifests.collections, bound
    resolutions = [resolve(collection, bindings, live) for collection in collections]
    parts = [
        _plan_one(collection, resolution, bindings, replace(around, selection=selection), into)
        for collection, resolution in zip(collections, refuse_shared(resolutions), strict=True)
        if (selection := selections.get(collection.address)) is not None
    ]
    if loaded.is_whole and around.selection.targets.is_all:
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
    desired = sets.make_desired(make_source_rules(collection.sources, bands), around.selection.paths)
    bucket = around.open_bucket(collection)
    discovered = discover_collection(collection, bands, bucket, desired)
    length = 0 if around.holds_covers else choose_cover_length(desired)
    found = resolution.live
    listed = look_at_tiles(found.id, around.make_listing(sets, found), length) if found else None
    records, live_id = around.make_records(sets), _find_id(resolution, binding)
    settled = records.find(live_id) if records and live_id else None
    known = CollectionState(
        resolution,
        binding,
        discovered,
        desired,
        listed.live if listed else None,
        around.narrowed,
        settled,
        records is not None and is_unrecorded(resolution, binding, settled),
    )
    planned = plan_collection(collection, known)
    notes = list(listed.notes) if listed else []
    if records and live_id and listed and planned.comparison and around.keeps_settled:
        notes += filter(None, [records.keep_seen(live_id, planned.comparison, settled)])
    if listed:
        fulls.append(listed.full_ms)
    warnings = tuple(Diagnostic("warning", note, collection.address) for note in notes)
    planned = replace(planned, diagnostics=(*planned.diagnostics, *warnings))
    return add_proofs(planned, prove_deletes(planned, bands, bucket))


def _find_id(resolution: Resolution, binding: Binding | None) -> str | None:
    """Return the collection that the address stands for, or stood for."""
    if resolution.live is not None:
        return resolution.live.id
    return binding.id if binding is not None and resolution.is_gone else None


def _count_lost(planned: PlannedPart, client: ReadClient, sets: TileSets) -> PlannedPart:
    """Count the tiles that go with a collection whose document is gone, since nothing else listed them."""
    change = planned.part.change
    if change.action is not Action.DELETE or change.id is None:
        return planned
    live = list_tiles(change.id, client, sets)
    return replace(planned, part=replace(planned.part, live_tiles=live.count, by_status=live.by_status()))
