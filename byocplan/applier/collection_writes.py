"""Carrying out the change of one collection and recording its id at once. Touches the API and the state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from byocplan.applier.book import bind_collection, record_asked
from byocplan.applier.judge import judge_collection
from byocplan.applier.looking import CLOCK_SLACK_MS, Wanted, ask_which, find_namesakes, look_for_made, tell_namesakes
from byocplan.applier.result import APPLIED, SATISFIED, Result, Verdict, make_conflict, make_failure
from byocplan.applier.sending import OpenIntent, send
from byocplan.errors import AmbiguousError, StateError
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from byocplan.state import CREATE_COLLECTION

if TYPE_CHECKING:
    from byocplan.applier.book import BindingBook
    from byocplan.applier.run import Run
    from byocplan.model.collection import LiveCollection
    from byocplan.model.plan import CollectionPlan

CREATE_ATTEMPTS = 4
GONE = "the collection is gone since the plan was made; plan again"


def write_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Carry out one collection change but a delete. Raises what the client and the state raise."""
    change = part.change
    if change.blocked:
        return make_failure(change.blocked)
    if change.action in {Action.CREATE, Action.REPLACE}:
        return _make_collection(run, book, part)
    if change.action is Action.FORGET:
        book.drop(part.address)
        return APPLIED
    return _update_collection(run, book, part)


def _make_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Create or replace it, unless that was done; nothing is deleted where nothing may be created."""
    if _is_made(run, book, part):
        return SATISFIED
    namesakes = _find_namesakes(run, book, part)
    if namesakes:
        return make_conflict(tell_namesakes(part.address, namesakes))
    if part.change.action is Action.REPLACE:
        result = delete_collection(run, book, part)
        if result.verdict in {Verdict.FAILED, Verdict.CONFLICT}:
            return result
    return create_collection(run, book, part)


def _find_namesakes(run: Run, book: BindingBook, part: CollectionPlan) -> list[LiveCollection]:
    """Return what is live under the name to be given and of no address: an earlier run whose state is lost made it.

    All are listed once a run: what this run makes itself is of an address.
    """
    change = part.change
    known = {change.id, *(binding.id for binding in book.bindings)}
    if run.live_collections is None:
        run.live_collections = tuple(run.client.iter_collections())
    return find_namesakes(run.live_collections, change.name, change.s3_bucket, known)


def _is_made(run: Run, book: BindingBook, part: CollectionPlan) -> bool:
    """Tell whether an earlier run of this plan made the collection: what is bound is live and what the plan makes."""
    binding, change = book.find(part.address), part.change
    if not run.options.is_resume or binding is None or binding.id == change.id:
        return False
    live = run.client.find_collection(binding.id)
    return live is not None and (live.name, live.s3_bucket) == (change.name, change.s3_bucket)


def create_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Create the collection; after a lost answer, take what it made or stop rather than make two."""
    payload = part.change.payload
    if payload is None:
        return make_failure("the plan does not say what to create")
    known = frozenset(binding.id for binding in book.bindings)
    intent = _begin(run, book, part)
    for attempt in range(CREATE_ATTEMPTS):
        since_ms = run.options.now_ms() - CLOCK_SLACK_MS
        try:
            live = intent.send(partial(run.client.create_collection, payload))
        except AmbiguousError:
            made = look_for_made(run.client, Wanted(payload.name, payload.s3_bucket, since_ms, known), run.sleep)
            if len(made) > 1:
                return make_failure(ask_which(payload.name, made))
            if made:
                return _bind_new(book, part, made[0], intent)
            if attempt + 1 == CREATE_ATTEMPTS or run.stop.is_set:
                raise
        else:
            return _bind_new(book, part, live, intent)
    raise AssertionError("the loop returns or raises")


def delete_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Delete the collection with all its tiles, if it is the one that the plan saw."""
    change, binding = part.change, book.find(part.address)
    if change.id is None or (binding is not None and binding.id != change.id):
        return make_conflict("the address stands for another collection than the plan says; plan again")
    if binding is not None and binding.prevent_destroy and change.action is Action.DELETE:
        return make_failure("its binding says preventDestroy")
    live = run.client.find_collection(change.id)
    if live is not None:
        send(run, "collection.delete", partial(run.client.delete_collection, change.id), id=change.id)
    book.drop(part.address)
    return SATISFIED if live is None else APPLIED


def _update_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Update, adopt or keep: record the binding, then send what differs."""
    change, binding = part.change, book.find(part.address)
    if change.id is None:
        return make_failure("the plan does not say which collection is meant")
    if change.action is Action.KEEP and binding is not None and binding.id == change.id:
        bind_collection(book, part, change.id, is_as_asked=True)
        return SATISFIED
    live = run.client.find_collection(change.id)
    if live is None:
        return make_conflict(GONE)
    bind_collection(book, part, live.id, live.account_id)
    judged = judge_collection(change, live)
    if isinstance(judged, CollectionPayload):
        send(run, "collection.update", partial(run.client.update_collection, change.id, judged), id=change.id)
        record_asked(book, part)
        return APPLIED
    if judged.verdict is not Verdict.SATISFIED:
        return judged
    record_asked(book, part)
    return APPLIED if change.action is Action.ADOPT else judged


def _begin(run: Run, book: BindingBook, part: CollectionPlan) -> OpenIntent:
    """Record all that is needed to find the collection and to bind it, should this run not live to do so."""
    before = book.find(part.address)
    return OpenIntent(
        run,
        CREATE_COLLECTION,
        address=part.address,
        name=part.change.name,
        s3_bucket=part.change.s3_bucket,
        at_ms=run.options.now_ms(),
        bound=before.id if before else "",
        prevent_destroy=part.lifecycle.prevent_destroy,
        on_remove=part.lifecycle.on_remove.value,
    )


def _bind_new(book: BindingBook, part: CollectionPlan, live: LiveCollection, intent: OpenIntent) -> Result:
    try:
        intent.note_made(live.id)
        bind_collection(book, part, live.id, live.account_id, is_as_asked=True)
    except StateError as error:
        mend = f"set spec.id of {part.address} to {live.id}"
        raise StateError(error.where, f"{part.address} was created but not recorded: {error.what}", mend) from error
    intent.end("bound")
    return APPLIED
