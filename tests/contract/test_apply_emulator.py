"""Plans carried out through the real client against the emulator, with and without faults."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
import requests

from byocplan.api.client import WriteClient, open_write_client
from byocplan.api.options import ApiOptions, Patience
from byocplan.api.settings import Credentials
from byocplan.applier import ApplyOptions, apply_plan, listen_for_signals
from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from byocplan.emulator.s3_server import get_backend
from byocplan.errors import AccessError, BlockedError, StateError, UnreachableError
from byocplan.geometry import is_same_cover
from byocplan.model.address import make_address
from byocplan.model.change import Action, FieldChange, Reason, SetChange, TileAction
from byocplan.model.collection import CollectionPayload, Lifecycle, LiveCollection
from byocplan.model.deployment import Deployment
from byocplan.model.event import Event, Finished, Ingesting, Progress, Started
from byocplan.model.plan import CollectionPlan, Diagnostic
from byocplan.model.scope import PathScope
from byocplan.model.tile import PENDING, LiveTile, Status, TilePayload
from byocplan.state import LocalState
from tests.support.memory_tiles import BUCKET, DAY_MS, make_change, make_create, make_part, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.model.outcome import Outcome

S2 = make_address("s2")
COVER = '{"type":"Polygon","coordinates":[[[15,46],[15.5,46],[15.5,46.5],[15,46.5],[15,46]]]}'


@dataclass(slots=True)
class Stand:
    """An emulator without files, a client and a state, emptied before each test."""

    url: str
    client: WriteClient
    state: LocalState
    slept: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def apply(self, *parts: CollectionPlan, options: ApplyOptions | None = None) -> Outcome:
        options = options or ApplyOptions(timeout_s=10)
        return apply_plan(make_plan(*parts), self.client, self.state, options, self.events.append)

    def patiently(self) -> ApplyOptions:
        """Options whose sleeps take no time."""
        return ApplyOptions(wait=False, sleep=self.slept.append)

    def fault(self, method: str, path: str, **what: object) -> None:
        body = {"faults": [{"method": method, "path": path, **what}]}
        requests.post(f"{self.url}/_emulator/faults", json=body, timeout=5).raise_for_status()

    def count_requests(self, method: str, ending: str) -> int:
        log = requests.get(f"{self.url}/_emulator/requests", timeout=5).json()["requests"]
        return sum(each["method"] == method and each["path"].endswith(ending) for each in log)

    def make_live(self, count: int = 0, cover: str | None = None) -> tuple[LiveCollection, list[LiveTile]]:
        """Make a collection bound to S2, with tiles, and forget how."""
        live = self.client.create_collection(CollectionPayload("s2", BUCKET))
        tiles = [
            self.client.create_tile(live.id, TilePayload(f"tile-{number}/(BAND).tif", DAY_MS, cover))
            for number in range(count)
        ]
        self.apply(make_part(Action.KEEP, live_id=live.id))
        self.wait_ingested(live.id, count)
        self.events.clear()
        requests.delete(f"{self.url}/_emulator/requests", timeout=5)
        return live, tiles

    def wait_ingested(self, collection_id: str, count: int) -> None:
        while sum(len(page) for page in self.client.iter_tile_pages(collection_id, status="INGESTED")) < count:
            pass

    def paths(self, collection_id: str) -> Counter[str]:
        return Counter(path for page in self.client.iter_tile_pages(collection_id) for path in page.paths)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none")) as running:
        yield running


@pytest.fixture
def stand(emulator: Emulator, tmp_path: Path) -> Iterator[Stand]:
    with open_stand(emulator, tmp_path) as opened:
        yield opened


@contextmanager
def open_stand(emulator: Emulator, folder: Path) -> Iterator[Stand]:
    """Yield a stand on a running emulator, emptied before."""
    requests.post(f"{emulator.base_url}/_emulator/reset", timeout=5).raise_for_status()
    with open_write_client(make_options(emulator)) as client:
        yield Stand(emulator.base_url, client, LocalState(folder, "mosaics", emulator.base_url))


def make_options(emulator: Emulator) -> ApiOptions:
    deployment = Deployment("emulator", emulator.base_url, emulator.token_url)
    patience = Patience(attempts=3, backoff_s=0.01)
    return ApiOptions(deployment, Credentials("emulator", "emulator"), "test", patience=patience)


def test_a_collection_and_its_tiles_are_made_and_ingested(stand: Stand) -> None:
    outcome = stand.apply(make_part(changes=[make_create(number) for number in range(150)]))

    live_id = outcome.outputs[S2]
    assert (outcome.exit_code, outcome.applied) == (0, {"collection.create": 1, "tile.create": 150})
    assert (outcome.ingested, outcome.pending, outcome.ingestion_failed) == (150, 0, 0)
    assert stand.state.read().by_address[S2].id == live_id
    assert len(stand.paths(live_id)) == 150
    assert outcome.requests > 150


def test_events_come_in_order_and_are_few(stand: Stand) -> None:
    stand.apply(make_part(changes=[make_create(number) for number in range(300)]))

    assert isinstance(stand.events[0], Started)
    assert stand.events[0].totals == {"collection.create": 1, "tile.create": 300}
    assert isinstance(stand.events[-1], Finished)
    last = [event for event in stand.events if isinstance(event, Progress)][-1]
    assert last.done == last.totals
    ingesting = [event for event in stand.events if isinstance(event, Ingesting)]
    assert ingesting[-1].remaining == 0
    assert len(stand.events) < 60


def test_the_id_is_recorded_before_the_first_tile_is_made(stand: Stand) -> None:
    scope = PathScope(frozenset({"tile-1/(BAND).tif"}))
    stand.fault("POST", "/tiles$", status=400, times=None)

    outcome = stand.apply(make_part(changes=[make_create()], scopes=(scope,)))

    binding = stand.state.read().by_address[S2]
    assert outcome.exit_code == 7
    assert binding.id == outcome.outputs[S2]
    assert binding.scopes == (scope,)


def test_a_create_whose_answer_was_lost_makes_one_tile(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", drop="after", times=3)

    outcome = stand.apply(
        make_part(Action.KEEP, [make_create(number) for number in range(10)], live_id=live.id),
        options=stand.patiently(),
    )

    assert (outcome.exit_code, outcome.applied) == (0, {"tile.create": 10})
    assert set(stand.paths(live.id).values()) == {1}
    assert stand.count_requests("POST", "/tiles") == 10


def test_a_create_that_never_arrived_is_sent_again_after_looking(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", drop="before")

    outcome = stand.apply(make_part(Action.KEEP, [make_create()], live_id=live.id), options=stand.patiently())

    assert outcome.applied == {"tile.create": 1}
    assert stand.slept == [1.0, 2.0, 4.0, 8.0]
    assert stand.count_requests("POST", "/tiles") == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_costs_time_and_nothing_else(stand: Stand, status: int) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", status=status, times=3, headers={"Retry-After": "5"})

    outcome = stand.apply(
        make_part(Action.KEEP, [make_create(number) for number in range(10)], live_id=live.id),
        options=stand.patiently(),
    )

    assert (outcome.exit_code, outcome.applied) == (0, {"tile.create": 10})
    assert set(stand.paths(live.id).values()) == {1}


def test_a_path_that_is_taken_is_satisfied_or_a_conflict(stand: Stand) -> None:
    live, _ = stand.make_live(2)

    outcome = stand.apply(make_part(Action.KEEP, [make_create(0), make_create(1, sensing_time_ms=0)], live_id=live.id))

    assert (outcome.exit_code, outcome.satisfied, outcome.conflict, outcome.applied) == (7, 1, 1, {})
    assert list(outcome.errors) == ["a tile with this path but another sensing time has been made since the plan"]


def test_a_collection_whose_answer_was_lost_is_found_and_bound(stand: Stand) -> None:
    stand.fault("POST", "/collections$", drop="after")

    outcome = stand.apply(make_part(), options=stand.patiently())

    assert outcome.applied == {"collection.create": 1}
    assert [live.id for live in stand.client.iter_collections()] == [outcome.outputs[S2]]


def test_a_collection_that_never_arrived_is_sent_again(stand: Stand) -> None:
    stand.fault("POST", "/collections$", drop="before")

    outcome = stand.apply(make_part(), options=stand.patiently())

    assert outcome.applied == {"collection.create": 1}
    assert [live.id for live in stand.client.iter_collections()] == [outcome.outputs[S2]]


def test_a_collection_of_the_same_name_that_is_of_no_address_is_a_conflict(stand: Stand) -> None:
    other = stand.client.create_collection(CollectionPayload("s2", BUCKET))

    outcome = stand.apply(make_part(changes=[make_create()]))

    assert (outcome.exit_code, outcome.conflict, outcome.skipped, outcome.outputs) == (7, 1, 1, {})
    assert f"`byocplan import collection/s2 {other.id}`" in next(iter(outcome.errors))
    assert [live.id for live in stand.client.iter_collections()] == [other.id]


def test_nothing_is_deleted_for_a_replace_that_cannot_be_made(stand: Stand) -> None:
    live, tiles = stand.make_live(1)
    other = stand.client.create_collection(CollectionPayload("s2", BUCKET))

    outcome = stand.apply(make_part(Action.REPLACE, [make_create(7)], live_id=live.id))

    assert (outcome.exit_code, outcome.conflict) == (7, 1)
    assert {each.id for each in stand.client.iter_collections()} == {live.id, other.id}
    assert stand.client.get_tile(live.id, tiles[0].id).id == tiles[0].id


def test_several_collections_that_fit_a_lost_answer_are_left_to_the_reader(stand: Stand) -> None:
    rules = {"faults": ["POST */collections hide=1reads times=1"]}
    requests.post(f"{stand.url}/_emulator/faults", json=rules, timeout=5).raise_for_status()
    other = stand.client.create_collection(CollectionPayload("s2", BUCKET))
    stand.fault("POST", "/collections$", drop="after")

    outcome = stand.apply(make_part(changes=[make_create()]), options=stand.patiently())

    assert (outcome.exit_code, outcome.failed, outcome.skipped, outcome.outputs) == (7, 1, 1, {})
    assert other.id in next(iter(outcome.errors))


def test_an_update_of_the_time_keeps_a_cover_that_is_not_managed(stand: Stand) -> None:
    live, tiles = stand.make_live(1, COVER)
    before = stand.client.get_tile(live.id, tiles[0].id)

    outcome = stand.apply(
        make_part(
            Action.KEEP,
            [make_change(TileAction.UPDATE, tiles[0].id, 0, sensing_time_ms=5_000, sensing_managed=True)],
            live_id=live.id,
        )
    )

    after = stand.client.get_tile(live.id, tiles[0].id)
    assert outcome.applied == {"tile.update": 1}
    assert after.sensing_time_ms == 5_000
    assert before.cover is not None
    assert after.cover is not None
    assert is_same_cover(after.cover, before.cover, tolerance_m=0.001)


def test_an_update_of_the_cover_keeps_a_time_that_is_not_managed(stand: Stand) -> None:
    live, tiles = stand.make_live(1, COVER)
    change = make_change(TileAction.UPDATE, tiles[0].id, 0, cover=COVER.replace("46.5", "46.4"), cover_managed=True)

    first = stand.apply(make_part(Action.KEEP, [change], live_id=live.id))
    second = stand.apply(make_part(Action.KEEP, [change], live_id=live.id))

    assert (first.applied, second.satisfied) == ({"tile.update": 1}, 1)
    assert stand.client.get_tile(live.id, tiles[0].id).sensing_time_ms == DAY_MS
    assert stand.count_requests("PUT", tiles[0].id) == 1


def test_an_update_with_changed_files_reingests_too(stand: Stand) -> None:
    live, tiles = stand.make_live(1)
    change = make_change(
        TileAction.UPDATE, tiles[0].id, 0, sensing_time_ms=5_000, sensing_managed=True, also_reingest=True
    )

    outcome = stand.apply(make_part(Action.KEEP, [change], live_id=live.id))

    assert (outcome.exit_code, outcome.applied, outcome.ingested) == (0, {"tile.update": 1}, 1)
    assert stand.count_requests("POST", "/reingest") == 1


def test_reingests_are_waited_for(stand: Stand) -> None:
    live, tiles = stand.make_live(30)
    changes = [make_change(TileAction.REINGEST, tile.id, number) for number, tile in enumerate(tiles)]

    outcome = stand.apply(make_part(Action.KEEP, changes, live_id=live.id))

    assert (outcome.exit_code, outcome.applied, outcome.ingested) == (0, {"tile.reingest": 30}, 30)


@contextmanager
def open_keeping_stand(pace: str, folder: Path) -> Iterator[tuple[Emulator, Stand]]:
    """Yield a stand on a service whose tiles show how they ended before while they are ingested again."""
    kept = Assumptions(reingest_status="keep")
    settings = EmulatorSettings(port=0, ingest=pace, check="listing", assumptions=kept)
    with Emulator(settings) as running, open_stand(running, folder) as stand:
        yield running, stand


def put_files(running: Emulator, numbers: range, *, are_there: bool) -> None:
    """Put a file for each tile, or remove it, so that its next ingestion fails."""
    keys = [f"tile-{number}/B1.tif" for number in numbers]
    running.put_objects(BUCKET, [(key, b"") for key in keys])
    for key in () if are_there else keys:
        get_backend().delete_object(BUCKET, key)


def make_ended(
    running: Emulator, stand: Stand, count: int, *, are_there: bool
) -> tuple[LiveCollection, list[LiveTile]]:
    """Make a collection bound to S2, with tiles that are all ingested or all FAILED."""
    put_files(running, range(count), are_there=are_there)
    live, _ = stand.make_live()
    tiles = [
        stand.client.create_tile(live.id, TilePayload(f"tile-{number}/(BAND).tif", DAY_MS)) for number in range(count)
    ]
    requests.post(f"{stand.url}/_emulator/clock", json={"advance_s": 60}, timeout=5)
    for tile in tiles:
        while stand.client.get_tile(live.id, tile.id).status in PENDING:
            pass
    return live, tiles


@pytest.mark.parametrize("pace", ["now", "reads:1", "seconds:0.8"])
@pytest.mark.parametrize("count", [3, 40])
@pytest.mark.parametrize("were_good", [True, False])
def test_a_status_kept_from_before_a_reingest_is_not_taken_for_its_end(
    tmp_path: Path, pace: str, count: int, *, were_good: bool
) -> None:
    with open_keeping_stand(pace, tmp_path) as (running, stand):
        live, tiles = make_ended(running, stand, count, are_there=were_good)
        put_files(running, range(1), are_there=False)
        put_files(running, range(1, count), are_there=True)
        changes = [make_change(TileAction.REINGEST, tile.id, number) for number, tile in enumerate(tiles)]

        options = ApplyOptions(timeout_s=30, sleep=lambda _: time.sleep(0.05))

        some = stand.apply(make_part(Action.KEEP, changes, live_id=live.id), options=options)
        put_files(running, range(count), are_there=False)
        none = stand.apply(make_part(Action.KEEP, changes, live_id=live.id), options=options)

        assert (some.exit_code, some.ingested, some.ingestion_failed, some.pending) == (10, count - 1, 1, 0)
        assert (none.exit_code, none.ingested, none.ingestion_failed, none.pending) == (10, 0, count, 0)


@pytest.mark.parametrize("count", [3, 40])
@pytest.mark.parametrize("were_good", [True, False])
def test_a_reingest_that_does_not_show_before_the_time_is_over_is_pending(
    tmp_path: Path, count: int, *, were_good: bool
) -> None:
    with open_keeping_stand("seconds:60", tmp_path) as (running, stand):
        live, tiles = make_ended(running, stand, count, are_there=were_good)
        changes = [make_change(TileAction.REINGEST, tile.id, number) for number, tile in enumerate(tiles)]

        outcome = stand.apply(make_part(Action.KEEP, changes, live_id=live.id), options=ApplyOptions(timeout_s=1.5))

        assert (outcome.exit_code, outcome.ingested, outcome.ingestion_failed, outcome.pending) == (9, 0, 0, count)


def test_what_is_gone_is_satisfied_for_a_delete_and_a_conflict_for_the_rest(stand: Stand) -> None:
    live, tiles = stand.make_live(2)
    stand.client.delete_tile(live.id, tiles[0].id)

    outcome = stand.apply(
        make_part(
            Action.KEEP,
            [
                make_change(TileAction.REINGEST, tiles[0].id, 0),
                make_change(TileAction.DELETE, tiles[0].id, 0),
                make_change(TileAction.DELETE, tiles[1].id, 1),
            ],
            live_id=live.id,
        )
    )

    assert (outcome.applied, outcome.satisfied, outcome.conflict) == ({"tile.delete": 1}, 1, 1)
    assert not stand.paths(live.id)


def test_one_refused_tile_does_not_stop_the_others(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", status=400, times=1)

    outcome = stand.apply(make_part(Action.KEEP, [make_create(number) for number in range(20)], live_id=live.id))

    assert (outcome.exit_code, outcome.failed, outcome.ingested, outcome.is_stopped) == (7, 1, 19, False)
    assert sum(outcome.errors.values()) == 1
    assert next(iter(outcome.examples.values())).startswith("tile-")


def test_nothing_is_deleted_when_many_writes_fail(stand: Stand) -> None:
    live, tiles = stand.make_live(1)
    stand.fault("POST", "/tiles$", status=400, times=5)

    outcome = stand.apply(
        make_part(
            Action.KEEP,
            [*(make_create(number) for number in range(1, 11)), make_change(TileAction.DELETE, tiles[0].id, 0)],
            live_id=live.id,
        )
    )

    assert (outcome.failed, outcome.skipped, outcome.exit_code) == (5, 1, 7)
    assert any("nothing is deleted" in text for text in outcome.errors)
    assert stand.client.get_tile(live.id, tiles[0].id).id == tiles[0].id


def test_a_service_that_forbids_writing_on_the_way_ends_the_run(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", status=403, times=None, after=10)

    outcome = stand.apply(
        make_part(Action.KEEP, [make_create(number) for number in range(500)], live_id=live.id),
        options=ApplyOptions(parallelism=2),
    )

    assert (outcome.exit_code, outcome.is_stopped, outcome.applied) == (7, True, {"tile.create": 10})
    assert outcome.failed + outcome.skipped == 490
    assert outcome.failed <= 2
    assert outcome.stopped_by


def test_a_service_that_forbids_writing_from_the_start_is_an_error(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.fault("POST", "/tiles$", status=403, times=None)

    with pytest.raises(AccessError):
        stand.apply(make_part(Action.KEEP, [make_create()], live_id=live.id))


def test_a_service_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none")) as running:
        client = open_write_client(make_options(running))
        state = LocalState(tmp_path, "mosaics", running.base_url)
        live = client.create_collection(CollectionPayload("s2", BUCKET))
    plan = make_plan(make_part(Action.KEEP, [make_create(number) for number in range(100)], live_id=live.id))

    with client, pytest.raises(UnreachableError):
        apply_plan(plan, client, state, ApplyOptions(parallelism=2), lambda _: None)


def test_a_collection_is_updated_with_what_the_plan_does_not_mention_kept(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.client.update_collection(live.id, CollectionPayload("s2", BUCKET, no_data=7))
    part = make_part(Action.UPDATE, live_id=live.id)
    change = replace(
        part.change,
        name="renamed",
        fields=(FieldChange("name", "s2", "renamed"),),
        payload=CollectionPayload("renamed", BUCKET),
    )

    outcome = stand.apply(replace(part, change=change))

    after = stand.client.get_collection(live.id)
    assert outcome.applied == {"collection.update": 1}
    assert (after.name, after.no_data) == ("renamed", 7)
    assert stand.state.read().by_address[S2].name == "renamed"


def test_a_collection_replaced_in_place_is_bound_to_its_new_id(stand: Stand) -> None:
    live, _ = stand.make_live(1)

    outcome = stand.apply(make_part(Action.REPLACE, [make_create(0)], live_id=live.id))

    assert outcome.applied == {"collection.replace": 1, "tile.create": 1}
    assert [each.id for each in stand.client.iter_collections()] == [outcome.outputs[S2]]
    assert outcome.outputs[S2] != live.id
    assert stand.state.read().by_address[S2].serial == 1


def test_a_deleted_collection_loses_its_binding(stand: Stand) -> None:
    live, _ = stand.make_live(1)

    outcome = stand.apply(make_part(Action.DELETE, live_id=live.id))
    again = stand.apply(make_part(Action.DELETE, live_id=live.id))

    assert (outcome.applied, again.satisfied) == ({"collection.delete": 1}, 1)
    assert list(stand.client.iter_collections()) == []
    assert stand.state.read().by_address == {}


def test_a_binding_with_prevent_destroy_keeps_its_collection(stand: Stand) -> None:
    live, _ = stand.make_live()
    guarded = replace(make_part(Action.KEEP, live_id=live.id), lifecycle=Lifecycle(prevent_destroy=True))
    stand.apply(guarded)

    outcome = stand.apply(make_part(Action.DELETE, live_id=live.id))

    assert (outcome.failed, outcome.applied) == (1, {})
    assert stand.client.find_collection(live.id) is not None


def test_a_forgotten_collection_stays_live(stand: Stand) -> None:
    live, _ = stand.make_live(1)

    outcome = stand.apply(make_part(Action.FORGET, live_id=live.id))

    assert (outcome.applied, outcome.outputs) == ({"collection.forget": 1}, {})
    assert stand.paths(live.id)


def test_an_adopted_collection_is_bound_with_its_account(stand: Stand) -> None:
    live = stand.client.create_collection(CollectionPayload("s2", BUCKET))

    outcome = stand.apply(make_part(Action.ADOPT, live_id=live.id))

    assert outcome.applied == {"collection.adopt": 1}
    assert stand.state.read().by_address[S2].account_id == live.account_id is not None


def test_a_collection_deleted_behind_our_back_is_a_conflict(stand: Stand) -> None:
    live, _ = stand.make_live()
    stand.client.delete_collection(live.id)

    outcome = stand.apply(make_part(Action.UPDATE, [make_create()], live_id=live.id))

    assert (outcome.exit_code, outcome.conflict, outcome.skipped) == (7, 1, 1)


def test_scopes_are_old_and_new_until_all_went_well(stand: Stand) -> None:
    live, tiles = stand.make_live(1)
    old, new = PathScope(frozenset({"tile-0/(BAND).tif"})), PathScope(frozenset({"tile-1/(BAND).tif"}))
    stand.apply(make_part(Action.KEEP, live_id=live.id, scopes=(old,)))
    changes = [make_create(1), make_change(TileAction.DELETE, tiles[0].id, 0)]
    stand.fault("DELETE", "/tiles/", status=400)

    stand.apply(make_part(Action.KEEP, changes, live_id=live.id, scopes=(new,)))
    between = stand.state.read().by_address[S2].scopes
    stand.apply(make_part(Action.KEEP, changes, live_id=live.id, scopes=(new,)))

    assert between == (new, old)
    assert stand.state.read().by_address[S2].scopes == (new,)


def test_nothing_is_written_for_a_plan_that_is_blocked(stand: Stand) -> None:
    plan = replace(make_plan(make_part()), diagnostics=(Diagnostic("error", "no"),))

    with pytest.raises(BlockedError):
        apply_plan(plan, stand.client, stand.state, ApplyOptions(), stand.events.append)

    assert list(stand.client.iter_collections()) == []
    assert stand.events == []


def test_an_interrupt_ends_the_run_with_what_was_done_recorded(stand: Stand) -> None:
    live, _ = stand.make_live()
    plan = make_plan(make_part(Action.KEEP, [make_create(number) for number in range(3000)], live_id=live.id))
    told: list[Event] = []

    def interrupt_once(event: Event) -> None:
        if isinstance(event, Progress) and event.done["tile.create"] and not told:
            told.append(event)
            raise KeyboardInterrupt

    outcome = apply_plan(plan, stand.client, stand.state, ApplyOptions(), interrupt_once)

    assert (outcome.exit_code, outcome.is_stopped) == (130, True)
    assert outcome.applied["tile.create"] == len(stand.paths(live.id)) < 3000
    assert outcome.applied["tile.create"] + outcome.skipped == 3000


@contextmanager
def open_slow_emulator(seconds: float) -> Iterator[Emulator]:
    ingest = f"seconds:{seconds}"
    with Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none", ingest=ingest)) as running:
        yield running


@pytest.fixture(scope="module")
def slow_emulator() -> Iterator[Emulator]:
    with open_slow_emulator(0.6) as running:
        yield running


@pytest.fixture(scope="module")
def stuck_emulator() -> Iterator[Emulator]:
    """An emulator that ingests nothing while a test runs, however busy the machine is."""
    with open_slow_emulator(600) as running:
        yield running


def test_many_pending_tiles_are_waited_for_by_reading_few_pages(slow_emulator: Emulator, tmp_path: Path) -> None:
    with open_stand(slow_emulator, tmp_path) as stand:
        outcome = stand.apply(make_part(changes=[make_create(number) for number in range(150)]))

        reads = outcome.requests - 151
        assert (outcome.exit_code, outcome.ingested) == (0, 150)
        assert reads < 100
        assert any(event.by_status for event in stand.events if isinstance(event, Ingesting))


def test_tiles_of_other_writers_are_passed_over(slow_emulator: Emulator, tmp_path: Path) -> None:
    with open_stand(slow_emulator, tmp_path) as stand:
        live = stand.client.create_collection(CollectionPayload("s2", BUCKET))
        for number in range(25):
            stand.client.create_tile(live.id, TilePayload(f"other-{number}/(BAND).tif"))

        outcome = stand.apply(make_part(Action.KEEP, [make_create(number) for number in range(30)], live_id=live.id))

        assert (outcome.exit_code, outcome.ingested) == (0, 30)


def test_ingestion_that_takes_too_long_ends_the_wait_and_holds_back_deletes(tmp_path: Path) -> None:
    with open_slow_emulator(5) as slow_emulator, open_stand(slow_emulator, tmp_path) as stand:
        live, tiles = stand.make_live(1)
        creates = [make_create(number) for number in range(1, 31)]
        options = ApplyOptions(timeout_s=0.1)

        late = stand.apply(make_part(Action.KEEP, creates[:25], live_id=live.id), options=options)
        held = stand.apply(
            make_part(Action.KEEP, [*creates[25:], make_change(TileAction.DELETE, tiles[0].id, 0)], live_id=live.id),
            options=ApplyOptions(timeout_s=0.1),
        )

        assert (late.exit_code, late.pending, late.ingested) == (9, 25, 0)
        assert (held.exit_code, held.pending, held.skipped) == (7, 5, 1)
        assert stand.client.get_tile(live.id, tiles[0].id).path == "tile-0/(BAND).tif"


def test_a_plan_taken_up_again_waits_for_what_was_handed_over_before(tmp_path: Path) -> None:
    with open_slow_emulator(5) as slow_emulator, open_stand(slow_emulator, tmp_path) as stand:
        live, tiles = stand.make_live(1)
        creates = [make_create(number) for number in range(1, 31)]
        part = make_part(Action.KEEP, [*creates, make_change(TileAction.DELETE, tiles[0].id, 0)], live_id=live.id)
        begun = stand.apply(make_part(Action.KEEP, creates, live_id=live.id), options=ApplyOptions(wait=False))

        late = stand.apply(part, options=ApplyOptions(timeout_s=0.1, is_resume=True))
        whole = stand.apply(part, options=ApplyOptions(timeout_s=60, is_resume=True))

        assert (begun.exit_code, begun.pending) == (0, 30)
        assert (late.exit_code, late.satisfied, late.pending, late.skipped) == (7, 30, 30, 1)
        assert (whole.exit_code, whole.applied) == (0, {"tile.delete": 1})


def test_tiles_that_an_earlier_run_left_pending_are_waited_for_and_those_of_others_are_not(
    slow_emulator: Emulator, tmp_path: Path
) -> None:
    with open_stand(slow_emulator, tmp_path) as stand:
        live, tiles = stand.make_live(1)
        ours = [f"tile-{number}/(BAND).tif" for number in range(1, 31)]
        for path in [*ours, *(f"other-{number}/(BAND).tif" for number in range(5))]:
            stand.client.create_tile(live.id, TilePayload(path))
        deleted = make_change(TileAction.DELETE, tiles[0].id, 0)
        part = make_part(Action.KEEP, [deleted], live_id=live.id, scopes=(PathScope(frozenset(ours)),))

        outcome = stand.apply(replace(part, by_status={Status.WAITING: 35}))

        assert (outcome.exit_code, outcome.ingested, outcome.applied) == (0, 30, {"tile.delete": 1})


def test_nothing_is_deleted_when_what_was_to_take_its_place_failed(tmp_path: Path) -> None:
    with Emulator(EmulatorSettings(port=0)) as running, open_stand(running, tmp_path) as stand:
        running.put_objects(BUCKET, [])
        live, _ = stand.make_live()
        old = stand.client.create_tile(live.id, TilePayload("tile-0/(BAND).tif", DAY_MS))
        creates = [make_create(number) for number in range(1, 6)]
        part = make_part(Action.KEEP, [*creates, make_change(TileAction.DELETE, old.id, 0)], live_id=live.id)

        first = stand.apply(part)
        again = stand.apply(part, options=ApplyOptions(timeout_s=10, is_resume=True))

        assert (first.exit_code, first.ingestion_failed, first.skipped) == (7, 5, 1)
        assert (again.exit_code, again.ingestion_failed, again.skipped) == (7, 5, 1)
        assert any("FAILED ingestion" in text for text in again.errors)
        assert stand.client.get_tile(live.id, old.id).id == old.id


@pytest.mark.parametrize(
    ("failed", "reason", "is_waiting", "code"),
    [
        (5, Reason.SCOPE_REMOVED, True, 7),
        (5, Reason.SCOPE_REMOVED, False, 0),
        (0, Reason.SCOPE_REMOVED, True, 0),
        (5, Reason.FILE_GONE, True, 0),
    ],
)
def test_tiles_with_files_are_kept_while_others_are_failed(
    stand: Stand, failed: int, reason: Reason, is_waiting: bool, code: int
) -> None:
    live, tiles = stand.make_live(2)
    part = make_part(Action.KEEP, [make_change(TileAction.DELETE, tiles[0].id, 0)], live_id=live.id)
    sets = (SetChange(TileAction.DELETE, 1, reasons={reason: 1}), SetChange(TileAction.FAILED, failed))

    outcome = stand.apply(replace(part, sets=sets), options=ApplyOptions(timeout_s=10, wait=is_waiting))

    assert (outcome.exit_code, len(stand.paths(live.id))) == (code, 2 if code else 1)


def test_no_collection_is_deleted_before_ingestion_has_ended(stuck_emulator: Emulator, tmp_path: Path) -> None:
    with open_stand(stuck_emulator, tmp_path) as stand:
        old, _ = stand.make_live()
        removed = make_part(Action.DELETE, live_id=old.id)
        made = make_part(changes=[make_create(number) for number in range(25)], name="s3")

        late = stand.apply(removed, made, options=ApplyOptions(timeout_s=0.1))

        assert (late.exit_code, late.pending, late.skipped) == (7, 25, 1)
        assert old.id in {live.id for live in stand.client.iter_collections()}


def test_a_collection_replaced_in_place_has_no_tiles_to_wait_for_from_before(stand: Stand) -> None:
    live, _ = stand.make_live(1)
    part = make_part(Action.REPLACE, [make_create(7)], live_id=live.id, scopes=(PathScope(frozenset({"x"})),))
    stand.fault("GET", "/tiles", status=404, times=1)

    outcome = stand.apply(replace(part, by_status={Status.WAITING: 1}))

    assert (outcome.exit_code, outcome.applied) == (0, {"collection.replace": 1, "tile.create": 1})


def test_without_waiting_all_that_was_accepted_is_well(stuck_emulator: Emulator, tmp_path: Path) -> None:
    with open_stand(stuck_emulator, tmp_path) as stand:
        outcome = stand.apply(
            make_part(changes=[make_create(number) for number in range(30)]), options=ApplyOptions(wait=False)
        )

        assert (outcome.exit_code, outcome.pending, outcome.is_waited) == (0, 30, False)


@pytest.mark.parametrize("count", [3, 30])
def test_failed_ingestion_is_told_by_cause(tmp_path: Path, count: int) -> None:
    with Emulator(EmulatorSettings(port=0)) as running, open_stand(running, tmp_path) as stand:
        running.put_objects(BUCKET, [])

        outcome = stand.apply(make_part(changes=[make_create(number) for number in range(count)]))

        assert (outcome.exit_code, outcome.ingested, outcome.ingestion_failed) == (10, 0, count)
        assert sum(outcome.by_cause.values()) == count
        assert len(outcome.by_cause) == 1
        assert set(outcome.examples) == set(outcome.by_cause)


def test_a_collection_that_cannot_be_recorded_ends_the_run_and_its_id_is_told(stand: Stand) -> None:
    (stand.state.folder / ".byocplan").write_text("a file in place of the folder")

    with pytest.raises(StateError, match=r"set spec\.id of collection/s2 to ") as ended:
        stand.apply(make_part(changes=[make_create()]), make_part(name="s3"))

    made = [live.id for live in stand.client.iter_collections()]
    assert len(made) == 1
    assert ended.value.mend.endswith(made[0])


def test_running_the_same_plan_again_changes_nothing(stand: Stand) -> None:
    live, tiles = stand.make_live(3)
    part = make_part(
        Action.KEEP,
        [
            make_create(7),
            make_change(TileAction.UPDATE, tiles[0].id, 0, sensing_time_ms=5_000, sensing_managed=True),
            make_change(TileAction.DELETE, tiles[1].id, 1),
        ],
        live_id=live.id,
    )

    first, second = stand.apply(part), stand.apply(part)

    assert first.applied == {"tile.create": 1, "tile.update": 1, "tile.delete": 1}
    assert (second.exit_code, second.applied, second.satisfied) == (0, {}, 3)


def test_sigterm_ends_the_run_cleanly(stand: Stand) -> None:
    live, _ = stand.make_live()
    plan = make_plan(make_part(Action.KEEP, [make_create(number) for number in range(3000)], live_id=live.id))

    def terminate(event: Event) -> None:
        stand.events.append(event)
        if isinstance(event, Progress) and event.done["tile.create"] and not flag.is_set:
            os.kill(os.getpid(), signal.SIGTERM)

    with listen_for_signals() as flag:
        outcome = apply_plan(plan, stand.client, stand.state, ApplyOptions(stop=flag), terminate)

    assert outcome.exit_code == 143
    assert 0 < outcome.applied["tile.create"] == len(stand.paths(live.id)) < 3000
    assert isinstance(stand.events[-1], Finished)
