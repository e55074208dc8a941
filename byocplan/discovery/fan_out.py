"""Prefixes in, pages of their keys out as they come, several listed at a time. Lists the bucket.

Pages of one stretch come in order, stretches in any: whoever takes them puts what depends on it in order of
``Arrival.order``. A listing that turns out to be long is cut into stretches that are listed beside each other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from byocplan.discovery.key_range import (
    KeyRange,
    cut_page,
    find_doubtful,
    find_ends,
    get_next_folder,
    is_in_order,
    part_range,
)
from byocplan.discovery.listing import SeekableBucket
from byocplan.errors import AccessError, BucketError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from byocplan.discovery.listing import Bucket, ObjectPage

#: Stretches listed at once, and pages that wait to be taken.
PARALLEL, WAITING = 8, 16
#: Pages after which a stretch counts as long; and the levels of folders below it in which a place to cut is looked for.
LONG_PAGES, MAX_LEVELS = 4, 6
TURN_S = 0.1
#: What a bucket raises of its own.
FAILURES = (AccessError, BucketError, UnreachableError)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A page of a stretch, or else its end, with what ended it too early. ``order[0]`` is the number of the prefix."""

    order: tuple[int, ...]
    page: ObjectPage | None = None
    failure: BaseException | None = None


class FanOut:
    """Lists stretches in threads of its own. Once S3 is lost, nothing further is begun.

    What leaves it by an exception waits for no answer that is still out: threads end with the program.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._waiting: SimpleQueue[KeyRange | None] = SimpleQueue()
        self._arrivals: Queue[Arrival] = Queue(WAITING)
        self._stop, self._left = Event(), Event()
        self._lock = Lock()
        self._open: set[tuple[int, ...]] = set()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._left.set()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads if kind is None else ():
            thread.join()

    @property
    def first_open(self) -> tuple[int, ...] | None:
        """The first stretch, in order, that has not ended; None when all have."""
        with self._lock:
            return min(self._open, default=None)

    def start(self, number: int, prefix: str) -> None:
        """Begin to list a prefix."""
        self._start(KeyRange((number,), prefix, folder=prefix))

    def iter_arrivals(self) -> Iterator[Arrival]:
        """Yield what comes, until every stretch begun has ended; more may be started in between.

        Raises what a bucket raises that is none of its errors.
        """
        while self.first_open is not None:
            arrival = self._arrivals.get()
            if arrival.page is None:
                with self._lock:
                    self._open.remove(arrival.order)
            if arrival.failure is not None and not isinstance(arrival.failure, FAILURES):
                raise arrival.failure
            yield arrival

    def _start(self, stretch: KeyRange) -> None:
        self._open_stretch(stretch)
        self._waiting.put(stretch)

    def _open_stretch(self, stretch: KeyRange) -> None:
        """Count a stretch among those that have not ended, and have a thread for it if there may be one more."""
        with self._lock:
            self._open.add(stretch.order)
            if len(self._threads) < min(len(self._open), PARALLEL):
                self._threads.append(Thread(target=self._work, name="listing", daemon=True))
                self._threads[-1].start()

    def _work(self) -> None:
        while (stretch := self._waiting.get()) is not None:
            self._list(stretch)

    def _list(self, stretch: KeyRange) -> None:
        """List a stretch to its end; of one that is cut, the first part is what comes next anyway."""
        pages = self._iter_stretch(stretch)
        part: KeyRange | None = stretch
        while part is not None:
            part = self._list_part(part, pages)

    def _list_part(self, stretch: KeyRange, pages: Iterator[ObjectPage]) -> KeyRange | None:
        """Hand over the pages of a stretch, and its end; return what follows where the rest was begun in parts."""
        failure: BaseException | None = None
        rest: KeyRange | None = None
        try:
            rest = self._hand_over(stretch, pages)
        except BaseException as error:  # noqa: BLE001 it is told, or raised, where the pages are taken
            failure = error
        if isinstance(failure, UnreachableError):
            self._stop.set()
        self._put(Arrival(stretch.order, failure=failure))
        return rest

    def _hand_over(self, stretch: KeyRange, pages: Iterator[ObjectPage]) -> KeyRange | None:
        """Hand over pages up to the end of the stretch, or until the rest of it is cut; return its first part then."""
        if self._stop.is_set():
            return None
        may_part, has_begun = isinstance(self._bucket, SeekableBucket), False
        for number, page in enumerate(pages, 1):
            may_part = may_part and is_in_order(page.keys)
            cut = cut_page(page, stretch, has_begun=has_begun)
            if cut is None:
                raise BucketError(self._bucket.name, "it lists keys out of order", "run again")
            has_begun = has_begun or len(cut.kept) > 0
            self._put(Arrival(stretch.order, cut.kept))
            if cut.is_over or self._stop.is_set():
                return None
            if page.has_more and number == LONG_PAGES and may_part and has_begun:
                parts = self._find_parts(stretch, page.keys[-1])
                if parts:
                    self._open_stretch(parts[0])
                    for part in parts[1:]:
                        self._start(part)
                    return parts[0]
        return None

    def _iter_stretch(self, stretch: KeyRange) -> Iterator[ObjectPage]:
        if stretch.after is None or not isinstance(self._bucket, SeekableBucket):
            yield from self._bucket.iter_pages(stretch.prefix)
        else:
            yield from self._bucket.iter_pages_after(stretch.prefix, stretch.after)

    def _find_parts(self, stretch: KeyRange, last: str) -> list[KeyRange]:
        """Return a stretch in parts, none where there is no safe place to cut behind ``last``. A few requests."""
        folder: str | None = stretch.folder
        doubtful: frozenset[str] = frozenset()
        for _ in range(MAX_LEVELS):
            if folder is None or folder in doubtful:
                break
            try:
                level = next(iter(self._bucket.iter_children(folder)))
            except (AccessError, BucketError):  # a policy may allow listings without a delimiter alone
                break
            if level.has_more or not is_in_order(level.folders):
                break
            doubtful = find_doubtful(level)
            ends = find_ends((each for each in level.folders if each not in doubtful), last, stretch.until)
            if ends:
                return part_range(stretch, ends, folder)
            folder = get_next_folder(folder, last)
        return []

    def _put(self, arrival: Arrival) -> None:
        """Hand over, in turns: whoever takes may have gone."""
        while not self._left.is_set():
            with suppress(Full):
                self._arrivals.put(arrival, timeout=TURN_S)
                return
