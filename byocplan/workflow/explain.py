"""Explain: one key and the manifests in, what every source makes of it out. Reads files; the service if asked to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.discovery.explain import LookedUp, encode_explained, explain_key
from byocplan.manifest import read_manifests
from byocplan.workflow.live_collections import find_standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.explain import Taken
    from byocplan.manifest import Loaded, ReadOptions
    from byocplan.state import State
    from byocplan.workflow.live_collections import Standing


def explain(key: str, paths: Sequence[str], options: ReadOptions) -> dict[str, object]:
    """Return the answer in the shape of ``explain --format json``; contacts nothing."""
    return encode_explained(explain_key(key, read_manifests(paths, options).manifests.collections))


def explain_live(key: str, loaded: Loaded, state: State, client: ReadClient) -> dict[str, object]:
    """Return the answer with what is live of each tile that the key is a file of.

    Reads the state, and the service: its collections, then one request a match; nothing where no source takes the key.
    """
    explained = explain_key(key, loaded.manifests.collections)
    if not explained.matches:
        return encode_explained(explained)
    standing = find_standing(loaded, state, client, None)
    matches = tuple(replace(taken, live=_look_up(taken, standing, client)) for taken in explained.matches)
    return encode_explained(replace(explained, matches=matches))


def _look_up(taken: Taken, standing: Standing, client: ReadClient) -> LookedUp:
    collection = standing.live.get(taken.address)
    if collection is None:
        return LookedUp(None, standing.blocked.get(taken.address) or "its collection is not live")
    tile = client.find_tile(collection.id, taken.path)
    if tile is None:
        return LookedUp(None, f"the collection {collection.id} has no tile of this path")
    return LookedUp(tile.status, tile.cause, tile.id, tile.sensing_time_ms)
