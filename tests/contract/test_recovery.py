"""Journals of crashed runs: what was created without being recorded is found again, or asked about."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests

from byocplan.api.client import WriteClient, open_write_client
from byocplan.api.options import ApiOptions
from byocplan.api.settings import Credentials
from byocplan.applier import ApplyOptions, Recovery, recover
from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.errors import BlockedError
from byocplan.model.address import Address, make_address
from byocplan.model.binding import Binding
from byocplan.model.collection import CollectionPayload, OnRemove
from byocplan.model.deployment import Deployment
from byocplan.model.tile import TilePayload
from byocplan.state import CREATE_COLLECTION, JournalFolder, LocalState
from tests.support.memory_tiles import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.model.collection import LiveCollection

S2 = make_address("s2")
HOUR_MS = 3_600_000


class Crash:
    """A folder in which a run crashed, on an emulator."""

    def __init__(self, folder: Path, client: WriteClient, url: str) -> None:
        self.client, self.notes = client, list[str]()
        self.state = LocalState(folder, "mosaics", url)
        self.journals = JournalFolder(folder, "mosaics", url)

    def leave(self, *, made: str = "", bound: str = "", ago_ms: int = 0) -> None:
        """Leave the journal of a run that was creating S2."""
        at_ms = time.time_ns() // 1_000_000 - ago_ms
        with suppress(ZeroDivisionError), self.journals.open("run-1", "hash") as journal:
            facts = {"address": S2, "name": "s2", "s3_bucket": BUCKET, "at_ms": at_ms, "bound": bound}
            number = journal.begin(CREATE_COLLECTION, **facts, prevent_destroy=True, on_remove="retain")
            if made:
                journal.note(number, made=made)
            raise ZeroDivisionError

    def make(self, name: str = "s2") -> LiveCollection:
        return self.client.create_collection(CollectionPayload(name, BUCKET))

    def bind(self, live_id: str, address: Address = S2) -> None:
        bindings = self.state.read()
        binding = Binding(address, live_id, "s2", BUCKET, self.state.deployment)
        self.state.write(replace(bindings, by_address={address: binding}))

    def recover(self, *named: Address) -> dict[Address, str]:
        """See to the journals and return what is bound then."""
        options = ApplyOptions(sleep=lambda _seconds: None)
        recover(Recovery(self.client, self.state, self.journals, set(named), options), self.notes.append)
        return {address: binding.id for address, binding in self.state.read().by_address.items()}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none")) as running:
        yield running


@pytest.fixture
def crash(emulator: Emulator, tmp_path: Path) -> Iterator[Crash]:
    requests.post(f"{emulator.base_url}/_emulator/reset", timeout=5).raise_for_status()
    deployment = Deployment("emulator", emulator.base_url, emulator.token_url)
    with open_write_client(ApiOptions(deployment, Credentials("emulator", "emulator"), "test")) as client:
        yield Crash(tmp_path, client, emulator.base_url)


def test_what_was_created_but_not_recorded_is_bound(crash: Crash) -> None:
    live = crash.make()
    crash.make("another")
    crash.leave()

    assert crash.recover() == {S2: live.id}
    binding = crash.state.read().by_address[S2]
    assert (binding.prevent_destroy, binding.on_remove, binding.account_id) == (True, OnRemove.RETAIN, live.account_id)
    assert crash.journals.read() == ()
    assert crash.notes[-1] == f"collection/s2: it had created {live.id}, which is bound now."


def test_what_was_never_created_is_left_to_the_plan(crash: Crash) -> None:
    crash.leave()

    assert crash.recover() == {}
    assert crash.journals.read() == ()


def test_several_that_fit_stop_the_run_with_their_ids(crash: Crash) -> None:
    made = [crash.make(), crash.make()]
    crash.leave()

    with pytest.raises(BlockedError) as stopped:
        crash.recover()

    assert all(live.id in str(stopped.value) for live in made)
    assert len(crash.journals.read()) == 1


def test_an_id_in_the_manifest_settles_which_is_meant(crash: Crash) -> None:
    crash.make()
    crash.make()
    crash.leave()

    assert crash.recover(S2) == {}
    assert crash.journals.read() == ()


def test_an_id_that_was_written_down_needs_no_search(crash: Crash) -> None:
    crash.make()
    live = crash.make()
    crash.leave(made=live.id)

    assert crash.recover() == {S2: live.id}


def test_a_collection_with_tiles_is_somebody_elses(crash: Crash) -> None:
    live = crash.make()
    crash.client.create_tile(live.id, TilePayload("a/(BAND).tif"))
    crash.leave()

    assert crash.recover() == {}


def test_a_collection_of_another_address_is_not_taken(crash: Crash) -> None:
    live = crash.make()
    crash.bind(live.id, make_address("twin"))
    crash.leave()

    assert crash.recover() == {make_address("twin"): live.id}


def test_a_collection_made_long_before_is_not_taken(crash: Crash) -> None:
    crash.make()
    crash.leave(ago_ms=-HOUR_MS)

    assert crash.recover() == {}


def test_a_binding_that_was_written_after_all_stays(crash: Crash) -> None:
    live = crash.make()
    crash.make()
    crash.leave(bound="the-one-before")
    crash.bind(live.id)

    assert crash.recover() == {S2: live.id}
    assert crash.journals.read() == ()
