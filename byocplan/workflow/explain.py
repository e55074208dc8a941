"""Explain: one key and the manifests in, what every source makes of it out. Reads files; contacts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.discovery.explain import encode_explained, explain_key
from byocplan.manifest import read_manifests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.manifest import ReadOptions


def explain(key: str, paths: Sequence[str], options: ReadOptions) -> dict[str, object]:
    """Return the answer in the shape of ``explain --format json``."""
    return encode_explained(explain_key(key, read_manifests(paths, options).manifests.collections))
