"""Which live collections the manifests and the state stand for. Reads the state and the service."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.targets import Targets
from byocplan.planner import LiveCollections, list_selected, resolve

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.collection import LiveCollection
    from byocplan.state import State


ALL = Targets()


def find_live(
    loaded: Loaded, state: State, client: ReadClient, address: str | None, targets: Targets = ALL
) -> dict[str, LiveCollection]:
    """Return the live collections by address: of all that is described or bound and selected, or of one ``address``.

    Raises ArgumentError when the address is neither, or its collection is not live; InputError for ``targets`` that
    name what is neither, or leave nothing.
    """
    bindings = state.read()
    labels = {key: each.labels for key, each in bindings.by_address.items()}
    labels.update((each.address, each.labels) for each in loaded.manifests.collections)
    selected = labels.keys() if targets.is_all else list_selected(targets, labels)
    index = LiveCollections.index(client.iter_collections())
    found = {str(key): index.by_id.get(each.id) for key, each in bindings.by_address.items()}
    blocked: dict[str, str] = {}
    for collection in loaded.manifests.collections:
        resolution, key = resolve(collection, bindings, index), str(collection.address)
        found[key], blocked[key] = resolution.live, resolution.blocked
    if address is None:
        return {key: live for key in sorted(selected) if (live := found[key]) is not None}
    if address not in found:
        near = get_close_matches(address, found, n=1)
        raise ArgumentError(f"{address} is neither described nor bound", f"did you mean {near[0]}?" if near else "")
    live = found[address]
    if live is None:
        hint = blocked.get(address) or "`byocplan plan` says what it stands for"
        raise ArgumentError(f"{address} has no live collection", hint)
    return {address: live}
