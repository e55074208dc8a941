"""What every state promises: one suite for a folder, for moto's S3 and for a real S3 server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from byocplan.errors import LeaseHeldError, StateError
from byocplan.model.binding import Bindings
from byocplan.state import LeaseTerms
from tests.support.seaweed import run_seaweed
from tests.support.states import DEPLOYMENT, S2, Place, bind, make_binding, make_local_place, make_s3_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.state import State

ROUNDS = 5


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def seaweed_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_seaweed(tmp_path_factory.mktemp("weed")) as url:
        yield url


@pytest.fixture(params=["local", "moto", "seaweed"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "local":
        return make_local_place(tmp_path)
    return make_s3_place(request.getfixturevalue(f"{request.param}_url"), tmp_path)


def test_what_is_written_is_read_by_everybody(place: Place) -> None:
    state = place.open()

    written = state.write(replace(state.read(), by_address={S2: make_binding()}))

    assert place.open().read() == written
    assert written.by_address[S2] == make_binding()
    assert (written.serial, bool(written.lineage)) == (1, True)


def test_before_the_first_apply_there_is_nothing(place: Place) -> None:
    bindings = place.open().read()

    assert (bindings.by_address, bindings.serial, bindings.lineage) == ({}, 0, "")
    assert place.open().pull() is None


def test_the_serial_grows_and_the_lineage_stays(place: Place) -> None:
    state = place.open()

    first = state.write(state.read())
    second = state.write(first)

    assert (first.serial, second.serial) == (1, 2)
    assert first.lineage == second.lineage


def test_the_version_before_is_kept_as_a_backup(place: Place) -> None:
    bind(place.open(), "id-1")
    before = place.open().pull()

    bind(place.open(), "id-2")

    assert place.read_backup() == before
    assert place.open().pull() != before


def test_a_state_changed_since_it_was_read_is_not_overwritten(place: Place) -> None:
    mine = place.open()
    bindings = mine.read()
    bind(place.open(), "theirs")

    with pytest.raises(StateError, match="changed by somebody else"):
        mine.write(bindings)

    assert place.open().read().by_address[S2].id == "theirs"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\x00\xff", "is not valid YAML"),
        (b"hello\n...\n", "not a lock file"),
        (b"version: 99\nproject: mosaics\n...\n", "upgrade byocplan"),
        (b"version: 1\nproject: other\nlineage: x\n...\n", "project 'other'"),
    ],
)
def test_a_bad_state_is_refused_with_the_mend_and_left_alone(place: Place, content: bytes, what: str) -> None:
    place.spoil(content)
    state = place.open()

    with pytest.raises(StateError, match=what) as refused:
        state.read()
    with pytest.raises(StateError):
        state.write(Bindings("mosaics", DEPLOYMENT, lineage=""))

    assert state.where in str(refused.value)
    assert place.open().pull() == content


def test_a_cut_off_state_is_refused_and_the_backup_named(place: Place) -> None:
    bind(place.open())
    whole = place.open().pull()
    assert whole is not None

    for length in range(0, len(whole) - 1, 37):
        place.spoil(whole[:length])
        with pytest.raises(StateError, match=r"byocplan\.lock\.backup\.yaml"):
            place.open().read()


def test_another_project_is_refused(place: Place) -> None:
    bind(place.open())

    with pytest.raises(StateError, match="belongs to the project 'mosaics'"):
        place.open_foreign().read()


def test_the_lease_has_one_holder_and_says_who_and_since_when(place: Place) -> None:
    with place.open().lease("run-1") as lease:
        with pytest.raises(LeaseHeldError, match=r"run run-1.*--lease-timeout") as refused, place.open().lease("run-2"):
            pass
        lease.check()

    assert refused.value.since.endswith("Z")
    assert (lease.id, refused.value.exit_code) == ("run-1", 8)


def test_the_lease_is_free_again_after_its_block(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), place.open().lease("run-1"):
        raise ZeroDivisionError

    with place.open().lease("run-2") as lease:
        assert not lease.is_lost


def test_whoever_waits_gets_the_lease_when_it_is_given_back(place: Place) -> None:
    def wait() -> str:
        with place.open().lease("second", LeaseTerms(timeout_s=20, poll_s=0.05)) as lease:
            return lease.id

    with ThreadPoolExecutor(1) as pool:
        with place.open().lease("first"):
            waiting = pool.submit(wait)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)

        assert waiting.result(timeout=20) == "second"


def test_bindings_are_written_under_the_lease_and_serials_do_not_move_by_taking_it(place: Place) -> None:
    bind(place.open())
    before = place.open().read()
    state = place.open()

    with state.lease("run-1"):
        during = state.read()
        written = state.write(replace(during, by_address={}))

    assert during == before
    assert written.serial == before.serial + 1


def test_taking_the_lease_on_a_new_state_leaves_it_new(place: Place) -> None:
    with place.open().lease("run-1"):
        pass

    assert (place.open().read().serial, place.open().read().lineage) == (0, "")


def test_unlock_wants_the_right_id_and_something_to_unlock(place: Place) -> None:
    with pytest.raises(StateError, match="no lease is held"):
        place.open().unlock("run-1")
    with place.open().lease("run-1"), pytest.raises(StateError, match=r"held by .*run-1"):
        place.open().unlock("run-2")


def test_a_plan_file_that_was_begun_is_known_to_everybody(place: Place) -> None:
    place.open().record_begun("seal", "2026-01-01T00:00:00Z")

    assert place.open().has_begun("seal")
    assert not place.open().has_begun("another")


def race(place: Place, runs: int) -> list[str]:
    """Let several runs go for the lease at once; each holds it until all have tried."""
    begin, tried = Barrier(runs), Barrier(runs)

    def go(number: int) -> str:
        state: State = place.open()
        begin.wait(20)
        try:
            with state.lease(f"run-{number}"):
                tried.wait(20)
                return "held"
        except LeaseHeldError as error:
            tried.wait(20)
            return error.holder

    with ThreadPoolExecutor(runs) as pool:
        return list(pool.map(go, range(runs)))


def test_of_runs_that_begin_at_once_exactly_one_proceeds(place: Place) -> None:
    for _ in range(ROUNDS):
        assert race(place, 2).count("held") == 1


@pytest.mark.sweep
def test_of_runs_that_begin_at_once_exactly_one_proceeds_a_hundred_times(place: Place) -> None:
    winners = [race(place, 2).count("held") for _ in range(100)]

    assert winners == [1] * 100
