"""A bucket in memory behind the listing seam, which remembers what it was asked and fails when told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.discovery.listing import ObjectPage, Presence
from byocplan.errors import BucketError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from byocplan.errors import ByocplanError

MODIFIED_MS = 1_700_000_000_000
PIECE = 100


@dataclass(slots=True)
class MemoryBucket:
    """``keys`` map to ETags. ``failures`` map a listed prefix to the error its listing ends with, after ``good_pages``;
    ``states`` keys to what a probe says of them; ``objects`` and ``unreadable`` bucket/key to what reading gives."""

    keys: Mapping[str, str]
    name: str = "bucket"
    page_size: int = 1000
    failures: Mapping[str, ByocplanError] = field(default_factory=dict)
    good_pages: int = 0
    archived: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    states: Mapping[str, Presence] = field(default_factory=dict)
    probed: list[str] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    unreadable: dict[str, ByocplanError] = field(default_factory=dict)

    def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
        return self._iter_pages(prefix, [key for key in sorted(self.keys) if key.startswith(prefix)])

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        below = [key for key in sorted(self.keys) if key.startswith(prefix)]
        return self._iter_pages(prefix, [key for key in below if "/" not in key[len(prefix) :]])

    def probe(self, keys: Sequence[str]) -> list[Presence]:
        self.probed += keys
        return [self.states.get(key, Presence.THERE if key in self.keys else Presence.GONE) for key in keys]

    def iter_content(self, bucket: str, key: str) -> Iterator[bytes]:
        failure = self.unreadable.get(f"{bucket}/{key}")
        if failure is not None:
            raise failure
        content = self.objects.get(f"{bucket}/{key}")
        if content is None:
            raise BucketError(f"{bucket}/{key}", "there is no such object", "check its address in the manifest")
        yield from (content[start : start + PIECE] for start in range(0, len(content), PIECE))

    def _iter_pages(self, prefix: str, keys: list[str]) -> Iterator[ObjectPage]:
        self.asked.append(prefix)
        failure = self.failures.get(prefix)
        starts = range(0, len(keys), self.page_size) or range(1)
        for number, start in enumerate(starts):
            if failure is not None and number == self.good_pages:
                raise failure
            yield self._make_page(keys[start : start + self.page_size])

    def _make_page(self, keys: list[str]) -> ObjectPage:
        return ObjectPage(
            keys,
            [self.keys[key] for key in keys],
            [MODIFIED_MS] * len(keys),
            self.archived.intersection(keys),
        )


@dataclass(slots=True)
class RangedBucket(MemoryBucket):
    """A bucket that says what follows, and whose listings may begin anywhere. ``order`` is how it sorts its keys."""

    order: Callable[[str], object] = str
    begun: list[str] = field(default_factory=list)

    def iter_pages(self, prefix: str) -> Iterator[ObjectPage]:
        return self._iter_ordered(prefix, self._list_keys(prefix))

    def iter_pages_after(self, prefix: str, after: str) -> Iterator[ObjectPage]:
        self.begun.append(after)
        behind = [key for key in self._list_keys(prefix) if self.order(key) > self.order(after)]  # type: ignore[operator]
        return self._iter_ordered(prefix, behind)

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        names = [(key, key[len(prefix) :].partition("/")) for key in self._list_keys(prefix)]
        entries = list(dict.fromkeys(f"{prefix}{name}{slash}" for _, (name, slash, _rest) in names))
        for start in range(0, len(entries), self.page_size):
            page = entries[start : start + self.page_size]
            folders = [name for name in page if name.endswith("/") and name != prefix]
            keys = [name for name in page if name not in folders]
            has_more = start + self.page_size < len(entries)
            yield replace(self._make_page(keys), folders=folders, has_more=has_more)

    def _list_keys(self, prefix: str) -> list[str]:
        return sorted((key for key in self.keys if key.startswith(prefix)), key=self.order)  # type: ignore[arg-type]

    def _iter_ordered(self, prefix: str, keys: list[str]) -> Iterator[ObjectPage]:
        self.asked.append(prefix)
        for start in range(0, len(keys), self.page_size) or range(1):
            page = self._make_page(keys[start : start + self.page_size])
            yield replace(page, has_more=start + self.page_size < len(keys))


def make_bucket(keys: Iterable[str]) -> MemoryBucket:
    """Return a bucket with the keys, each with an ETag of its own."""
    return MemoryBucket({key: f"etag-{key}" for key in keys})
