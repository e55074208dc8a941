"""The lease on a state in S3: one object that its holder renews. Touches S3 and runs a thread while it is held.

Taken where there is none, renewed and given back by ETag. It is dead when its ETag did not change for
``dead_after_s`` on the clock of whoever watched it; the wall clocks of holder and watcher decide nothing.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from byocplan.errors import ByocplanError, LeaseLostError, StateError
from byocplan.state.holder import Holder, decode_holder, encode_holder, format_time, make_holder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.state.objects import ObjectStore, Stored
    from byocplan.state.state import LeaseTerms

NAME = "lease.json"
#: No object has it: the MD5 of nothing that is ever written here.
WRONG_ETAG = '"00000000000000000000000000000000"'
#: How often a lease may come and go while one looks.
RACES = 10
#: A renewal that failed is tried again after this part of a heartbeat.
IMPATIENCE = 1 / 6


class S3Lease:
    """The lease while this process holds it. ``lost_s`` is when, by the clock, it is lost unless renewed."""

    def __init__(self, store: ObjectStore, holder: Holder, etag: str, terms: LeaseTerms, taken_s: float) -> None:
        self._store, self._holder, self._etag, self._terms = store, holder, etag, terms
        self._lost_s = taken_s + terms.lost_after_s
        self._lost: LeaseLostError | None = None
        self._lock = Lock()

    @property
    def id(self) -> str:
        """What ``byocplan state unlock`` takes."""
        return self._holder.id

    @property
    def is_lost(self) -> bool:
        """Whether another run may hold it by now."""
        return self._lost is not None or self._terms.clock() >= self._lost_s

    def check(self) -> None:
        """Raise LeaseLostError when it is lost."""
        if self.is_lost:
            raise self._lost or LeaseLostError(self._store.locate(NAME), "it could not be renewed in time")

    def beat(self) -> None:
        """Renew the lease. Raises LeaseLostError when it is not ours any more, other errors when S3 fails."""
        with self._lock:
            self.check()
            begun_s = self._terms.clock()
            until = format_time(self._terms.now_s() + self._terms.dead_after_s)
            renewed = replace(self._holder, beat=self._holder.beat + 1, until=until)
            etag = self._store.replace(NAME, encode_holder(renewed), self._etag)
            if etag is None:
                self._lost = LeaseLostError(self._store.locate(NAME), self._find_reason())
                raise self._lost
            self._holder, self._etag = renewed, etag
            self._lost_s = begun_s + self._terms.lost_after_s

    def release(self) -> None:
        """Give the lease back, if it is ours: renewing proves that, also to stores that delete without condition."""
        with suppress(ByocplanError):
            self.beat()
            self._store.remove(NAME, self._etag)

    def _find_reason(self) -> str:
        stored = self._store.get(NAME)
        return "it was removed" if stored is None else f"it is held by {decode_holder(stored.body)} now"


@contextmanager
def hold_s3_lease(store: ObjectStore, run_id: str, terms: LeaseTerms) -> Iterator[S3Lease]:
    """Hold the lease for the length of a ``with`` block, renewing it from a thread. Raises LeaseHeldError."""
    lease = take_lease(store, run_id, terms)
    ended = Event()
    thread = Thread(target=_renew, args=(lease, terms, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join(terms.heartbeat_s)
        lease.release()


def take_lease(store: ObjectStore, run_id: str, terms: LeaseTerms) -> S3Lease:
    """Return the lease once nobody else holds it. Raises LeaseHeldError when somebody does for too long."""
    deadline_s = terms.clock() + terms.timeout_s
    seen_etag, seen_s = "", 0.0
    while True:
        taken_s = terms.clock()
        holder = make_holder(run_id, terms.now_s(), terms.now_s() + terms.dead_after_s)
        found = _create_or_get(store, encode_holder(holder))
        if isinstance(found, str):
            _check_conditions(store)
            return S3Lease(store, holder, found, terms, taken_s)
        if found.etag != seen_etag:
            seen_etag, seen_s = found.etag, terms.clock()
        elif terms.clock() - seen_s >= terms.dead_after_s:
            taken_s = terms.clock()
            etag = store.replace(NAME, encode_holder(holder), seen_etag)
            if etag is not None:
                return S3Lease(store, holder, etag, terms, taken_s)
        if terms.clock() >= deadline_s:
            raise decode_holder(found.body).make_error(_make_mend(found.body, terms))
        terms.sleep(min(terms.poll_s, max(0.0, deadline_s - terms.clock())))


def _create_or_get(store: ObjectStore, body: bytes) -> str | Stored:
    """Return the ETag of a new lease, or the lease that is there; it may come and go in between."""
    for _ in range(RACES):
        etag = store.create(NAME, body)
        if etag is not None:
            return etag
        stored = store.get(NAME)
        if stored is not None:
            return stored
    raise StateError(store.locate(NAME), "can be neither made nor read", "check spec.state and the S3 endpoint")


def unlock_s3_lease(store: ObjectStore, lease_id: str) -> str:
    """Remove the lease whose id is given, and return who held it. Raises StateError when there is no such one."""
    where = store.locate(NAME)
    stored = store.get(NAME)
    if stored is None:
        raise StateError(where, "no lease is held", "there is nothing to unlock")
    holder = decode_holder(stored.body)
    if holder.id != lease_id:
        raise StateError(where, f"the lease is held by {holder}", f"say that id if it is meant, not {lease_id}")
    if not store.remove(NAME, stored.etag):
        raise StateError(where, "the lease was renewed this moment, so its holder is alive", "end that run first")
    return str(holder)


def _check_conditions(store: ObjectStore) -> None:
    """Raise StateError where the store ignores conditions: two runs would both believe to hold the lease."""
    if store.create(NAME, b"{}") is None and store.replace(NAME, b"{}", WRONG_ETAG) is None:
        return
    stored = store.get(NAME)
    if stored is not None:
        store.remove(NAME, stored.etag)
    mend = "keep the state in an S3 that knows If-None-Match and If-Match on PutObject, or set spec.state: local"
    raise StateError(store.locate(NAME), "this S3 ignores conditions on writes", mend)


def _make_mend(content: bytes, terms: LeaseTerms) -> str:
    lease_id = decode_holder(content).id or "ID"
    wait_s = int(terms.dead_after_s + terms.heartbeat_s)
    return (
        f"wait for it to end and run again; if that process is dead, `--lease-timeout {wait_s}` takes the lease over, "
        f"or `byocplan state unlock {lease_id}` removes it"
    )


def _renew(lease: S3Lease, terms: LeaseTerms, ended: Event) -> None:
    """Renew until the end; an S3 that fails is asked again until the lease counts as lost."""
    wait_s = terms.heartbeat_s
    while not ended.wait(wait_s):
        try:
            lease.beat()
            wait_s = terms.heartbeat_s
        except LeaseLostError as error:
            terms.on_lost(error)
            return
        except ByocplanError:
            wait_s = terms.heartbeat_s * IMPATIENCE
