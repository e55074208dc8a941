"""Carrying out the change of one collection and recording its id at once. Touches the API and the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.applier.book import bind_collection
from byocplan.applier.judge import judge_collection
from byocplan.applier.result import APPLIED, SATISFIED, Result, Verdict, make_conflict, make_failure
from byocplan.errors import AmbiguousError, StateError
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload

if TYPE_CHECKING:
    from byocplan.applier.book import BindingBook
    from byocplan.applier.run import Run
    from byocplan.model.collection import LiveCollection
    from byocplan.model.plan import CollectionPlan

CREATE_ATTEMPTS = 4
LOOKS_S = (0.0, 1.0, 2.0, 4.0)
#: Clocks differ: a collection made this long before the request may be the one it made.
CLOCK_SLACK_MS = 5 * 60 * 1000
GONE = "the collection is gone since the plan was made; plan again"


def write_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Carry out one collection change but a delete. Raises what the client and the state raise."""
    change = part.change
    if change.blocked:
        return make_failure(change.blocked)
    if change.action is Action.CREATE:
        return create_collection(run, book, part)
    if change.action is Action.REPLACE:
        result = delete_collection(run, book, part)
        return result if result.verdict in {Verdict.FAILED, Verdict.CONFLICT} else create_collection(run, book, part)
    if change.action is Action.FORGET:
        book.drop(part.address)
        return APPLIED
    return _update_collection(run, book, part)


def create_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Create the collection; after a lost answer, take what it made or stop rather than make two."""
    payload = part.change.payload
    if payload is None:
        return make_failure("the plan does not say what to create")
    for attempt in range(CREATE_ATTEMPTS):
        since_ms = run.options.now_ms() - CLOCK_SLACK_MS
        try:
            live = run.client.create_collection(payload)
        except AmbiguousError:
            made = _look(run, book, payload, since_ms)
            if len(made) > 1:
                return make_failure(_ask_which(payload, made))
            if made:
                return _bind(book, part, made[0], is_new=True)
            if attempt + 1 == CREATE_ATTEMPTS or run.stop.is_set:
                raise
        else:
            return _bind(book, part, live, is_new=True)
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
        run.client.delete_collection(change.id)
    book.drop(part.address)
    return SATISFIED if live is None else APPLIED


def _update_collection(run: Run, book: BindingBook, part: CollectionPlan) -> Result:
    """Update, adopt or keep: record the binding, then send what differs."""
    change, binding = part.change, book.find(part.address)
    if change.id is None:
        return make_failure("the plan does not say which collection is meant")
    if change.action is Action.KEEP and binding is not None and binding.id == change.id:
        bind_collection(book, part, change.id)
        return SATISFIED
    live = run.client.find_collection(change.id)
    if live is None:
        return make_conflict(GONE)
    _bind(book, part, live, is_new=False)
    judged = judge_collection(change, live)
    if isinstance(judged, CollectionPayload):
        run.client.update_collection(change.id, judged)
        return APPLIED
    if change.action is Action.ADOPT and judged.verdict is Verdict.SATISFIED:
        return APPLIED
    return judged


def _bind(book: BindingBook, part: CollectionPlan, live: LiveCollection, *, is_new: bool) -> Result:
    try:
        bind_collection(book, part, live.id, live.account_id)
    except StateError as error:
        if is_new:
            mend = f"set spec.id of {part.address} to {live.id}"
            raise StateError(error.where, f"{part.address} was created but not recorded: {error.what}", mend) from error
        raise
    return APPLIED


def _look(run: Run, book: BindingBook, payload: CollectionPayload, since_ms: int) -> list[LiveCollection]:
    """Return the collections that a lost create may have made; the name is no key, so several may fit."""
    known = {binding.id for binding in book.bindings}
    for pause_s in LOOKS_S:
        if pause_s:
            run.sleep(pause_s)
        made = [
            live
            for live in run.client.iter_collections()
            if (live.name, live.s3_bucket) == (payload.name, payload.s3_bucket)
            and live.id not in known
            and live.created_ms is not None
            and live.created_ms >= since_ms
            and not any(len(page) for page in run.client.iter_tile_pages(live.id))
        ]
        if made:
            return made
    return []


def _ask_which(payload: CollectionPayload, made: list[LiveCollection]) -> str:
    ids = ", ".join(live.id for live in made)
    return (
        f"the answer to the create was lost, and several new collections are called {payload.name!r}: {ids}; "
        "set spec.id to the right one and delete the others"
    )
