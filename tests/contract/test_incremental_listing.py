"""Live tiles refreshed from the inventory cache, beside a full listing of the same emulator.

Whatever another writer has done: what an incremental listing shows is live, but for deletes and edits of tiles that were
ingested; and it shows everything else that is live as it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from byocplan.api.client import open_read_client
from byocplan.api.options import ApiOptions
from byocplan.api.settings import Credentials
from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.model.address import Address
from byocplan.model.change import Action, CollectionChange, Reason, SetChange, TileAction, TileChange
from byocplan.model.deployment import Deployment
from byocplan.model.plan import CollectionPlan, Plan
from byocplan.model.refresh import RefreshMode
from byocplan.sets import TileSets
from byocplan.state import LocalInventory
from byocplan.workflow.live import LONG_COVER, Listed, Listing, look_at_tiles
from byocplan.workflow.outdating import mark_outdated
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from byocplan.sets import LiveTiles

BANDS = {"bands": {"B02": {"source": "B02", "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT"}}}
NO_S3 = "http://127.0.0.1:9"
Rows = dict[str, tuple[str, str, int | None]]


@pytest.fixture
def service() -> Iterator[Service]:
    """An emulator whose tiles move on only when they are read."""
    settings = EmulatorSettings(port=0, s3=NO_S3, check="none", ingest="reads:3")
    with Emulator(settings) as running, Service(running) as opened:
        yield opened


@pytest.fixture
def listing(service: Service, tmp_path: Path) -> Iterator[Listing]:
    deployment = Deployment("emulator", service.base, service.token_url)
    options = ApiOptions(deployment, Credentials("emulator", "emulator"), "run1")
    folder = tmp_path / ".byocplan"
    with open_read_client(options) as client, TileSets() as sets:
        yield Listing(client, sets, service.base, 1_000_000, inventory=LocalInventory(folder / "inventory"), saves=True)


def seed(service: Service, tiles: int) -> str:
    collection = {"name": "live", "s3Bucket": "bucket", "additionalData": BANDS, "synthetic": tiles}
    return str(service.admin("POST", "/seed", {"collections": [collection]})["collections"][0]["id"])


def look(listing: Listing, collection: str, mode: RefreshMode = RefreshMode.FULL, cover: int = LONG_COVER) -> Listed:
    return look_at_tiles(collection, replace(listing, mode=mode), cover)


@dataclass(frozen=True, slots=True)
class Changes:
    """The tiles that a plan is to change."""

    action: TileAction
    ids: Sequence[str]

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        assert action is self.action
        for tile_id in self.ids:
            yield TileChange(action, "path", Reason.FIELD_CHANGED, tile_id)


def mark(listing: Listing, collection: str, ids: Sequence[str], action: TileAction = TileAction.REINGEST) -> None:
    """Do to the cache what an apply does before it changes these tiles."""
    change = CollectionChange(Address("a"), Action.KEEP, Reason.AS_DESIRED, "a", "bucket", id=collection)
    part = CollectionPlan(change, (SetChange(action, len(ids)),), tiles=Changes(action, ids))
    assert listing.inventory is not None
    mark_outdated(listing.inventory, Plan("p", "d", (part,)), listing.deployment, listing.sets)


def locate(listing: Listing, collection: str) -> Path:
    assert isinstance(listing.inventory, LocalInventory)
    return listing.inventory.folder / f"{collection}.parquet"


def read_rows(live: LiveTiles) -> Rows:
    rows = live.engine.run("SELECT id, path, status, sensing_ms FROM $live", live=live.table)
    return {tile_id: tuple(rest) for tile_id, *rest in rows}


def change_at_random(
    service: Service, collection: str, chance: random.Random, ids: list[str]
) -> tuple[set[str], set[str]]:
    """Create, delete, edit and reingest tiles; return the ids of those deleted and those edited."""
    deleted, edited = set(), set()
    for number in range(chance.randrange(1, 12)):
        act = chance.choice(("create", "delete", "edit", "reingest"))
        victim = chance.choice([each for each in ids if each not in deleted])
        place = f"/collections/{collection}/tiles/{victim}"
        if act == "create":
            service.create_tile(collection, f"new/{chance.random()}-{number}/(BAND).tif")
        elif act == "delete":
            service.call("DELETE", place)
            deleted.add(victim)
        elif act == "edit":
            service.call("PUT", place, {"sensingTime": "2001-01-01T00:00:00Z"})
            edited.add(victim)
        else:
            service.call("POST", f"{place}/reingest")
    return deleted, edited


@pytest.mark.parametrize("seed_number", range(6))
def test_it_shows_all_but_deletes_and_edits_of_others(service: Service, listing: Listing, seed_number: int) -> None:
    chance = random.Random(seed_number)
    collection = seed(service, 450)
    known = read_rows(look(listing, collection).live)
    deleted, edited = change_at_random(service, collection, chance, sorted(known))

    seen = read_rows(look(listing, collection, RefreshMode.INCREMENTAL).live)
    full = read_rows(look(replace(listing, saves=False), collection).live)

    assert full.keys() <= seen.keys()
    assert seen.keys() - full.keys() <= deleted
    assert {tile_id for tile_id in full if full[tile_id][0] != seen[tile_id][0]} == set()
    assert {tile_id for tile_id in full if full[tile_id][2] != seen[tile_id][2]} <= edited
    pending = {"WAITING", "QUEUED", "INGESTING"}
    ended = {tile_id for tile_id in full if seen[tile_id][1] not in pending and tile_id not in deleted}
    assert all(full[tile_id][1] == "INGESTED" or full[tile_id][1] in pending for tile_id in ended)


def test_it_takes_a_few_requests_however_many_tiles_are_live(service: Service, listing: Listing) -> None:
    collection = seed(service, 3_000)
    look(listing, collection)
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.count == 3_000
    assert listing.client.requests_sent - before == 6
    assert "only new live tiles were listed" in listed.notes[0]


def test_a_tile_that_ended_its_ingestion_is_read_again(service: Service, listing: Listing) -> None:
    collection = seed(service, 10)
    tile = service.create_tile(collection, "new/(BAND).tif")
    look(listing, collection)
    ended = service.wait(collection, tile)

    seen = read_rows(look(listing, collection, RefreshMode.INCREMENTAL).live)

    assert seen[tile][1] == ended["status"] == "INGESTED"


def test_many_tiles_that_ended_their_ingestion_cost_a_full_listing(service: Service, listing: Listing) -> None:
    collection = seed(service, 0)
    tiles = [service.create_tile(collection, f"new/{number}/(BAND).tif") for number in range(21)]
    service.admin("POST", "/seed", {"collections": [{"id": collection, "synthetic": 250}]})
    look(listing, collection)
    for tile in tiles:
        service.wait(collection, tile)

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.by_status() == {"INGESTED": 271}
    assert "so all were listed" in listed.notes[0]


def test_as_many_tiles_are_read_one_by_one_as_a_full_listing_has_pages(service: Service, listing: Listing) -> None:
    collection = seed(service, 0)
    tiles = [service.create_tile(collection, f"new/{number}/(BAND).tif") for number in range(25)]
    service.admin("POST", "/seed", {"collections": [{"id": collection, "synthetic": 2_500}]})
    look(listing, collection)
    for tile in tiles:
        service.wait(collection, tile)
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.by_status() == {"INGESTED": 2_525}
    assert listing.client.requests_sent - before == 6 + 25


def test_the_newest_tiles_are_read_by_their_pages_once_their_ingestion_has_ended(
    service: Service, listing: Listing
) -> None:
    collection = seed(service, 1_000)
    tiles = [service.create_tile(collection, f"new/{number}/(BAND).tif") for number in range(150)]
    look(listing, collection)
    for tile in tiles:
        service.wait(collection, tile)
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.by_status() == {"INGESTED": 1_150}
    assert listing.client.requests_sent - before == 4 + 4


def test_tiles_that_failed_are_known(service: Service, listing: Listing) -> None:
    collection = seed(service, 1_000)
    failed = [{"path": f"new/{number}/(BAND).tif", "status": "FAILED"} for number in range(50)]
    service.admin("POST", "/seed", {"collections": [{"id": collection, "tiles": failed}]})
    look(listing, collection)
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.by_status() == {"FAILED": 50, "INGESTED": 1_000}
    assert listing.client.requests_sent - before == 6


def test_what_was_listed_to_its_end_is_not_listed_by_status(service: Service, listing: Listing) -> None:
    collection = seed(service, 0)
    look(listing, collection)
    service.create_tile(collection, "new/(BAND).tif")
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.live.count == 1
    assert listing.client.requests_sent - before == 1


def test_what_an_apply_was_to_change_is_read_again_one_by_one(service: Service, listing: Listing) -> None:
    collection = seed(service, 3_000)
    known = read_rows(look(listing, collection).live)
    # Tiles of one moment are listed by their place in the seed.
    edited, kept, deleted = sorted(known, key=lambda tile_id: known[tile_id][0])[:3]
    mark(listing, collection, [edited, kept])
    mark(listing, collection, [deleted], TileAction.DELETE)
    service.call("PUT", f"/collections/{collection}/tiles/{edited}", {"sensingTime": "2001-01-01T00:00:00Z"})
    service.call("DELETE", f"/collections/{collection}/tiles/{deleted}")
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.INCREMENTAL)
    sent = listing.client.requests_sent - before

    assert "only new live tiles were listed" in listed.notes[0]
    assert sent <= 6 + 3 + 3
    assert read_rows(listed.live) == read_rows(look(replace(listing, saves=False), collection).live)


def test_an_apply_that_was_to_change_many_tiles_costs_a_full_listing_and_says_so(
    service: Service, listing: Listing
) -> None:
    collection = seed(service, 250)
    ids = sorted(read_rows(look(listing, collection).live))
    mark(listing, collection, ids[:15])
    mark(listing, collection, ids[15:30])
    mark(listing, collection, ids[:1])

    listed = look(listing, collection, RefreshMode.INCREMENTAL)
    again = look(listing, collection, RefreshMode.INCREMENTAL)

    assert listed.notes[0] == (
        "the inventory of live tiles was not used (the last apply emptied it, having 31 tiles to change), so all were "
        "listed"
    )
    assert "only new live tiles were listed" in again.notes[0]


def test_a_cache_that_cannot_be_marked_is_removed(service: Service, listing: Listing) -> None:
    collection = seed(service, 250)
    ids = sorted(read_rows(look(listing, collection).live))
    path = locate(listing, collection)
    spoil(path)

    mark(listing, collection, ids[:1])

    assert not path.exists()


def test_without_a_look_at_tiles_a_marked_cache_does_not_serve(service: Service, listing: Listing) -> None:
    collection = seed(service, 250)
    ids = sorted(read_rows(look(listing, collection).live))
    mark(listing, collection, ids[:1])

    listed = look(listing, collection, RefreshMode.NONE)

    assert listed.live.by_status() == {"INGESTED": 250}
    assert "the last apply had tiles to change: 1" in listed.notes[0]


def test_a_path_that_was_deleted_and_made_again_is_one_tile(service: Service, listing: Listing) -> None:
    collection = seed(service, 300)
    known = read_rows(look(listing, collection).live)
    victim = min(known)
    service.call("DELETE", f"/collections/{collection}/tiles/{victim}")
    made = service.create_tile(collection, known[victim][0])

    seen = read_rows(look(listing, collection, RefreshMode.INCREMENTAL).live)

    assert victim not in seen
    assert seen[made][0] == known[victim][0]
    assert len(seen) == 300


def test_none_sends_nothing(service: Service, listing: Listing) -> None:
    collection = seed(service, 120)
    look(listing, collection)
    service.create_tile(collection, "new/(BAND).tif")
    before = listing.client.requests_sent

    listed = look(listing, collection, RefreshMode.NONE)

    assert listed.live.count == 120
    assert listing.client.requests_sent == before


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(4, len(content) // 2, 7):
        content[place] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("mode", [RefreshMode.INCREMENTAL, RefreshMode.NONE])
@pytest.mark.parametrize("case", ["missing", "cut", "spoilt", "foreign", "other service", "covers"])
def test_a_cache_that_does_not_serve_costs_one_full_listing(
    service: Service, listing: Listing, mode: RefreshMode, case: str
) -> None:
    collection, other = seed(service, 250), seed(service, 50)
    look(listing, collection)
    look(listing, other)
    assert isinstance(listing.inventory, LocalInventory)
    path = listing.inventory.folder / f"{collection}.parquet"
    cover = LONG_COVER
    if case == "missing":
        path.unlink()
    elif case == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif case == "spoilt":
        spoil(path)
    elif case == "foreign":
        path.write_bytes((path.parent / f"{other}.parquet").read_bytes())
    elif case == "other service":
        listing = replace(listing, deployment="https://elsewhere")
    else:
        cover = 0

    listed = look(listing, collection, mode, cover)

    assert listed.live.count == 250
    assert listed.full_ms == listing.now_ms
    assert "all were listed" in listed.notes[0]


def test_the_cache_is_for_its_owner_alone_and_out_of_git(service: Service, listing: Listing) -> None:
    collection = seed(service, 1)
    look(listing, collection)
    assert isinstance(listing.inventory, LocalInventory)
    folder = listing.inventory.folder

    [kept] = folder.glob("*.parquet")

    assert kept.stat().st_mode & 0o777 == 0o600
    assert (folder.parent / ".gitignore").read_text() == "*\n"


def test_an_id_that_is_none_is_not_kept(service: Service, listing: Listing, tmp_path: Path) -> None:
    collection = seed(service, 1)
    live = look(listing, collection).live
    assert isinstance(listing.inventory, LocalInventory)
    made = listing.sets.make_path("made")
    made.write_bytes(b"x")

    with pytest.raises(Exception, match="no id"):
        listing.inventory.store("../../elsewhere", made)

    assert live.count == 1
    assert not (tmp_path.parent / "elsewhere.parquet").exists()
