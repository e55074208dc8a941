"""Plan one collection with its tiles: what was resolved, discovered and listed in, its part of the plan out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Origin, Reason, TileAction
from byocplan.model.cover import MAX_POINTS
from byocplan.model.loss import VanishingGroups
from byocplan.model.plan import CollectionPlan, Diagnostic
from byocplan.model.scope import narrow_scope
from byocplan.model.selection import Selection
from byocplan.planner.asked import make_asked, trace_change
from byocplan.planner.collections import compare_collection, make_collection_change
from byocplan.planner.narrow import iter_left_out, narrow_change, spare_create
from byocplan.planner.ownership import Ownership, join_scopes, make_source_scopes
from byocplan.planner.rails import Measured, measure_rails
from byocplan.sets import Comparison, Judges, Past, compare_tiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.model.binding import Binding
    from byocplan.model.change import CollectionChange
    from byocplan.model.collection import Collection
    from byocplan.model.discovered import Discovered
    from byocplan.model.loss import Proofs
    from byocplan.model.rail import Rail
    from byocplan.model.scope import Scope
    from byocplan.planner.ownership import SourceScope
    from byocplan.planner.resolve import Resolution
    from byocplan.sets import DesiredTiles, LiveTiles
    from byocplan.sets.settled import Settled

#: A group of fewer live tiles may go; one of more disappears when so many percent of it would be deleted.
MIN_GROUP, VANISHING_PERCENT = 10, 90


@dataclass(frozen=True, slots=True)
class CollectionState:
    """All that is known of one address. ``desired`` and ``live`` are finished; ``live`` is None when nothing is live.

    ``discovered`` and ``desired`` may be None only where the resolution is blocked. ``settled`` is the record of what
    was live as desired, None where there is none; ``is_unrecorded`` where there should be one.
    """

    resolution: Resolution
    binding: Binding | None = None
    discovered: Discovered | None = None
    desired: DesiredTiles | None = None
    live: LiveTiles | None = None
    selection: Selection = Selection()
    settled: Settled | None = None
    is_unrecorded: bool = False


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One address of a plan, its rails (acks not yet laid over) and what is worth knowing.

    ``measured`` is what the rails look at and ``comparison`` holds the tiles, for the proofs of deletes; None where
    there are no tiles to compare. ``is_unrecorded``: what was live before is not on record, so origins are guesses.
    """

    part: CollectionPlan
    rails: tuple[Rail, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    measured: Measured | None = None
    comparison: Comparison | None = None
    is_unrecorded: bool = False


def plan_collection(collection: Collection, state: CollectionState) -> PlannedPart:
    """Return the plan of one collection and its tile sets. Total.

    Rails are measured on the sets of the part: what is not among them is not planned, and trips nothing.
    """
    live_tiles = state.live.count if state.live else 0
    change = make_collection_change(collection, state.resolution, live_tiles)
    change = narrow_change(trace_change(change, collection, state.resolution, state.binding), state.selection)
    scopes = make_source_scopes(collection.sources, state.discovered)
    ownership = Ownership(scopes, _get_known(state))
    comparison = None if state.resolution.blocked else _compare_tiles(state, change, ownership)
    sets = comparison.set_changes() if comparison else ()
    part = CollectionPlan(
        spare_create(change, sets, state.selection),
        sets,
        live_tiles=live_tiles,
        owned_tiles=comparison.count_owned() if comparison else 0,
        by_status=state.live.by_status() if state.live else {},
        by_cause=state.live.by_cause() if state.live else {},
        scopes=_make_scopes(change, scopes, ownership, state),
        tiles=comparison,
        lifecycle=collection.lifecycle,
        labels=collection.labels,
        moves=comparison.count_moves() if comparison else 0,
        is_slice=not state.selection.paths.is_all,
        asked=_choose_asked(collection, change, state),
    )
    measured = _measure(collection, state, part, comparison, ownership)
    diagnostics = (*_iter_diagnostics(collection, state), *iter_left_out(part, comparison, state.selection))
    return PlannedPart(part, measure_rails(measured), diagnostics, measured, comparison, state.is_unrecorded)


def add_proofs(planned: PlannedPart, proofs: Proofs) -> PlannedPart:
    """Return the part with its rails measured once more, with what the bucket said of single files."""
    if planned.measured is None:
        return planned
    measured = replace(planned.measured, proofs=proofs)
    return replace(planned, rails=measure_rails(measured), measured=measured)


def _get_recorded(state: CollectionState) -> tuple[Scope, ...]:
    """Return the recorded scopes, if they are those of the collection the address stands for."""
    binding, live = state.binding, state.resolution.live
    return binding.scopes if binding is not None and live is not None and binding.id == live.id else ()


def _get_known(state: CollectionState) -> tuple[Scope, ...]:
    """Return the recorded scopes, also of a collection that the address stood for and that is gone."""
    return state.binding.scopes if state.binding and state.resolution.is_gone else _get_recorded(state)


def _choose_asked(collection: Collection, change: CollectionChange, state: CollectionState) -> Mapping[str, str]:
    """Return what the binding records of the manifest's fields: what it says now, unless that is not carried out."""
    before = state.binding.asked if state.binding else {}
    is_all = state.selection.takes(Action.UPDATE) and state.selection.takes_all_origins
    is_left = bool(change.blocked) or (not is_all and change.action is not Action.CREATE)
    return before if is_left else make_asked(collection)


def _compare_tiles(state: CollectionState, change: CollectionChange, ownership: Ownership) -> Comparison | None:
    """Compare the tiles; those of a collection that is made anew are all created."""
    if state.desired is None:
        return None
    judges = Judges(ownership.judge, _is_same_cover)
    if change.action is Action.REPLACE and not change.blocked:
        origins = (change.origin,) * len(ownership.evidence)
        past = Past(Reason.COLLECTION_REPLACED, origins)
        return compare_tiles(state.desired, None, judges, past, state.selection)
    # Without a record the tiles of a collection that is gone are taken to have gone with it.
    is_guessed = state.resolution.is_gone and state.settled is None
    origins = ownership.list_create_origins(Origin.LIVE if is_guessed else Origin.BUCKET)
    past = Past(create_origins=origins, settled=state.settled)
    return compare_tiles(state.desired, state.live, judges, past, state.selection)


def _make_scopes(
    change: CollectionChange, scopes: Sequence[SourceScope], ownership: Ownership, state: CollectionState
) -> tuple[Scope, ...]:
    """Return what the binding records: the current scopes and those that still own tiles nobody desires."""
    if change.blocked:
        return state.binding.scopes if state.binding else ()
    # Orphans that are not deleted by a narrowed plan stay owned through the scopes they were made in.
    lingering = ownership.lingering if state.selection.takes(Action.DELETE) else _get_recorded(state)
    return join_scopes([*(narrow_scope(each.scope, state.selection.paths) for each in scopes), *lingering])


def _measure(
    collection: Collection,
    state: CollectionState,
    part: CollectionPlan,
    comparison: Comparison | None,
    ownership: Ownership,
) -> Measured:
    live = state.resolution.live
    deletes = next((each.reasons for each in part.sets if each.action is TileAction.DELETE), {})
    updates = comparison if part.count(TileAction.UPDATE) else None
    many_points_count, many_points = _find_many_points(updates) if updates else (0, "")
    is_compared = live is not None and part.change.reason is not Reason.NOT_SELECTED
    removed = (
        compare_collection(collection, live, has_tiles=part.live_tiles > 0).removed if is_compared and live else ()
    )
    return Measured(
        collection,
        part.change,
        owned=part.owned_tiles,
        file_gone=deletes.get(Reason.FILE_GONE.value, 0),
        scope_removed=deletes.get(Reason.SCOPE_REMOVED.value, 0),
        vanishing=_find_vanishing(comparison) if deletes else VanishingGroups(),
        reingests=part.count(TileAction.REINGEST) + (updates.count_also_reingested() if updates else 0),
        kept_back=dict(ownership.kept_back) if TileAction.DELETE in state.selection.actions else {},
        evidence=ownership.evidence,
        removed_bands=removed,
        many_points_count=many_points_count,
        many_points=many_points,
        discovered=state.discovered,
    )


def _find_vanishing(comparison: Comparison | None) -> VanishingGroups:
    return comparison.find_vanishing_groups(MIN_GROUP, VANISHING_PERCENT) if comparison else VanishingGroups()


def _find_many_points(updates: Comparison) -> tuple[int, str]:
    """Return how many updates would send back a cover of too many points, and the path of the first."""
    count, first = 0, ""
    for path, cover in updates.iter_resent_covers(MAX_POINTS):
        if _count_points(cover) > MAX_POINTS:
            first = first if count else path
            count += 1
    return count, first


# Most plans look at no geometry; loading what reads them takes longer than planning a small collection.
def _is_same_cover(asked: str, live: str) -> bool:
    from byocplan.geometry import is_same_cover

    return is_same_cover(asked, live)


def _count_points(cover: str) -> int:
    from byocplan.geometry import count_points

    return count_points(cover)


def _iter_diagnostics(collection: Collection, state: CollectionState) -> Iterator[Diagnostic]:
    """Yield what is worth knowing: from resolving the address, then from discovery."""
    address = collection.address
    if state.resolution.warning:
        yield Diagnostic("warning", state.resolution.warning, address)
    if state.discovered is None:
        return
    for problem in state.discovered.problems:
        yield Diagnostic("error", problem, address)
    for note in state.discovered.notes:
        yield Diagnostic("warning", note, address)
