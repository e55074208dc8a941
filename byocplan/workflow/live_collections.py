"""Which live collections the manifests and the state stand for. Reads the state and the service."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.planner import LiveCollections, resolve

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.collection import LiveCollection
    from byocplan.state import State


def find_live(loaded: Loaded, state: State, client: ReadClient, address: str | None) -> dict[str, LiveCollection]:
    """Return the live collections by address: of all that is described or bound, or of one ``address``.

    Raises ArgumentError when the address is neither, or its collection is not live.
    """
    bindings = state.read()
    index = LiveCollections.index(client.iter_collections())
    found = {str(key): index.by_id.get(each.id) for key, each in bindings.by_address.items()}
    blocked: dict[str, str] = {}
    for collection in loaded.manifests.collections:
        resolution, key = resolve(collection, bindings, index), str(collection.address)
        found[key], blocked[key] = resolution.live, resolution.blocked
    if address is None:
        return {key: live for key, live in sorted(found.items()) if live is not None}
    if address not in found:
        near = get_close_matches(address, found, n=1)
        raise ArgumentError(f"{address} is neither described nor bound", f"did you mean {near[0]}?" if near else "")
    live = found[address]
    if live is None:
        hint = blocked.get(address) or "`byocplan plan` says what it stands for"
        raise ArgumentError(f"{address} has no live collection", hint)
    return {address: live}
