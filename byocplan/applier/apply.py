"""The order of an apply: plan in, outcome out. Touches the API and the state through its steps."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING

from byocplan.applier.book import BindingBook, settle_scopes
from byocplan.applier.collection_writes import delete_collection, write_collection
from byocplan.applier.ingestion import Ingestion, wait_ingestion
from byocplan.applier.result import Verdict
from byocplan.applier.run import Run, describe, make_progress
from byocplan.applier.stream import run_bounded
from byocplan.applier.tally import Tally, count_totals, name_collection_action, name_tile_action
from byocplan.applier.tile_writes import write_tile
from byocplan.errors import BlockedError, ByocplanError, StateError
from byocplan.model.change import Action, TileAction
from byocplan.model.event import Finished, Noted, Started
from byocplan.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.client import WriteClient
    from byocplan.applier.options import ApplyOptions
    from byocplan.applier.result import Result
    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.event import Event
    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.state import LocalState

#: With more failed writes than this, nothing is deleted.
MAX_ERROR_RATE = 0.1
#: Tile actions before the wait, in order.
BEFORE_WAIT = (TileAction.CREATE, TileAction.UPDATE, TileAction.REINGEST)


def apply_plan(
    plan: Plan, client: WriteClient, state: LocalState, options: ApplyOptions, report: Callable[[Event], None]
) -> Outcome:
    """Carry the plan out and return what became of it. The caller holds the lease.

    Raises BlockedError for a plan that may not be applied, StateError for bindings that cannot be read, and whatever
    ends the run (no access, no connection, no room on the disk) before any change was applied.
    """
    if not plan.is_applyable:
        raise BlockedError("the plan is blocked; nothing was changed")
    run = Run(client, options, report, Tally(count_totals(plan)), options.clock())
    book, ingestion = BindingBook(state), Ingestion()
    report(Started(run.tally.totals))
    try:
        _carry_out(run, book, plan, ingestion)
    except KeyboardInterrupt:
        options.stop.interrupt(signal.SIGINT)
    if options.stop.error is not None and not run.tally.applied:
        raise options.stop.error
    report(make_progress(run))
    outcome = make_outcome(run, book, ingestion)
    report(Finished(outcome))
    return outcome


def _carry_out(run: Run, book: BindingBook, plan: Plan, ingestion: Ingestion) -> None:
    ready = [part for part in plan.collections if _write_collection(run, book, part)]
    for action in BEFORE_WAIT:
        for part in ready:
            _write_tiles(run, book, part, action, ingestion)
    if run.options.wait and not run.stop.is_set:
        _wait(run, ingestion)
    if _may_delete(run, plan):
        for part in ready:
            if _is_ingested(run, book, part, ingestion):
                _write_tiles(run, book, part, TileAction.DELETE, ingestion)
        for part in plan.collections:
            if part.change.action is Action.DELETE and not run.stop.is_set:
                _count_collection(run, part, partial(delete_collection, run, book, part))
    for part in ready:
        _settle(run, book, part)


def _write_collection(run: Run, book: BindingBook, part: CollectionPlan) -> bool:
    """Carry out the collection change and tell whether its tiles may follow."""
    if run.stop.is_set or part.change.action is Action.DELETE:
        return False
    result = _count_collection(run, part, partial(write_collection, run, book, part))
    is_well = result.verdict not in {Verdict.FAILED, Verdict.CONFLICT}
    return is_well and part.change.action is not Action.FORGET


def _count_collection(run: Run, part: CollectionPlan, work: Callable[[], Result]) -> Result:
    result = run.attempt(work)
    action = part.change.action
    if action is not Action.KEEP or result.verdict in {Verdict.FAILED, Verdict.CONFLICT}:
        run.tally.add(name_collection_action(action), part.address, part.address, result)
    run.tick()
    return result


def _write_tiles(run: Run, book: BindingBook, part: CollectionPlan, action: TileAction, ingestion: Ingestion) -> None:
    binding = book.find(part.address)
    if part.tiles is None or binding is None or not part.count(action) or run.stop.is_set:
        return
    batch = ingestion.get_batch(binding.id)
    key = name_tile_action(action)

    def work(change: TileChange) -> None:
        result = run.attempt(partial(write_tile, run, binding.id, change))
        run.tally.add(key, part.address, change.path, result)
        if result.handed is not None:
            batch.add(result.handed)

    run_bounded(run, part.tiles.iter_changes(action), work)


def _wait(run: Run, ingestion: Ingestion) -> None:
    try:
        wait_ingestion(run, ingestion)
    except ByocplanError as error:
        run.tally.add_error(describe(error), "ingestion")
        run.stop.fail(error)


def _may_delete(run: Run, plan: Plan) -> bool:
    if run.stop.is_set:
        return False
    if run.tally.error_rate <= MAX_ERROR_RATE:
        return True
    if plan.count_tiles(TileAction.DELETE) or plan.count_collections(Action.DELETE):
        text = f"nothing is deleted: {run.tally.error_rate:.0%} of the writes failed; mend that and run again"
        run.report(Noted(text))
        run.tally.add_error(text, "deletes")
    return False


def _is_ingested(run: Run, book: BindingBook, part: CollectionPlan, ingestion: Ingestion) -> bool:
    """Tell whether tiles may be deleted: not before what may take their place is there, if that is waited for."""
    binding = book.find(part.address)
    if not run.options.wait or binding is None or not ingestion.is_unfinished(binding.id):
        return True
    if part.count(TileAction.DELETE):
        run.tally.add_error("no tile is deleted before ingestion has ended; run again", part.address)
    return False


def _settle(run: Run, book: BindingBook, part: CollectionPlan) -> None:
    """Record the new scopes alone where all changes of the collection went well."""
    planned = sum(part.count(action) for action in (*BEFORE_WAIT, TileAction.DELETE))
    planned += part.change.action is not Action.KEEP
    if run.tally.unwell[part.address] or run.tally.finished[part.address] < planned:
        return
    try:
        settle_scopes(book, part)
    except StateError as error:
        run.tally.add_error(str(error), part.address)
        run.stop.fail(error)


def make_outcome(run: Run, book: BindingBook, ingestion: Ingestion) -> Outcome:
    """Return what became of everything."""
    tally, causes, stop = run.tally, ingestion.causes, run.stop
    outputs: dict[Address, str] = {binding.address: binding.id for binding in book.bindings}
    return Outcome(
        applied=dict(tally.applied),
        satisfied=tally.verdicts[Verdict.SATISFIED],
        conflict=tally.verdicts[Verdict.CONFLICT],
        failed=tally.verdicts[Verdict.FAILED],
        skipped=tally.skipped,
        errors=tally.errors.count_by_cause(),
        ingested=ingestion.ingested,
        pending=ingestion.unfinished,
        ingestion_failed=ingestion.failed,
        by_cause=causes.count_by_cause(),
        examples={**tally.errors.examples(), **causes.examples()},
        outputs=outputs,
        is_waited=run.options.wait,
        is_stopped=stop.is_set,
        stopped_by=stop.reason,
        signal=stop.signal,
        requests=run.client.requests_sent,
        elapsed_s=run.elapsed_s,
    )
