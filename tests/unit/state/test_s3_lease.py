"""The lease in S3: heartbeat, takeover and loss, decided on a monotonic clock alone."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from moto.server import ThreadedMotoServer

from byocplan.errors import LeaseHeldError, LeaseLostError, StateError
from byocplan.state.holder import decode_holder
from byocplan.state.objects import ObjectStore
from byocplan.state.s3_lease import NAME, hold_s3_lease, take_lease
from byocplan.state.state import LeaseTerms
from tests.support.states import S2, FakeTime, bind, make_binding, make_s3_state, make_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from byocplan.errors import ByocplanError
    from byocplan.model.binding import Bindings

HOUR_S, DAY_S = 3600, 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def store(server: str) -> ObjectStore:
    return make_store(server)


def make_terms(time: FakeTime, timeout_s: float = 0.0) -> LeaseTerms:
    return LeaseTerms(timeout_s=timeout_s, clock=time.clock, sleep=time.sleep, now_s=time.now_s, poll_s=30)


def test_a_dead_holder_is_taken_over_after_two_minutes_of_watching(store: ObjectStore) -> None:
    take_lease(store, "dead", make_terms(FakeTime()))
    time = FakeTime()
    begun_s = time.elapsed_s

    lease = take_lease(store, "heir", make_terms(time, timeout_s=240))

    assert lease.id == "heir"
    assert 120 <= time.elapsed_s - begun_s <= 150


def test_a_dead_holder_is_not_taken_over_by_whoever_waits_less(store: ObjectStore) -> None:
    take_lease(store, "dead", make_terms(FakeTime()))

    with pytest.raises(LeaseHeldError, match=r"run dead.*until 20.*--lease-timeout 150.*state unlock dead") as refused:
        take_lease(store, "heir", make_terms(FakeTime(), timeout_s=119))

    assert refused.value.until.endswith("Z")


def test_a_holder_that_renews_is_never_taken_over(store: ObjectStore) -> None:
    time = FakeTime()
    lease = take_lease(store, "alive", make_terms(time))
    watcher = FakeTime(on_sleep=[])
    renewed_s = [watcher.elapsed_s]

    def renew() -> None:
        if watcher.elapsed_s - renewed_s[0] >= 30:
            time.elapsed_s += watcher.elapsed_s - renewed_s[0]
            renewed_s[0] = watcher.elapsed_s
            lease.beat()

    watcher.on_sleep.append(renew)

    with pytest.raises(LeaseHeldError, match="run alive"):
        take_lease(store, "heir", make_terms(watcher, timeout_s=240))
    lease.check()


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S, DAY_S, -DAY_S])
def test_jumps_of_the_wall_clock_decide_nothing(store: ObjectStore, jump_s: float) -> None:
    holding, watching = FakeTime(), FakeTime()
    lease = take_lease(store, "holder", make_terms(holding))
    watching.wall_s += jump_s

    with pytest.raises(LeaseHeldError):
        take_lease(store, "early", make_terms(watching, timeout_s=60))
    holding.wall_s += jump_s
    holding.elapsed_s += 80
    lease.beat()
    lease.check()
    with pytest.raises(LeaseHeldError):
        take_lease(store, "early", make_terms(watching, timeout_s=60))
    holding.wall_s -= 2 * jump_s
    heir = take_lease(store, "heir", make_terms(watching, timeout_s=300))

    assert heir.id == "heir"
    with pytest.raises(LeaseLostError, match="run heir"):
        lease.beat()


def test_a_holder_that_could_not_renew_stops_before_anybody_else_may_begin(store: ObjectStore) -> None:
    time = FakeTime()
    lease = take_lease(store, "holder", make_terms(time))

    time.elapsed_s += 89
    lease.check()
    time.elapsed_s += 1

    assert lease.is_lost
    with pytest.raises(LeaseLostError, match="could not be renewed in time"):
        lease.check()


def test_a_lost_lease_is_told_within_one_heartbeat(store: ObjectStore) -> None:
    told, errors = Event(), list["ByocplanError"]()

    def on_lost(error: ByocplanError) -> None:
        errors.append(error)
        told.set()

    terms = LeaseTerms(on_lost=on_lost, heartbeat_s=0.05, dead_after_s=5)
    with hold_s3_lease(store, "holder", terms) as lease:
        store.put(NAME, b'{"id": "thief", "pid": 1, "host": "h", "since": "s"}')

        assert told.wait(5)
        assert lease.is_lost

    assert "held by process 1 on h (run thief)" in str(errors[0])
    assert errors[0].exit_code == 8


def test_the_thread_renews_and_the_lease_is_gone_after_the_block(store: ObjectStore) -> None:
    seen: set[int] = set()

    with hold_s3_lease(store, "holder", LeaseTerms(heartbeat_s=0.02, dead_after_s=30)):
        while len(seen) < 3:
            stored = store.get(NAME)
            assert stored is not None
            seen.add(decode_holder(stored.body).beat)

    assert store.get(NAME) is None


def test_a_lease_of_somebody_else_is_not_given_back(store: ObjectStore) -> None:
    with hold_s3_lease(store, "holder", LeaseTerms()):
        store.put(NAME, b"another")

    stored = store.get(NAME)
    assert stored is not None
    assert stored.body == b"another"


def test_a_store_that_ignores_conditions_is_refused(store: ObjectStore) -> None:
    careless = Careless(store.client, store.bucket, store.prefix)

    with pytest.raises(StateError, match=r"ignores conditions on writes.*spec.state: local"):
        take_lease(careless, "run", LeaseTerms())

    assert store.get(NAME) is None


class Careless(ObjectStore):
    """A store as some S3 servers are: a condition on a write changes nothing."""

    def create(self, name: str, body: bytes) -> str | None:
        return super().create(name, body) or self.replace(name, body, "")

    def replace(self, name: str, body: bytes, etag: str) -> str | None:
        self.put(name, body)
        stored = self.get(name)
        return stored.etag if stored else etag


def make_bound(bindings: Bindings, live_id: str) -> Bindings:
    return replace(bindings, by_address={S2: make_binding(live_id)})


def test_whoever_lost_the_lease_cannot_write_and_leaves_a_rescue_file(store: ObjectStore, tmp_path: Path) -> None:
    mine, theirs = make_s3_state(store, tmp_path), make_s3_state(store, tmp_path)
    bind(mine, "first")

    with mine.lease("slow"):
        bindings = mine.read()
        theirs.unlock("slow")
        with theirs.lease("quick"), pytest.raises(LeaseLostError, match="state pull") as refused:
            mine.write(make_bound(bindings, "mine"))

    kept = theirs.read().by_address
    assert [binding.id for binding in kept.values()] == ["first"]
    rescue = next((tmp_path / ".byocplan").glob("rescue-*.lock.yaml"))
    assert str(rescue) in str(refused.value)
    assert "id: mine" in rescue.read_text()
    assert rescue.stat().st_mode & 0o777 == 0o600


def test_also_the_first_write_of_a_state_is_fenced(store: ObjectStore, tmp_path: Path) -> None:
    mine, theirs = make_s3_state(store, tmp_path), make_s3_state(store, tmp_path)

    with mine.lease("slow"):
        bindings = mine.read()
        theirs.unlock("slow")
        with theirs.lease("quick"), pytest.raises(LeaseLostError):
            mine.write(make_bound(bindings, "mine"))

    assert theirs.read().by_address == {}


class Interrupted:
    """An S3 client of a run that is overtaken: ``meanwhile`` happens just before its first write of the state."""

    def __init__(self, client: Any, meanwhile: Callable[[], object]) -> None:
        self._client, self._meanwhile = client, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **arguments: Any) -> Any:
        if arguments["Key"].endswith("byocplan.lock.yaml") and self._meanwhile:
            self._meanwhile.pop()()
        return self._client.put_object(**arguments)


def test_a_last_write_of_the_holder_before_is_read_and_fenced_again(store: ObjectStore, tmp_path: Path) -> None:
    mine = make_s3_state(store, tmp_path)
    with mine.lease("slow"):
        bindings = mine.read()
        mine.unlock("slow")
        overtaken = Interrupted(store.client, lambda: mine.write(make_bound(bindings, "mine")))
        theirs = make_s3_state(replace(store, client=overtaken), tmp_path)

        with theirs.lease("quick"):
            kept = theirs.read().by_address

    assert [binding.id for binding in kept.values()] == ["mine"]


def test_reading_again_does_not_lift_the_fence(store: ObjectStore, tmp_path: Path) -> None:
    mine, theirs = make_s3_state(store, tmp_path), make_s3_state(store, tmp_path)

    with mine.lease("slow"):
        theirs.unlock("slow")
        with theirs.lease("quick"), pytest.raises(LeaseLostError, match="another run has taken it"):
            mine.read()


def test_a_prefix_holds_one_deployment(store: ObjectStore, tmp_path: Path) -> None:
    bind(make_s3_state(store, tmp_path))

    with pytest.raises(StateError, match=r"belongs to the deployment http://127.0.0.1:8000"):
        make_s3_state(store, tmp_path, deployment="https://services.sentinel-hub.com").read()
