"""Which live collections the manifests and the state stand for. Reads the state and the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError
from byocplan.model.address import PREFIX
from byocplan.model.targets import Targets
from byocplan.planner import LiveCollections, list_selected, resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from byocplan.api.client import ReadClient
    from byocplan.manifest import Loaded
    from byocplan.model.collection import LiveCollection
    from byocplan.state import State


ALL = Targets()


@dataclass(frozen=True, slots=True)
class Standing:
    """What addresses stand for: live collections by address, and for others why they stand for none that is live."""

    live: Mapping[str, LiveCollection]
    blocked: Mapping[str, str] = field(default_factory=dict)


def find_live(
    loaded: Loaded, state: State, client: ReadClient, address: str | None, targets: Targets = ALL
) -> dict[str, LiveCollection]:
    """Return the live collections by address, as ``find_standing`` does, and raise what it does."""
    return dict(find_standing(loaded, state, client, address, targets).live)


def find_standing(
    loaded: Loaded, state: State, client: ReadClient, address: str | None, targets: Targets = ALL
) -> Standing:
    """Return what addresses stand for: all that are described or bound and selected, or one ``address``.

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
        live_ones = {str(key): live for key in sorted(selected) if (live := found[key]) is not None}
        return Standing(live_ones, {key: text for key in sorted(selected) if (text := blocked.get(key))})
    if address not in found:
        raise ArgumentError(f"{address} is neither described nor bound", suggest_address(address, found))
    live = found[address]
    if live is None:
        hint = blocked.get(address) or "`byocplan plan` says what it stands for"
        raise ArgumentError(f"{address} has no live collection", hint)
    return Standing({address: live})


def suggest_address(address: str, known: Collection[str]) -> str:
    """Return what to do about an address that is not known: the nearest one, else how one reads."""
    near = get_close_matches(address, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    example = f", for example {min(known)}" if known else ""
    return "" if address.startswith(PREFIX) else f"an address reads {PREFIX}NAME{example}, and stands before the PATHS"
