"""Carrying out one change of one tile, judged by what is live just before. Touches the API.

Creates are not read before, unless a plan is resumed or was made from a partial listing; a path that turns out to be
taken is looked at. A create whose answer was lost is looked up by its path, more than once since a new tile may not
show at once, before it is repeated.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from byocplan.applier.judge import GONE, judge_delete, judge_found, judge_reingest, judge_update
from byocplan.applier.result import APPLIED, Handed, Result, Verdict, make_conflict
from byocplan.applier.sending import send
from byocplan.errors import AmbiguousError, ConflictError, NotFoundError
from byocplan.model.change import TileAction
from byocplan.model.tile import TilePayload

if TYPE_CHECKING:
    from byocplan.applier.run import Run
    from byocplan.model.change import TileChange
    from byocplan.model.tile import LiveTile

#: How often a create is sent at most when its answer is lost each time.
CREATE_ATTEMPTS = 4
#: Pauses between looks for what a lost answer may have made: reads may lag behind writes, by ten seconds and more.
LOOKS_S = (0.0, 1.0, 2.0, 4.0, 8.0)


def write_tile(run: Run, collection_id: str, change: TileChange) -> Result:
    """Carry out one tile change. Raises what the client raises."""
    if change.action is TileAction.CREATE:
        return create_tile(run, collection_id, change)
    if change.id is None:
        raise ValueError(f"{change.action} of {change.path} names no tile")
    if change.action is TileAction.UPDATE:
        return update_tile(run, collection_id, change.id, change)
    if change.action is TileAction.REINGEST:
        return reingest_tile(run, collection_id, change.id, change)
    if change.action is TileAction.DELETE:
        return delete_tile(run, collection_id, change.id, change)
    raise ValueError(f"{change.action} writes nothing")


def create_tile(run: Run, collection_id: str, change: TileChange) -> Result:
    """Create the tile, or take the one that is there for it; never two of one path."""
    if run.takes_look():
        found = run.client.find_tile(collection_id, change.path)
        if found is not None:
            return judge_found(change, found, is_ours=False)
    payload = TilePayload(change.path, change.sensing_time_ms, change.cover)
    for attempt in range(CREATE_ATTEMPTS):
        try:
            request = partial(run.client.create_tile, collection_id, payload)
            tile = send(run, "tile.create", request, collection=collection_id, path=change.path)
        except ConflictError:
            found = _look(run, collection_id, change.path)
            if found is None:
                raise
            return judge_found(change, found, is_ours=attempt > 0)
        except AmbiguousError:
            found = _look(run, collection_id, change.path)
            if found is not None:
                return judge_found(change, found, is_ours=True)
            if attempt + 1 == CREATE_ATTEMPTS or run.stop.is_set:
                raise
        else:
            return Result(Verdict.APPLIED, handed=Handed(tile.id, tile.created_ms))
    raise AssertionError("the loop returns or raises")


def update_tile(run: Run, collection_id: str, tile_id: str, change: TileChange) -> Result:
    """Send the merged values, and have the files read again where they have changed too."""
    live = _find(run, collection_id, tile_id)
    judged = judge_update(change, live)
    if isinstance(judged, TilePayload):
        try:
            request = partial(run.client.update_tile, collection_id, tile_id, judged)
            send(run, "tile.update", request, collection=collection_id, id=tile_id)
        except NotFoundError:
            return make_conflict(GONE)
    elif judged.verdict is not Verdict.SATISFIED:
        return judged
    if change.also_reingest:
        return _reingest(run, collection_id, live, change)
    return judged if isinstance(judged, Result) else APPLIED


def reingest_tile(run: Run, collection_id: str, tile_id: str, change: TileChange) -> Result:
    """Have the files read again, unless that was done or is under way."""
    return _reingest(run, collection_id, _find(run, collection_id, tile_id), change)


def delete_tile(run: Run, collection_id: str, tile_id: str, change: TileChange) -> Result:
    """Delete the tile, if it is still the one that the plan saw; one that is gone is as wanted."""
    judged = judge_delete(change, _find(run, collection_id, tile_id))
    if judged is not None:
        return judged
    request = partial(run.client.delete_tile, collection_id, tile_id)
    send(run, "tile.delete", request, collection=collection_id, id=tile_id)
    return APPLIED


def _reingest(run: Run, collection_id: str, live: LiveTile | None, change: TileChange) -> Result:
    judged = judge_reingest(change, live)
    if judged is not None or live is None:
        return judged or make_conflict(GONE)
    try:
        request = partial(run.client.reingest_tile, collection_id, live.id)
        send(run, "tile.reingest", request, collection=collection_id, id=live.id)
    except NotFoundError:
        return make_conflict(GONE)
    return Result(Verdict.APPLIED, handed=Handed(live.id, live.created_ms, live.ingestion_start_ms))


def _find(run: Run, collection_id: str, tile_id: str) -> LiveTile | None:
    try:
        return run.client.get_tile(collection_id, tile_id)
    except NotFoundError:
        return None


def _look(run: Run, collection_id: str, path: str) -> LiveTile | None:
    """Return the tile with this path once it shows, None when it does not within some seconds."""
    for pause_s in LOOKS_S:
        if pause_s:
            run.sleep(pause_s)
        found = run.client.find_tile(collection_id, path)
        if found is not None:
            return found
    return None
