"""Tiles of ``pattern:`` sources: listings in, rows of the desired tile set out. Lists the bucket.

Sources may look at the same keys. Each part of the bucket is listed once and each key offered to every source that
asked for that part, so that a key is left over only when none takes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from byocplan.discovery.fan_out import FanOut
from byocplan.discovery.left_over import LeftOver
from byocplan.discovery.taker import Taker, offer_page
from byocplan.errors import ByocplanError, UnreachableError
from byocplan.model.source import PatternSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from byocplan.discovery.fan_out import Arrival
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
    """List what the pattern sources look at. A listing that fails is recorded with its sources, the others go on.

    A source that shows no file among the selected tiles is looked at beyond them until it shows one: that they are gone
    is known only from a source that finds files.
    """
    takers = {
        index: Taker(source, progress.sources[index], bands)
        for index, source in enumerate(sources)
        if isinstance(source, PatternSource) and not source.inventory
    }
    for taker in takers.values():
        taker.progress.prefixes = progress.selected.narrow_prefixes(_list_prefixes(taker))
    listings = make_listings({index: taker.progress.prefixes for index, taker in takers.items()})
    failures = _Round(listings, takers, progress).list_all(bucket)
    for number, failure in failures:
        progress.fail(takers if isinstance(failure, UnreachableError) else listings[number].sources, failure)
    for index, taker in takers.items():
        try:
            _look_beyond(taker, bucket)
        except ByocplanError as failure:
            progress.fail([index], failure)


def _list_prefixes(taker: Taker) -> tuple[str, ...]:
    return tuple(taker.source.pattern.prefixes(taker.source.where))


def _look_beyond(taker: Taker, bucket: Bucket) -> None:
    """Take keys until one is a file of the source, where nothing of what was listed is. Such tiles are not selected."""
    own, whole = taker.progress, _list_prefixes(taker)
    if own.failure or not own.prefixes or own.prefixes == whole:
        return
    pages = chain.from_iterable(map(bucket.iter_pages, whole))
    while not taker.progress.keys and (page := next(pages, None)) is not None:
        taker.take(page)


def make_listings(prefixes: Mapping[int, Iterable[str]]) -> list[Listing]:
    """Return the least set of prefixes that covers all of them, in order; none begins with another."""
    listings: list[Listing] = []
    for prefix, source in sorted((prefix, source) for source, each in prefixes.items() for prefix in each):
        if not listings or not prefix.startswith(listings[-1].prefix):
            listings.append(Listing(prefix))
        listings[-1].sources.add(source)
    return listings


class _Round:
    """Hands pages to the takers as they come, and puts in order what depends on it."""

    def __init__(self, listings: Sequence[Listing], takers: Mapping[int, Taker], progress: Progress) -> None:
        self._listings, self._takers, self._progress = listings, takers, progress
        self._waiting = list(range(len(listings)))
        self._left_over: dict[tuple[int, ...], LeftOver] = {}
        self._failures: dict[tuple[int, ...], ByocplanError] = {}

    def list_all(self, bucket: Bucket) -> list[tuple[int, ByocplanError]]:
        """List everything; return what went wrong, as (listing, failure) in order.

        Listings go one by one until one answers, since what keeps one from it mostly keeps all; then several at once.
        """
        with FanOut(bucket) as fan_out:
            is_answered = False
            self._start(fan_out, 1)
            for arrival in fan_out.iter_arrivals():
                self._take(arrival, fan_out.first_open)
                if is_answered or isinstance(arrival.failure, UnreachableError):
                    continue
                is_answered = arrival.page is not None
                self._start(fan_out, len(self._waiting) if is_answered else 1)
        return [(order[0], self._failures[order]) for order in sorted(self._failures)]

    def _start(self, fan_out: FanOut, count: int) -> None:
        """Start so many of the next listings, without those of which every source has failed."""
        failed = {index for number, *_ in self._failures for index in self._listings[number].sources}
        self._waiting = [number for number in self._waiting if self._listings[number].sources - failed]
        begun, self._waiting = self._waiting[:count], self._waiting[count:]
        for number in begun:
            fan_out.start(number, self._listings[number].prefix)

    def _take(self, arrival: Arrival, first_open: tuple[int, ...] | None) -> None:
        left_over = self._left_over.setdefault(arrival.order, LeftOver())
        if arrival.page is not None:
            self._progress.pages += 1
            chosen = [self._takers[index] for index in sorted(self._listings[arrival.order[0]].sources)]
            offer_page(arrival.page, chosen, self._progress.taken, left_over)
            return
        if isinstance(arrival.failure, ByocplanError):
            self._failures[arrival.order] = arrival.failure
        # What ended before the first that is open stands where it belongs; parts begin behind what they are parts of.
        for order in sorted(self._left_over):
            if first_open is None or order < first_open:
                self._progress.left_over.merge(self._left_over.pop(order))
