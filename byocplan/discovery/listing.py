"""The seam to a bucket: keys in pages of columns. Pure; what stands behind it reads S3.

Every implementation raises ``AccessError``, ``BucketError`` or ``UnreachableError`` and nothing of its own library.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


#: Storage classes whose objects must be restored before they can be read. Source: S3 API, ListObjectsV2 StorageClass.
ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})


class Presence(Enum):
    """What a bucket says of one key. Only GONE (404) proves that a file is not there; a refusal proves nothing."""

    GONE = "gone"
    THERE = "there"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """A page of a listing as columns of equal length, in order of key; of an inventory, in its own order.

    ``etags`` come without quotes; ``modified_ms`` are instants. ``archived`` are those keys of the page that lie in a
    storage class which answers no reads; empty where the lister is not told. ``folders`` are the prefixes, up to and
    with a ``/``, of keys that a listing of children leaves out. ``has_more`` tells that another page follows.
    """

    keys: Sequence[str]
    etags: Sequence[str]
    modified_ms: Sequence[int]
    archived: frozenset[str] = frozenset()
    folders: Sequence[str] = ()
    has_more: bool = False

    def __len__(self) -> int:
        return len(self.keys)


class Folders(Protocol):
    """A bucket whose folders can be looked into one by one."""

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield the keys and folders right below a prefix; one request a page."""


class Bucket(Protocol):
    """A bucket that can be listed. Safe to use from several threads at once."""

    @property
    def name(self) -> str:
        """The bucket's name."""

    def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield every key that begins with ``prefix``; one request a page."""

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        """Yield the keys that begin with ``prefix`` and have no ``/`` behind it, without reading sub-folders."""

    def iter_content(self, bucket: str, key: str) -> Iterator[bytes]:
        """Yield the content of an object piece by piece; it may lie in another bucket that the same settings reach."""

    def probe(self, keys: Sequence[str]) -> Sequence[Presence]:
        """Return what is known of each key, one request a key, several at once. UnreachableError where none answers."""


@runtime_checkable
class SeekableBucket(Protocol):
    """A bucket whose listings may begin anywhere, so that a long one can be cut into parts."""

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        """Yield every key that begins with ``prefix`` and comes after the text ``after``; one request a page."""
