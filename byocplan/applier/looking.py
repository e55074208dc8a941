"""Looking for a collection that a create may have made: its name is no key, so several may fit. Reads the API alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from byocplan.api.client import ReadClient
    from byocplan.model.address import Address
    from byocplan.model.collection import LiveCollection

#: Pauses between looks: reads may lag behind writes.
LOOKS_S = (0.0, 1.0, 2.0, 4.0, 8.0)
#: Clocks differ: a collection made this long before the request may be the one it made.
CLOCK_SLACK_MS = 5 * 60 * 1000
MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a collection has to be: of this name and bucket, made in the window, empty, and of no address.

    ``known`` are the ids that addresses stand for. ``until_ms`` None leaves the window open.
    """

    name: str
    s3_bucket: str
    since_ms: int
    known: frozenset[str]
    until_ms: int | None = None


def look_for_made(
    client: ReadClient, wanted: Wanted, sleep: Callable[[float], None], looks_s: Sequence[float] = LOOKS_S
) -> list[LiveCollection]:
    """Return the collections that fit, as soon as one shows; none when none does within some seconds."""
    for pause_s in looks_s:
        if pause_s:
            sleep(pause_s)
        made = [live for live in client.iter_collections() if _fits(wanted, live) and _is_empty(client, live)]
        if made:
            return made
    return []


def find_namesakes(
    live: Iterable[LiveCollection], name: str, s3_bucket: str, known: AbstractSet[str | None]
) -> list[LiveCollection]:
    """Return the collections of this name and bucket that are none of the known ids."""
    return [each for each in live if (each.name, each.s3_bucket) == (name, s3_bucket) and each.id not in known]


def tell_namesakes(address: Address, namesakes: Sequence[LiveCollection]) -> str:
    """Say what is live already, and what to do."""
    first, what = namesakes[0], f"called {namesakes[0].name!r} on bucket {namesakes[0].s3_bucket!r}"
    ids = ", ".join(live.id for live in namesakes[:MAX_NAMED]) + (", ..." if len(namesakes) > MAX_NAMED else "")
    return (
        f"a collection {what} is live and not bound here ({ids}); to take it over, run"
        f" `byocplan import {address} {first.id}`, to have another one, change spec.name; then plan again"
    )


def ask_which(name: str, made: Sequence[LiveCollection]) -> str:
    """Say which collections fit, and what to do."""
    ids = ", ".join(live.id for live in made)
    return (
        f"the answer to the create was lost, and several new collections are called {name!r}: {ids}; "
        "set spec.id to the right one and delete the others"
    )


def _fits(wanted: Wanted, live: LiveCollection) -> bool:
    return (
        (live.name, live.s3_bucket) == (wanted.name, wanted.s3_bucket)
        and live.id not in wanted.known
        and live.created_ms is not None
        and live.created_ms >= wanted.since_ms
        and (wanted.until_ms is None or live.created_ms <= wanted.until_ms)
    )


def _is_empty(client: ReadClient, live: LiveCollection) -> bool:
    return not any(len(page) for page in client.iter_tile_pages(live.id))
