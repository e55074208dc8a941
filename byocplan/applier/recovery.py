"""Seeing to the journals of crashed runs before a new plan is made. Reads the API; writes bindings, removes journals.

Only creates of collections matter: their names are no keys, so a plan cannot know one that was made but not bound. What
was open of tiles needs nothing: an apply plans anew, and a tile is known by its path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.applier.book import BindingBook
from byocplan.applier.looking import CLOCK_SLACK_MS, LOOKS_S, Wanted, ask_which, look_for_made
from byocplan.errors import BlockedError
from byocplan.model.address import Address
from byocplan.model.binding import Binding
from byocplan.model.collection import OnRemove
from byocplan.state import remove_leftover

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from byocplan.api.client import ReadClient
    from byocplan.applier.options import ApplyOptions
    from byocplan.model.collection import LiveCollection
    from byocplan.state import JournalFolder, Leftover, OpenCreate, State

#: A request may have waited this long for its turn and its answer when the run died.
LONGEST_REQUEST_MS = 15 * 60 * 1000
#: After so long whatever was made shows in lists: one look is enough.
SETTLED_MS = 60 * 1000


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is needed to see to journals. ``named`` are the addresses whose manifest says which collection is meant."""

    client: ReadClient
    state: State
    journals: JournalFolder
    named: AbstractSet[Address]
    options: ApplyOptions


def recover(recovery: Recovery, note: Callable[[str], None]) -> None:
    """Bind what crashed runs created without recording it, and remove their journals. The caller holds the lease.

    Raises BlockedError when several collections fit, StateError for a journal that cannot be read.
    """
    leftovers = recovery.journals.read()
    if not leftovers:
        return
    book = BindingBook(recovery.state)
    for left in leftovers:
        found = [text for create in left.creates if (text := _see_to(recovery, book, left, create))]
        for text in (f"Run {left.run_id} did not come to its end; going on from there.", *found):
            note(text)
        remove_leftover(left)


def _see_to(recovery: Recovery, book: BindingBook, left: Leftover, create: OpenCreate) -> str:
    """Bind what the create made, if anything, and say so."""
    address = Address(create.address)
    before = book.find(address)
    if (before.id if before else "") != create.bound or address in recovery.named:
        return ""
    made = _find_made(recovery, book, left, create)
    if len(made) > 1:
        raise BlockedError(f"{address}: {ask_which(create.name, made)}, or remove {left.path} if none is yours")
    if not made:
        return ""
    book.put(_make_binding(address, create, made[0], book.deployment))
    return f"{address}: it had created {made[0].id}, which is bound now."


def _find_made(recovery: Recovery, book: BindingBook, left: Leftover, create: OpenCreate) -> list[LiveCollection]:
    if create.made:
        live = recovery.client.find_collection(create.made)
        return [live] if live else []
    wanted = Wanted(
        create.name,
        create.s3_bucket,
        create.at_ms - CLOCK_SLACK_MS,
        frozenset(binding.id for binding in book.bindings),
        until_ms=left.last_ms + LONGEST_REQUEST_MS + CLOCK_SLACK_MS,
    )
    is_settled = recovery.options.now_ms() - left.last_ms > SETTLED_MS
    sleep = recovery.options.sleep or recovery.options.stop.sleep
    return look_for_made(recovery.client, wanted, sleep, LOOKS_S[:1] if is_settled else LOOKS_S)


def _make_binding(address: Address, create: OpenCreate, live: LiveCollection, deployment: str) -> Binding:
    return Binding(
        address=address,
        id=live.id,
        name=live.name,
        s3_bucket=live.s3_bucket,
        deployment=deployment,
        account_id=live.account_id,
        prevent_destroy=create.prevent_destroy,
        on_remove=OnRemove(create.on_remove),
    )
