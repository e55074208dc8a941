"""The seam to a bucket: keys in pages of columns. Pure; what stands behind it reads S3.

Every implementation raises ``AccessError``, ``BucketError`` or ``UnreachableError`` and nothing of its own library.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Presence(Enum):
    """What a bucket says of one key. Only GONE (404) proves that a file is not there; a refusal proves nothing."""

    GONE = "gone"
    THERE = "there"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """A page of a listing as columns of equal length, in order of key.

    ``etags`` come without quotes; ``modified_ms`` are instants. ``archived`` are those keys of the page that lie in a
    storage class which answers no reads; empty where the lister is not told.
    """

    keys: Sequence[str]
    etags: Sequence[str]
    sizes: Sequence[int]
    modified_ms: Sequence[int]
    archived: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Level:
    """What lies right below a prefix, of many the first: keys, and folders that end with a slash."""

    keys: tuple[str, ...]
    folders: tuple[str, ...]


class Folders(Protocol):
    """A bucket whose folders can be looked into one by one."""

    def list_level(self, prefix: str) -> Level:
        """Return what lies right below a prefix; one request."""


class Bucket(Protocol):
    """A bucket that can be listed. Safe to use from several threads at once."""

    @property
    def name(self) -> str:
        """The bucket's name."""

    def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield every key that begins with ``prefix``; one request a page."""

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield the keys that begin with ``prefix`` and have no ``/`` behind it, without reading sub-folders."""

    def probe(self, keys: Sequence[str]) -> Sequence[Presence]:
        """Return what is known of each key, one request a key, several at once. UnreachableError where none answers."""
