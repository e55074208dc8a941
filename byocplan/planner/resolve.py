"""Which live collection an address stands for. Pure.

``spec.id`` goes before the binding, the binding before a search by exact name and bucket. What is live under the same
name and not bound is never taken over silently.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.model.change import Action, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.model.address import Address
    from byocplan.model.binding import Bindings
    from byocplan.model.collection import Collection, LiveCollection

MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class LiveCollections:
    """All live collections the credentials see, by id and by (name, bucket)."""

    by_id: Mapping[str, LiveCollection] = field(default_factory=dict)
    by_name: Mapping[tuple[str, str], tuple[LiveCollection, ...]] = field(default_factory=dict)

    @classmethod
    def index(cls, collections: Iterable[LiveCollection]) -> LiveCollections:
        """Return the collections indexed, in order of id whatever order they came in."""
        by_id = {live.id: live for live in sorted(collections, key=lambda live: live.id)}
        by_name: defaultdict[tuple[str, str], list[LiveCollection]] = defaultdict(list)
        for live in by_id.values():
            by_name[live.name, live.s3_bucket].append(live)
        return cls(by_id, {key: tuple(found) for key, found in by_name.items()})


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an address stands for.

    ``action`` is KEEP (bound), ADOPT (to be bound) or CREATE. ``live`` is None for a create and where ``blocked`` says
    in words why the address cannot be resolved. ``warning`` tells what the reader should know. ``is_gone``: what the
    address was bound to is not live any more.
    """

    address: Address
    action: Action
    live: LiveCollection | None = None
    reason: Reason = Reason.AS_DESIRED
    blocked: str = ""
    warning: str = ""
    is_gone: bool = False


def resolve(collection: Collection, bindings: Bindings, live: LiveCollections) -> Resolution:
    """Return which live collection the address stands for, or that it is to be created, adopted, or is blocked."""
    binding = bindings.by_address.get(collection.address)
    if collection.id is not None:
        return _resolve_id(collection, collection.id, binding.id if binding else None, live)
    if binding is None:
        return _search(collection, bindings, live)
    found = live.by_id.get(binding.id)
    if found is not None:
        return Resolution(collection.address, Action.KEEP, found)
    warning = (
        f"the collection {binding.id} that this address is bound to is not live any more;"
        " consumers have to follow to the new id"
    )
    return replace(_search(collection, bindings, live, warning), is_gone=True)


def refuse_shared(resolutions: Sequence[Resolution]) -> list[Resolution]:
    """Return the resolutions, blocked where several addresses stand for one collection: each would undo the others."""
    by_id: defaultdict[str, list[Address]] = defaultdict(list)
    for each in resolutions:
        if each.live is not None:
            by_id[each.live.id].append(each.address)
    return [
        _refuse_shared(each, by_id[each.live.id]) if each.live and len(by_id[each.live.id]) > 1 else each
        for each in resolutions
    ]


def _refuse_shared(resolution: Resolution, addresses: Sequence[Address]) -> Resolution:
    found = resolution.live.id if resolution.live else ""
    blocked = (
        f"the collection {found} stands for several documents ({', '.join(addresses[:MAX_NAMED])}), each of which would"
        " undo what the others say; let one of them describe it and remove it from the others"
    )
    return Resolution(resolution.address, Action.ADOPT, None, Reason.NOT_BOUND, blocked, resolution.warning)


def _resolve_id(collection: Collection, wanted: str, bound: str | None, live: LiveCollections) -> Resolution:
    """Resolve an id written in the manifest: that is a binding too, so only one that contradicts the state adopts."""
    address, found = collection.address, live.by_id.get(wanted)
    if found is None:
        blocked = (
            f"spec.id is {wanted}, but no such collection is live, or these credentials do not see it;"
            " mend the id, or remove the line to have the collection created"
        )
        return Resolution(address, Action.ADOPT, None, Reason.NOT_LIVE, blocked, is_gone=bound == wanted)
    if bound in {None, wanted}:
        return Resolution(address, Action.KEEP, found)
    warning = f"this address was bound to {bound}, which is left as it is"
    return Resolution(address, Action.ADOPT, found, Reason.NOT_BOUND, warning=warning)


def _search(collection: Collection, bindings: Bindings, live: LiveCollections, warning: str = "") -> Resolution:
    """Look for a collection of this name and bucket that no address has."""
    address = collection.address
    taken = {binding.id for key, binding in bindings.by_address.items() if key != address}
    alike = live.by_name.get((collection.name, collection.s3_bucket), ())
    found = [each for each in alike if each.id not in taken]
    if not found:
        return Resolution(address, Action.CREATE, None, Reason.NOT_LIVE, warning=warning)
    if len(found) == 1 and collection.adopt:
        return Resolution(address, Action.ADOPT, found[0], Reason.NOT_BOUND, warning=warning)
    return Resolution(address, Action.ADOPT, None, Reason.NOT_BOUND, _tell_found(collection, found), warning)


def _tell_found(collection: Collection, found: list[LiveCollection]) -> str:
    """Say what is live already, and the command to run or the line to add."""
    what = f"called {collection.name!r} on bucket {collection.s3_bucket!r}"
    if len(found) == 1:
        return (
            f"a collection {what} is live and not bound here; to take it over, run"
            f" `byocplan import {collection.address} {found[0].id}`, or add `adopt: true` or `id: {found[0].id}`"
            " below spec; to have one of its own, change spec.name"
        )
    ids = ", ".join(each.id for each in found[:MAX_NAMED]) + (", ..." if len(found) > MAX_NAMED else "")
    return (
        f"{len(found)} collections {what} are live ({ids}); say which one is meant, with"
        f" `byocplan import {collection.address} ID` or with `id:` below spec"
    )
