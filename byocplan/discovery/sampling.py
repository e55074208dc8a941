"""A prefix in, a sample of the keys below it out, spread over its folders. Lists the bucket, with few requests.

Level by level: of all folders of a level, some from all over are looked into, so that a bucket of millions of keys
costs as much as one of thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.discovery.listing import Folders

T = TypeVar("T")

#: Folders looked into on each level, levels, and keys taken from one folder.
WIDTH, DEPTH, KEYS = 16, 16, 400


def sample_keys(bucket: Folders, prefix: str) -> list[str]:
    """Return keys below the prefix, in order; at most 256 requests. Raises what the bucket raises."""
    keys: list[str] = []
    folders: list[str] = [prefix]
    for _ in range(DEPTH):
        below: list[str] = []
        for folder in spread(folders, WIDTH):
            first = next(iter(bucket.iter_children(folder)))
            keys.extend(spread(first.keys, KEYS))
            below.extend(first.folders)
        if not below:
            break
        folders = sorted(below)
    return sorted(key for key in keys if not key.endswith("/"))


def spread(items: Sequence[T], count: int) -> list[T]:
    """Return ``count`` items from all over the sequence, the first and the last among them; all where it has fewer."""
    if len(items) <= count:
        return list(items)
    return [items[index * (len(items) - 1) // (count - 1)] for index in range(count)]
