"""Tiles of ``pattern:`` sources: listings in, rows of the desired tile set out. Lists the bucket.

Sources may look at the same keys. Each part of the bucket is listed once and each key offered to every source that
asked for that part, so that a key is left over only when none takes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.discovery.taker import Taker, offer_page
from byocplan.errors import AccessError, BucketError, UnreachableError
from byocplan.model.source import PatternSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.discovery.listing import Bucket
    from byocplan.discovery.progress import Progress
    from byocplan.model.source import TileSource


@dataclass(frozen=True, slots=True)
class Listing:
    """One prefix to list, and the indexes of the sources that look at its keys."""

    prefix: str
    sources: set[int] = field(default_factory=set)


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


def _list_prefix(bucket: Bucket, listing: Listing, takers: Mapping[int, Taker], progress: Progress) -> None:
    chosen = [takers[index] for index in sorted(listing.sources)]
    for page in bucket.iter_pages(listing.prefix):
        progress.pages += 1
        offer_page(page, chosen, progress.taken, progress.left_over)
