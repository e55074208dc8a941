"""The order of an apply: plan in, outcome out. Touches the API and the state through its steps."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING

from byocplan.applier.book import BindingBook, settle_scopes
from byocplan.applier.collection_writes import delete_collection, write_collection
from byocplan.applier.ingestion import adopt_pending, wait_ingestion
from byocplan.applier.result import Verdict
from byocplan.applier.run import Run, describe, make_progress
from byocplan.applier.stop import ANSWER_S, DrainOverError
from byocplan.applier.tally import Tally, count_totals, name_collection_action
from byocplan.applier.tile_sets import TileWork, try_canary
from byocplan.errors import BlockedError, ByocplanError, StateError, StoppedError
from byocplan.model.change import Action, Reason, TileAction
from byocplan.model.event import Finished, Noted, Started
from byocplan.model.outcome import Outcome
from byocplan.model.tile import PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from byocplan.api.client import WriteClient
    from byocplan.applier.options import ApplyOptions
    from byocplan.applier.result import Result
    from byocplan.model.address import Address
    from byocplan.model.event import Event
    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.state import State

#: Where more of the writes, or of the tiles that ingestion has ended for, failed than this, nothing is deleted.
MAX_ERROR_RATE = 0.1
#: Tile actions before the wait, in order.
BEFORE_WAIT = (TileAction.CREATE, TileAction.UPDATE, TileAction.REINGEST)


def apply_plan(
    plan: Plan, client: WriteClient, state: State, options: ApplyOptions, report: Callable[[Event], None]
) -> Outcome:
    """Carry the plan out and return what became of it. The caller holds the lease.

    Raises BlockedError for a plan that may not be applied, StateError for bindings that cannot be read, and whatever
    ends the run (no access, no connection, no room on the disk) before any change was applied.
    """
    if not plan.is_applyable:
        raise BlockedError("the plan is blocked; nothing was changed")
    run = Run(client, options, report, Tally(count_totals(plan)), options.clock(), client.requests_sent)
    run.looks_left = options.looks
    work = TileWork(run, BindingBook(state))
    report(Started(run.tally.totals))
    try:
        with options.stop.writing(partial(client.set_timeout, ANSWER_S)):
            _carry_out(work, plan)
    except KeyboardInterrupt:
        options.stop.interrupt(signal.SIGINT)
    except DrainOverError:
        options.stop.is_abandoned = True
    if options.stop.error is not None and not run.tally.applied:
        raise options.stop.error
    report(make_progress(run))
    outcome = make_outcome(work)
    report(Finished(outcome))
    return outcome


def _carry_out(work: TileWork, plan: Plan) -> None:
    run, book = work.run, work.book
    ready = [part for part in plan.collections if _write_collection(run, book, part)]
    if run.options.canary:
        _attempt(run, "ingestion", lambda: try_canary(work, ready, run.options.canary))
    if run.options.wait:
        _attempt(run, "ingestion", lambda: _adopt_pending(work, ready))
    for action in BEFORE_WAIT:
        for part in ready:
            _attempt(run, part.address, partial(work.write_set, part, action))
    if run.options.wait:
        _attempt(run, "ingestion", lambda: wait_ingestion(run, work.ingestion))
    if _may_delete(work, plan):
        _delete(work, plan, ready)
    for part in ready:
        _settle(work, part)


def _delete(work: TileWork, plan: Plan, ready: Sequence[CollectionPlan]) -> None:
    run, book = work.run, work.book
    for part in ready:
        hindrance = _find_part_hindrance(work, part)
        if hindrance:
            run.tally.add_error(f"no tile is deleted: {hindrance}", part.address)
        else:
            work.write_set(part, TileAction.DELETE)
    if run.options.wait and work.ingestion.unfinished and plan.count_collections(Action.DELETE):
        run.tally.add_error("no collection is deleted before ingestion has ended; run again", "deletes")
        return
    for part in plan.collections:
        if part.change.action is not Action.DELETE:
            continue
        run.check_budget()
        if not run.stop.is_set:
            _count_collection(run, part, partial(delete_collection, run, book, part))


def _write_collection(run: Run, book: BindingBook, part: CollectionPlan) -> bool:
    """Carry out the collection change and tell whether its tiles may follow."""
    if part.change.action is not Action.KEEP:
        run.check_budget()
    if run.stop.is_set or part.change.action is Action.DELETE:
        return False
    result = _count_collection(run, part, partial(write_collection, run, book, part))
    is_well = result.verdict in {Verdict.APPLIED, Verdict.SATISFIED}
    return is_well and part.change.action is not Action.FORGET


def _count_collection(run: Run, part: CollectionPlan, work: Callable[[], Result]) -> Result:
    result = run.attempt(work)
    action = part.change.action
    if action is not Action.KEEP or result.verdict in {Verdict.FAILED, Verdict.CONFLICT}:
        run.tally.add(name_collection_action(action), part.address, part.address, result)
    run.tick()
    return result


def _attempt(run: Run, where: str, work: Callable[[], None]) -> None:
    """Do what reads a lot, unless the run is stopped; an error ends it, and what was done before is told."""
    if run.stop.is_set:
        return
    try:
        work()
    except StoppedError:
        return
    except ByocplanError as error:
        run.tally.add_error(describe(error), where)
        run.stop.fail(error)


def _adopt_pending(work: TileWork, parts: Sequence[CollectionPlan]) -> None:
    for part in parts:
        binding = work.book.find(part.address)
        is_new = part.change.action in {Action.CREATE, Action.REPLACE}
        if binding is not None and not is_new and any(part.by_status.get(status) for status in PENDING):
            adopt_pending(work.run, work.ingestion.get_batch(binding.id), part.scopes)


def _may_delete(work: TileWork, plan: Plan) -> bool:
    run = work.run
    if run.stop.is_set:
        return False
    hindrance = _find_hindrance(work)
    if hindrance and (plan.count_tiles(TileAction.DELETE) or plan.count_collections(Action.DELETE)):
        text = f"nothing is deleted: {hindrance}; mend that and run again"
        run.report(Noted(text))
        run.tally.add_error(text, "deletes")
    return not hindrance


def _find_hindrance(work: TileWork) -> str:
    """Return in words what went wrong so far, if that is too much for deletes to follow."""
    if work.run.tally.error_rate > MAX_ERROR_RATE:
        return f"{work.run.tally.error_rate:.0%} of the writes failed"
    if work.ingestion.failure_rate > MAX_ERROR_RATE:
        return f"{work.ingestion.failure_rate:.0%} of the tiles FAILED ingestion"
    return ""


def _find_part_hindrance(work: TileWork, part: CollectionPlan) -> str:
    """Return in words why tiles may not be deleted yet: what may take their place is not there, if that is waited for.

    Tiles that FAILED in an earlier run count where files of tiles to delete are there: that deletes what can be seen.
    """
    binding = work.book.find(part.address)
    if not work.run.options.wait or binding is None or not part.count(TileAction.DELETE):
        return ""
    batch = work.ingestion.get_batch(binding.id)
    if batch.unfinished:
        return "ingestion has not ended; run again"
    if batch.failure_rate > MAX_ERROR_RATE:
        return f"{batch.failure_rate:.0%} of the new ones FAILED ingestion; mend that and run again"
    failed, seen = part.count(TileAction.FAILED), part.count(TileAction.DELETE, Reason.SCOPE_REMOVED)
    if failed > MAX_ERROR_RATE * seen > 0:
        return f"{failed:,} FAILED, and {seen:,} that are to go have files; mend them first, or say --no-wait"
    return ""


def _settle(work: TileWork, part: CollectionPlan) -> None:
    """Record the new scopes alone where all changes of the collection went well."""
    run, book = work.run, work.book
    planned = sum(part.count(action) for action in (*BEFORE_WAIT, TileAction.DELETE))
    planned += part.change.action is not Action.KEEP
    if run.tally.unwell[part.address] or run.tally.finished[part.address] < planned:
        return
    try:
        settle_scopes(book, part)
        work.settled.add(part.address)
    except StateError as error:
        run.tally.add_error(str(error), part.address)
        run.stop.fail(error)


def make_outcome(work: TileWork) -> Outcome:
    """Return what became of everything."""
    run, book, ingestion = work.run, work.book, work.ingestion
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
        settled=frozenset(work.settled),
    )
