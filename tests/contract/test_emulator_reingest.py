"""The emulator where a tile that is ingested again goes on showing how it ended before: ``reingest-status=keep``."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pytest

from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from tests.support.cogs import make_cog
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUCKET = "again"
PATH = "a/(BAND).tif"
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[15.0, 46.9], [15.05, 46.9], [15.05, 46.95], [15.0, 46.95], [15.0, 46.9]]],
}
Ends = Literal["INGESTED", "FAILED"]
OTHER: dict[Ends, Ends] = {"INGESTED": "FAILED", "FAILED": "INGESTED"}


@dataclass(slots=True)
class Stand:
    """A running emulator whose clock stands still, and one collection with one tile that has ended."""

    emulator: Emulator
    service: Service
    collection: str = ""
    tile: str = ""

    def begin(self, end: Ends) -> Any:
        """Have the tile end so, and return it."""
        self.put_file(end)
        self.collection = self.service.create_collection(BUCKET)
        self.tile = self.service.create_tile(self.collection, PATH)
        self.advance(30)
        return self.service.wait(self.collection, self.tile)

    def put_file(self, end: Ends) -> None:
        """Put a file that is ingested, or one that is not."""
        self.emulator.put_objects(BUCKET, [("a/B1.tif", make_cog() if end == "INGESTED" else b"no image")])

    def reingest(self) -> int:
        """Ask for the tile to be ingested again and return the status of the answer."""
        return self.service.call("POST", f"/collections/{self.collection}/tiles/{self.tile}/reingest").status_code

    def advance(self, seconds: float) -> None:
        """Put the clock forward, and return when the worker has looked once what is due then."""
        self.service.admin("POST", "/clock", {"advance_s": seconds})
        assert self.emulator.state is not None
        work = self.emulator.state.work
        for _ in range(2):  # it clears the event before each look: at the second time the first look is over
            work.set()
            while work.is_set():
                time.sleep(0.001)

    def show(self) -> Any:
        """Return the tile."""
        return self.service.get_tile(self.collection, self.tile)

    def list(self, query: str = "") -> Any:
        """Return the first page of the collection's tiles."""
        return self.service.call("GET", f"/collections/{self.collection}/tiles{query}").json()["data"]

    def count_noted(self) -> int:
        """Return how many tiles the store has as being ingested again."""
        assert self.emulator.state is not None
        return len(self.emulator.state.database.read_all("SELECT 1 FROM again"))


@contextmanager
def open_stand(pace: str = "seconds:30", store: str = ":memory:", **assumed: Any) -> Iterator[Stand]:
    told = Assumptions(**{"reingest_status": "keep", **assumed})
    settings = EmulatorSettings(port=0, ingest=pace, store=store, assumptions=told, clock=lambda: 1_700_000_000.0)
    with Emulator(settings) as emulator, Service(emulator) as service:
        yield Stand(emulator, service)


@pytest.mark.parametrize("before", OTHER)
def test_a_tile_shows_its_old_end_until_the_new_one_is_there(before: Ends) -> None:
    after = OTHER[before]
    with open_stand() as stand:
        old = stand.begin(before)
        stand.put_file(after)

        answer = stand.reingest()
        stand.advance(29)
        kept = stand.show()
        lists = {query: stand.list(query) for query in ("", "?sort=path:asc", f"?status={before}", "?path=" + PATH)}
        others = [stand.list(f"?status={status}") for status in ("WAITING", "QUEUED", "INGESTING", after)]
        stand.advance(1)
        new = stand.show()

        assert (answer, old["status"], kept) == (204, before, old)
        assert all(tiles == [old] for tiles in lists.values())
        assert others == [[]] * 4
        assert (new["status"], new["ingestionStart"]) == (after, "2023-11-14T22:13:50.000000Z")
        assert (stand.list(f"?status={before}"), stand.list(f"?status={after}"), stand.list()) == ([], [new], [new])
        assert ("failedIngestionCause" in new["additionalData"]) is (after == "FAILED")
        assert stand.count_noted() == 0


def test_every_read_that_shows_the_tile_counts() -> None:
    with open_stand("reads:2") as stand:
        stand.put_file("INGESTED")
        stand.collection = stand.service.create_collection(BUCKET)
        stand.tile = stand.service.create_tile(stand.collection, PATH)
        first = [stand.show()["status"] for _ in range(7)]
        stand.put_file("FAILED")
        stand.reingest()
        seen = [stand.show(), *stand.list(), *stand.list("?status=INGESTED"), stand.show(), *stand.list(), stand.show()]
        new = stand.show()

    assert first[-2:] == ["INGESTING", "INGESTED"]
    assert [each["status"] for each in seen] == ["INGESTED"] * 6
    assert new["status"] == "FAILED"


def test_at_once_means_after_the_files_were_read() -> None:
    with open_stand("now") as stand:
        old = stand.begin("FAILED")
        stand.put_file("INGESTED")
        assert stand.emulator.state is not None
        with stand.emulator.state.ingesting:
            stand.reingest()
            time.sleep(0.1)
            kept = stand.show()
        deadline = time.monotonic() + 10
        while (new := stand.show())["status"] == "FAILED" and time.monotonic() < deadline:
            time.sleep(0.01)

    assert kept == old
    assert new["status"] == "INGESTED"


def test_a_put_meanwhile_shows_at_once_and_stays() -> None:
    with open_stand() as stand:
        old = stand.begin("INGESTED")
        stand.reingest()
        change = {"sensingTime": "2020-01-01T00:00:00Z", "coverGeometry": SQUARE}
        answer = stand.service.call("PUT", f"/collections/{stand.collection}/tiles/{stand.tile}", change)
        changed = stand.show()
        stand.advance(30)
        new = stand.show()

    assert answer.status_code == 204
    assert (changed["ingestionStart"], changed["status"]) == (old["ingestionStart"], "INGESTED")
    assert changed["coverGeometry"] != old["coverGeometry"]
    assert new == {**changed, "ingestionStart": new["ingestionStart"]}
    assert new["ingestionStart"] > old["ingestionStart"]


@pytest.mark.parametrize("what", ["tile", "collection", "everything"])
def test_what_is_deleted_meanwhile_is_gone_and_forgotten(what: str) -> None:
    with open_stand() as stand:
        stand.begin("INGESTED")
        stand.reingest()
        noted = stand.count_noted()
        if what == "everything":
            stand.service.admin("POST", "/reset")
        else:
            path = f"/collections/{stand.collection}" + (f"/tiles/{stand.tile}" if what == "tile" else "")
            stand.service.call("DELETE", path)
        left = stand.count_noted()
        stand.advance(30)
        shown = stand.service.call("GET", f"/collections/{stand.collection}/tiles/{stand.tile}")

    assert (noted, left, shown.status_code) == (1, 0, 404)


def test_a_second_reingest_meanwhile_begins_anew() -> None:
    with open_stand() as stand:
        old = stand.begin("INGESTED")
        stand.put_file("FAILED")
        stand.reingest()
        stand.advance(20)
        answer = stand.reingest()
        stand.advance(20)
        kept = stand.show()
        stand.advance(10)
        new = stand.show()

    assert (answer, kept) == (204, old)
    assert (new["status"], new["ingestionStart"]) == ("FAILED", "2023-11-14T22:14:10.000000Z")


def test_a_second_reingest_meanwhile_is_refused_where_pending_tiles_are() -> None:
    with open_stand(reingest_pending="refuse") as stand:
        old = stand.begin("FAILED")
        answers = [stand.reingest(), stand.reingest()]
        kept = stand.show()
        stand.advance(30)
        answers.append(stand.reingest())

    assert (answers, kept) == ([204, 400, 204], old)


def test_a_tile_that_has_not_ended_yet_waits_as_ever() -> None:
    with open_stand() as stand:
        stand.put_file("INGESTED")
        stand.collection = stand.service.create_collection(BUCKET)
        stand.tile = stand.service.create_tile(stand.collection, PATH)
        stand.advance(25)
        seen = [stand.show()["status"]]
        stand.reingest()
        seen.append(stand.show()["status"])
        stand.advance(30)
        seen.append(stand.show()["status"])

    assert seen == ["INGESTING", "WAITING", "INGESTED"]


@pytest.mark.parametrize("assumed", ["keep", "walk"])
def test_an_opened_store_goes_on(tmp_path: Path, assumed: str) -> None:
    store = str(tmp_path / "store.sqlite")
    with open_stand(store=store) as stand:
        old = stand.begin("INGESTED")
        stand.put_file("FAILED")
        stand.reingest()
        ids = stand.collection, stand.tile
    with open_stand(store=store, reingest_status=assumed) as stand:
        stand.collection, stand.tile = ids
        kept = stand.show()
        stand.put_file("FAILED")
        stand.advance(60)
        new = stand.show()
        stand.reingest()
        again = stand.show()["status"]

    assert kept == old
    assert new["status"] == "FAILED"
    assert again == {"keep": "FAILED", "walk": "WAITING"}[assumed]


def test_a_reingest_that_shows_takes_the_place_of_one_that_did_not(tmp_path: Path) -> None:
    store = str(tmp_path / "store.sqlite")
    with open_stand(store=store) as stand:
        stand.begin("INGESTED")
        stand.reingest()
        ids = stand.collection, stand.tile
    with open_stand(store=store, reingest_status="walk") as stand:
        stand.collection, stand.tile = ids
        stand.reingest()

        assert (stand.show()["status"], stand.count_noted()) == ("WAITING", 0)


def test_a_store_of_before_is_taken(tmp_path: Path) -> None:
    store = str(tmp_path / "store.sqlite")
    with open_stand(store=store) as stand:
        old = stand.begin("INGESTED")
        ids = stand.collection, stand.tile
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DROP TABLE again")
    with open_stand(store=store) as stand:
        stand.collection, stand.tile = ids
        stand.reingest()

        assert (stand.show(), stand.count_noted()) == (old, 1)
