"""Plan offline: manifests and what was kept of the live state in, what is known to change out. Asks nobody.

What is live is what the inventory cache saw last; files are not looked at, so that live tiles stand for those their
sources take. Tables are read as always. Reads the local state and the cache; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.discovery.known_tiles import take_known_tiles
from byocplan.discovery.rule import make_source_rules
from byocplan.errors import ArgumentError, ByocplanError
from byocplan.model.change import Action
from byocplan.model.collection import LiveCollection
from byocplan.model.collection_form import make_live_collection
from byocplan.model.plan import Diagnostic
from byocplan.model.project import LOCAL
from byocplan.model.refresh import Refresh, RefreshMode
from byocplan.model.selection import Selection
from byocplan.planner import (
    CollectionState,
    LiveCollections,
    PlanRequest,
    choose_collections,
    drop_unselected,
    get_band_sources,
    make_plan,
    plan_collection,
    plan_removals,
    refuse_shared,
    resolve,
)
from byocplan.sets.inventory import Header, UnusableError, read_inventory
from byocplan.workflow.live import LONG_COVER, tell_age
from byocplan.workflow.provenance import make_provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.manifest import Loaded
    from byocplan.model.address import Address
    from byocplan.model.binding import Binding, Bindings
    from byocplan.model.collection import Collection
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.planner import PlannedPart, Resolution
    from byocplan.sets import LiveTiles, TileSets
    from byocplan.state import Inventory, State

NOT_KNOWN = "not known offline: no plan or apply on this machine has kept what is live ({why})"


@dataclass(frozen=True, slots=True)
class Memory:
    """Where a plan that asks nobody reads. ``project`` is placed: what was kept of another deployment is not taken."""

    project: Project
    state: State
    inventory: Inventory
    now_ms: int
    selection: Selection = Selection()


@dataclass(frozen=True, slots=True)
class Remembered:
    """A collection as it was kept, its tiles, and when the full listing behind them began."""

    collection: LiveCollection
    live: LiveTiles
    full_ms: int
    has_covers: bool


@dataclass(slots=True)
class _Recall:
    """All that is kept, by id of its collection; ``unknown`` says why something is not there."""

    by_id: dict[str, Remembered] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def oldest_ms(self) -> int | None:
        """When the longest ago of the full listings began; None where nothing is kept."""
        return min((each.full_ms for each in self.by_id.values()), default=None)


def check_local(project: Project) -> None:
    """Raise ArgumentError where the state is not on this machine: without it nobody knows what is bound."""
    if project.state != LOCAL:
        message = f"--offline reads the state, and that of this project is not on this machine ({project.state})"
        raise ArgumentError(message, hint="plan without --offline, or `byocplan validate` the manifests")


def compute_offline_plan(loaded: Loaded, memory: Memory, sets: TileSets) -> Plan:
    """Return what the manifests change of what is known; never complete, and no apply takes it.

    Its tile changes are read from ``sets``, which must stay open for as long. Raises StateError where the state cannot
    be read, ManifestError for a table.
    """
    bindings = memory.state.read()
    collections = loaded.manifests.collections
    chosen = choose_collections(collections, bindings, memory.selection)
    recall = _recall(_list_ids(bindings, collections), memory, sets)
    live = LiveCollections.index(each.collection for each in recall.by_id.values())
    known, notes = _part_unknown(collections, bindings, recall)
    notes = [note for note in notes if note.address in chosen.selections]
    resolutions = refuse_shared([resolve(collection, bindings, live) for collection in known])
    parts = [
        _plan_one(collection, resolution, bindings.by_address.get(collection.address), (recall, selection, sets))
        for collection, resolution in zip(known, resolutions, strict=True)
        if (selection := chosen.selections.get(collection.address)) is not None
    ]
    if loaded.is_whole and memory.selection.targets.is_all:
        claimed = {resolution.live.id for resolution in resolutions if resolution.live}
        parts.extend(_plan_removals(bindings, loaded, recall, claimed))
    kept, left_out = drop_unselected(parts, memory.selection)
    plan = make_plan(
        PlanRequest(
            memory.project.name,
            memory.project.deployment.name,
            memory.now_ms,
            tuple(kept),
            known,
            (),
            memory.project.rails.max_collection_deletes,
            is_complete=False,
            diagnostics=(*chosen.diagnostics, *left_out),
        )
    )
    made_from = make_provenance(plan, loaded, memory.project, bindings, live.by_id.values(), memory.now_ms)
    return replace(
        plan,
        diagnostics=(_tell_limits(recall, memory), *notes, *plan.diagnostics),
        provenance=made_from,
        refresh=Refresh(RefreshMode.OFFLINE, recall.oldest_ms),
        selected=memory.selection.options,
        # Nothing may be approved by what asked nobody.
        plan_hash="",
        guard_hash="",
    )


def _list_ids(bindings: Bindings, collections: Sequence[Collection]) -> list[str]:
    named = [each.id for each in collections if each.id is not None]
    return list(dict.fromkeys([*(each.id for each in bindings.by_address.values()), *named]))


def _recall(ids: Iterable[str], memory: Memory, sets: TileSets) -> _Recall:
    recall = _Recall()
    for collection_id in ids:
        try:
            recall.by_id[collection_id] = _read_one(collection_id, memory, sets)
        except UnusableError as error:
            recall.unknown[collection_id] = str(error)
    return recall


def _read_one(collection_id: str, memory: Memory, sets: TileSets) -> Remembered:
    """Return what is kept of a collection. Raises UnusableError where that is nothing, or of no use."""
    path, live = sets.make_path("inventory.parquet"), sets.make_live(LONG_COVER)
    wanted = Header(collection_id, memory.project.deployment.base_url, memory.now_ms, LONG_COVER, 0)
    try:
        if not memory.inventory.fetch(collection_id, path):
            raise UnusableError("there is no inventory of it")
        header = read_inventory(live, path, wanted)
        if header.collection is None:
            raise UnusableError("its inventory is from before the last apply, or another version")
        collection = make_live_collection(header.collection)
    except (ByocplanError, KeyError, TypeError) as error:
        raise UnusableError(f"its inventory cannot be read: {error}") from error
    return Remembered(collection, live, header.full_ms, has_covers=header.cover_length == 0)


def _part_unknown(
    collections: Sequence[Collection], bindings: Bindings, recall: _Recall
) -> tuple[tuple[Collection, ...], list[Diagnostic]]:
    """Return the collections that can be planned, and a note for each that is bound to what is not known."""
    known, notes = [], []
    for collection in collections:
        binding = bindings.by_address.get(collection.address)
        bound = collection.id or (binding.id if binding else None)
        if bound in recall.unknown:
            note = NOT_KNOWN.format(why=recall.unknown[bound])
            notes.append(Diagnostic("warning", note, collection.address))
        else:
            known.append(collection)
    return tuple(known), notes


def _plan_one(
    collection: Collection,
    resolution: Resolution,
    binding: Binding | None,
    known: tuple[_Recall, Selection, TileSets],
) -> PlannedPart:
    recall, selection, sets = known
    if resolution.blocked:
        return plan_collection(collection, CollectionState(resolution, binding, selection=selection))
    remembered = recall.by_id[resolution.live.id] if resolution.live else None
    bands = get_band_sources(collection, resolution.live)
    desired = sets.make_desired(make_source_rules(collection.sources, bands), selection.paths)
    batches = remembered.live.iter_files() if remembered else ()
    discovered = take_known_tiles(collection, bands, batches, desired)
    live = remembered.live if remembered else None
    planned = plan_collection(collection, CollectionState(resolution, binding, discovered, desired, live, selection))
    if remembered is None or remembered.has_covers or not desired.has_covers:
        return planned
    note = "the live cover geometries are not known offline, so that each one asked for counts as another one"
    return replace(planned, diagnostics=(*planned.diagnostics, Diagnostic("warning", note, collection.address)))


def _plan_removals(bindings: Bindings, loaded: Loaded, recall: _Recall, claimed: set[str]) -> Iterable[PlannedPart]:
    """Plan the removals as if all that is bound were live, with the tiles that are known of it."""
    live = LiveCollections.index(_list_bound(bindings.by_address, recall))
    for planned in plan_removals(bindings, loaded.manifests.by_address().keys(), live, claimed):
        change = planned.part.change
        remembered = recall.by_id.get(change.id or "")
        if change.action is not Action.DELETE:
            yield planned
        elif remembered is None:
            note = "how many tiles go with it is not known offline"
            yield replace(planned, diagnostics=(Diagnostic("warning", note, change.address),))
        else:
            tiles = remembered.live
            yield replace(planned, part=replace(planned.part, live_tiles=tiles.count, by_status=tiles.by_status()))


def _list_bound(by_address: Mapping[Address, Binding], recall: _Recall) -> list[LiveCollection]:
    """Return what is bound: as it was kept, else as the binding names it."""
    return [
        recall.by_id[each.id].collection
        if each.id in recall.by_id
        else LiveCollection(each.id, each.name, each.s3_bucket)
        for each in by_address.values()
    ]


def _tell_limits(recall: _Recall, memory: Memory) -> Diagnostic:
    """Say what was not looked at, and how old is what was."""
    oldest = recall.oldest_ms
    age = (
        f"what is live was last listed at {tell_age(oldest, memory.now_ms)}"
        if oldest is not None
        else "nothing is known to be live"
    )
    return Diagnostic(
        "warning",
        f"offline: neither the service nor a bucket was asked; {age}; new imagery, changed files, and whatever others"
        " changed since are not seen; this plan cannot be applied",
    )
