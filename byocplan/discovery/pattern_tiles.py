"""Tiles of ``pattern:`` sources: listings in, rows of the desired tile set out. Lists the bucket.

Sources may look at the same keys. Each part of the bucket is listed once and each key offered to every source that
asked for that part, so that a key is left over only when none takes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.discovery.rule import get_first_folder, get_sensing_time
from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.model.source import PatternSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.discovery.listing import Bucket, ObjectPage
    from byocplan.discovery.progress import Progress, SourceProgress
    from byocplan.model.pattern import Match
    from byocplan.model.source import TileSource


@dataclass(frozen=True, slots=True)
class Listing:
    """One prefix to list, and the indexes of the sources that look at its keys."""

    prefix: str
    sources: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Taker:
    """One source, ready to take keys. ``bands`` None takes any text for ``(BAND)``."""

    source: PatternSource
    progress: SourceProgress
    bands: frozenset[str] | None

    def take(self, page: ObjectPage, at: int) -> bool:
        """Take the key in row ``at`` if it is a file of this source; tell whether it was."""
        match = self.source.pattern.match(page.keys[at], self.bands)
        if match is None or not self.source.where.accepts(match):
            return False
        if is_tile_path(match.tile_path):
            self.progress.keys += 1
            self.progress.buffer.add(page, at, self._make_tile(match))
        else:
            self.progress.refused += 1
            self.progress.refused_sample = self.progress.refused_sample or match.key
        return True

    def _make_tile(self, match: Match) -> tuple[str, str, int | None, str]:
        first = self.source.pattern.first_field
        group = match.fields.get(first) if first else None
        sensing_time_ms = get_sensing_time(self.source.options, match)
        return match.tile_path, match.band or "", sensing_time_ms, group or get_first_folder(match.tile_path)


def list_patterns(
    sources: Sequence[TileSource], bands: frozenset[str] | None, bucket: Bucket, progress: Progress
) -> None:
    """List what the pattern sources look at. A listing that fails is recorded with its sources, the others go on."""
    takers = {
        index: Taker(source, progress.sources[index], bands)
        for index, source in enumerate(sources)
        if isinstance(source, PatternSource) and not source.inventory
    }
    for taker in takers.values():
        taker.progress.prefixes = tuple(taker.source.pattern.prefixes(taker.source.where))
    for listing in make_listings({index: taker.progress.prefixes for index, taker in takers.items()}):
        waiting = {index for index in listing.sources if takers[index].progress.failure is None}
        if not waiting:
            continue
        try:
            _list_prefix(bucket, listing, takers, progress)
        except UnreachableError as failure:
            progress.fail(takers, failure)
        except (AccessError, BucketError) as failure:
            progress.fail(listing.sources, failure)


def make_listings(prefixes: Mapping[int, Iterable[str]]) -> list[Listing]:
    """Return the least set of prefixes that covers all of them, in order; none begins with another."""
    listings: list[Listing] = []
    for prefix, source in sorted((prefix, source) for source, each in prefixes.items() for prefix in each):
        if not listings or not prefix.startswith(listings[-1].prefix):
            listings.append(Listing(prefix))
        listings[-1].sources.add(source)
    return listings


def is_tile_path(path: str) -> bool:
    """Tell whether the service takes the path. Source: BYOC OpenAPI, BYOCTile.path, ``^([^/](/?[^/])*)?$``."""
    return not path.startswith("/") and not path.endswith("/") and "//" not in path


def _list_prefix(bucket: Bucket, listing: Listing, takers: Mapping[int, Taker], progress: Progress) -> None:
    chosen = [takers[index] for index in sorted(listing.sources)]
    for page in bucket.iter_pages(listing.prefix):
        take_page(page, chosen, progress)


def take_page(page: ObjectPage, takers: Sequence[Taker], progress: Progress) -> None:
    """Offer the keys of a page to every source; those that none takes are left over."""
    progress.pages += 1
    for at, key in enumerate(page.keys):
        # Every source is asked, also after one took the key, so that two claiming one tile come to light.
        takes = [taker.take(page, at) for taker in takers]
        if not any(takes) and key not in progress.taken:
            progress.left_over.add(key)
