"""Import: an address of the manifests and the id of a live collection in, a binding out. Writes the state alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.binding import Binding
from byocplan.model.project import Manifests
from byocplan.workflow.live_collections import suggest_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.address import Address
    from byocplan.model.binding import Bindings
    from byocplan.model.collection import Collection, LiveCollection
    from byocplan.state import LeaseTerms, State


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be bound, and where that is recorded."""

    collection: Collection
    id: str
    client: ReadClient
    state: State
    run_id: str
    terms: LeaseTerms


def get_described(loaded: Loaded, address: str) -> Collection:
    """Return the collection that the manifests describe. Raises ArgumentError with the nearest address."""
    described: Mapping[str, Collection] = {str(key): each for key, each in loaded.manifests.by_address().items()}
    if address in described:
        return described[address]
    hint = suggest_address(address, described) or "`byocplan export` writes a manifest for a live collection"
    raise ArgumentError(f"no manifest describes {address}", hint)


def only(loaded: Loaded, collection: Collection) -> Loaded:
    """Return the manifests as if they described this one collection; nothing is planned for removal then."""
    return replace(loaded, manifests=Manifests(loaded.manifests.project, (collection,)), is_whole=False)


def import_collection(request: ImportRequest) -> tuple[Binding, bool]:
    """Bind the live collection to the address; return the binding, and whether it is new.

    No scope is recorded: until an apply, tiles are owned through the sources of the manifest alone. Raises
    ArgumentError, before anything is written, for an id that is not live, on another bucket, or bound elsewhere.
    """
    with request.state.lease(request.run_id, request.terms):
        bindings = request.state.read()
        known = _check_bound(bindings, request)
        live = request.client.find_collection(request.id)
        if live is None:
            hint = "check the id, the deployment and whose credentials these are"
            raise ArgumentError(f"no collection {request.id} is live, or these credentials do not see it", hint)
        _check_bucket(request.collection, live)
        if known is not None:
            return known, False
        binding = _make_binding(request, live, bindings.deployment)
        request.state.write(replace(bindings, by_address={**bindings.by_address, binding.address: binding}))
    return binding, True


def _check_bound(bindings: Bindings, request: ImportRequest) -> Binding | None:
    """Return the binding that says the same already. Raises ArgumentError for one that says something else."""
    address, wanted = request.collection.address, request.id
    written = request.collection.id
    if written not in {None, wanted}:
        hint = "mend or remove that line, or give that id"
        raise ArgumentError(f"the manifest of {address} says `id: {written}`, not {wanted}", hint)
    known = bindings.by_address.get(address)
    if known is not None and known.id != wanted:
        hint = f"`byocplan state rm {address}` forgets that"
        raise ArgumentError(f"{address} is bound to {known.id}", hint)
    other = next((each.address for each in bindings.by_address.values() if each.id == wanted), None)
    if other not in {None, address}:
        raise ArgumentError(f"{wanted} is bound to {other}", _tell_move(other, address))
    return known


def _tell_move(old: Address | None, new: Address) -> str:
    return f"`byocplan state mv {old} {new}` renames the address"


def _check_bucket(collection: Collection, live: LiveCollection) -> None:
    if live.s3_bucket != collection.s3_bucket:
        message = f"{live.id} is on the bucket {live.s3_bucket}, the manifest says {collection.s3_bucket}"
        raise ArgumentError(message, "mend s3Bucket, or give the id of a collection on that bucket")


def _make_binding(request: ImportRequest, live: LiveCollection, deployment: str) -> Binding:
    lifecycle = request.collection.lifecycle
    return Binding(
        request.collection.address,
        live.id,
        live.name,
        live.s3_bucket,
        deployment,
        account_id=live.account_id,
        prevent_destroy=lifecycle.prevent_destroy,
        on_remove=lifecycle.on_remove,
        labels=dict(request.collection.labels),
    )
