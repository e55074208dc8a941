"""Waiting for ingestion, against a service that is a table of tiles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest

from byocplan.applier.batch import Ingestion, decode_id, encode_id
from byocplan.applier.ingestion import SETTLE_S, release_ended, wait_ingestion
from byocplan.applier.options import ApplyOptions
from byocplan.applier.result import Handed
from byocplan.applier.run import Run
from byocplan.applier.tally import Tally
from byocplan.errors import ApiError, NotFoundError
from byocplan.model.event import Ingesting
from byocplan.model.tile import LiveTile, TilePage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.api.client import WriteClient
    from byocplan.model.event import Event

PAGE = 100


@dataclass(slots=True)
class Table:
    """Tiles by id, and what happens to them at each sleep."""

    tiles: dict[str, LiveTile] = field(default_factory=dict)
    on_sleep: Callable[[], None] = lambda: None
    now_s: float = 0.0
    pages_read: int = 0
    tiles_read: int = 0
    is_down: bool = False
    has_times: bool = False
    hidden: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)

    def add(self, count: int, status: str, **more: object) -> list[str]:
        """Add tiles and return their ids."""
        start = len(self.tiles)
        ids = [str(UUID(int=number)) for number in range(start, start + count)]
        tile = replace(LiveTile("", "a/(BAND).tif", status), **more)  # type: ignore[arg-type] # fields of LiveTile
        made = [replace(tile, id=tile_id) for tile_id in ids]
        if self.has_times:
            made = [replace(tile, created_ms=number) for number, tile in enumerate(made, start)]
        self.tiles |= {tile.id: tile for tile in made}
        return ids

    def move(self, status: str, ids: list[str], **more: object) -> None:
        """Give tiles a status."""
        for tile_id in ids:
            self.tiles[tile_id] = replace(self.tiles[tile_id], status=status, **more)  # type: ignore[arg-type] # as above

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self.on_sleep()

    def get_tile(self, collection_id: str, tile_id: str) -> LiveTile:
        """Answer one tile."""
        assert collection_id == "c"
        self.tiles_read += 1
        if tile_id not in self.tiles:
            raise NotFoundError("GET", 404, "no such tile")
        return self.tiles[tile_id]

    def iter_tile_pages(
        self, collection_id: str, status: str, sort: str = "", *, ahead: bool = False
    ) -> Iterator[TilePage]:
        """Answer the tiles of a status that do not hide."""
        assert (collection_id, ahead) == ("c", False)
        if self.is_down:
            raise ApiError("GET", 503, "no answer")
        rows = [tile for tile in self.tiles.values() if tile.status == status and tile.id not in self.hidden]
        self.hidden.clear()
        rows.sort(key=lambda tile: tile.created_ms or 0, reverse=sort == "created:desc")
        for start in range(0, len(rows), PAGE):
            self.pages_read += 1
            part = rows[start : start + PAGE]
            empty = [None] * len(part)
            yield TilePage(
                ids=[tile.id for tile in part],
                paths=[tile.path for tile in part],
                statuses=[tile.status for tile in part],
                sensing_times_ms=empty,
                covers=empty,
                created_ms=[tile.created_ms for tile in part],
                ingestion_starts_ms=[tile.ingestion_start_ms for tile in part],
                files=empty,
                causes=[tile.cause for tile in part],
            )


def make_run(table: Table, **options: Any) -> Run:
    told = ApplyOptions(clock=lambda: table.now_s, sleep=table.sleep, **options)
    return Run(cast("WriteClient", table), told, table.events.append, Tally({}), 0.0)


def hand_over(table: Table, ids: list[str], ingestion: Ingestion, started_ms: int | None = None) -> None:
    for tile_id in ids:
        created_ms = table.tiles[tile_id].created_ms if tile_id in table.tiles else None
        ingestion.get_batch("c").add(Handed(tile_id, created_ms, started_ms))


def wait(table: Table, ids: list[str], *, started_ms: int | None = None, timeout_s: float | None = 600) -> Ingestion:
    ingestion = Ingestion()
    hand_over(table, ids, ingestion, started_ms)
    wait_ingestion(make_run(table, timeout_s=timeout_s), ingestion)
    return ingestion


def release(table: Table, run: Run, ingestion: Ingestion, after_s: float = SETTLE_S) -> None:
    table.now_s += after_s
    release_ended(run, ingestion, ingestion.get_batch("c"))


def test_few_tiles_are_read_one_by_one() -> None:
    table = Table()
    table.add(1000, "WAITING")
    ids = table.add(5, "INGESTING")
    table.on_sleep = lambda: table.move("INGESTED", ids)

    ingestion = wait(table, ids)

    assert (ingestion.ingested, ingestion.unfinished) == (5, 0)
    assert (table.tiles_read, table.pages_read) == (10, 0)


def test_many_tiles_cost_a_few_pages_a_poll() -> None:
    table = Table()
    ids = table.add(5000, "WAITING")
    table.add(5000, "INGESTED")
    done = [0]

    def ingest_some() -> None:
        table.move("INGESTED", ids[done[0] : done[0] + 500])
        done[0] += 500

    table.on_sleep = ingest_some

    ingestion = wait(table, ids)

    assert (ingestion.ingested, ingestion.failed, ingestion.unfinished) == (5000, 0, 0)
    assert table.pages_read < 15 * len(table.events)
    assert table.tiles_read <= 6  # whether what left the lists shows at all, and is there at the end


def test_failed_tiles_are_counted_once_and_those_of_others_not_at_all() -> None:
    table = Table()
    table.add(250, "FAILED", cause="theirs")
    ids = table.add(60, "WAITING")

    def finish() -> None:
        table.move("FAILED", ids[:7], cause="no file at index 1")
        table.move("INGESTED", ids[7:])

    table.on_sleep = finish

    ingestion = wait(table, ids)

    assert (ingestion.ingested, ingestion.failed) == (53, 7)
    assert ingestion.causes.count_by_cause() == {"no file at index 1": 7}


def test_a_tile_missing_from_one_listing_is_not_taken_as_ended() -> None:
    table = Table()
    ids = table.add(30, "INGESTING")
    table.hidden = set(ids[:10])

    ingestion = wait(table, ids, timeout_s=3)

    assert (ingestion.ingested, ingestion.unfinished) == (0, 30)


def test_lists_full_of_other_writers_tiles_do_not_hide_our_end() -> None:
    table = Table()
    table.add(1000, "WAITING")
    ids = table.add(50, "INGESTED")

    ingestion = wait(table, ids)

    assert (ingestion.ingested, ingestion.unfinished) == (50, 0)
    assert table.pages_read < 40


@pytest.mark.parametrize("count", [3, 30])
def test_the_failure_before_a_reingest_is_not_taken_for_its_end(count: int) -> None:
    table = Table()
    ids = table.add(count, "FAILED", ingestion_start_ms=1, cause="old")

    def ingest_late() -> None:
        if table.now_s > 5:
            table.move("INGESTED", ids, ingestion_start_ms=2, cause=None)

    table.on_sleep = ingest_late

    ingestion = wait(table, ids, started_ms=1)

    assert (ingestion.ingested, ingestion.failed) == (count, 0)


@pytest.mark.parametrize("count", [3, 30, 500])
def test_the_success_before_a_reingest_is_not_taken_for_its_end(count: int) -> None:
    table = Table(has_times=True)
    ids = table.add(count, "INGESTED", ingestion_start_ms=1)

    def fail_late() -> None:
        if table.now_s > 20:
            table.move("FAILED", ids, ingestion_start_ms=2, cause="new")

    table.on_sleep = fail_late

    ingestion = wait(table, ids, started_ms=1)

    assert (ingestion.ingested, ingestion.failed) == (0, count)
    assert table.now_s < SETTLE_S
    assert table.tiles_read < count + 20 * len(table.events)


def test_a_reingest_is_not_read_itself_once_it_was_seen_pending() -> None:
    table = Table(has_times=True)
    ids = table.add(250, "WAITING", ingestion_start_ms=2)
    table.on_sleep = lambda: table.move("INGESTED", ids)

    ingestion = wait(table, ids, started_ms=1)

    assert (ingestion.ingested, ingestion.unfinished) == (250, 0)
    assert table.tiles_read <= 4


def test_what_a_poll_reads_of_reingests_is_bounded_and_stops_when_told() -> None:
    table = Table(has_times=True)
    ids = table.add(500, "INGESTED", ingestion_start_ms=2)
    ingestion = Ingestion()
    hand_over(table, ids, ingestion, started_ms=1)
    run = make_run(table, timeout_s=600)
    table.on_sleep = lambda: run.stop.stop("enough")
    wait_ingestion(run, ingestion)

    assert (table.tiles_read, ingestion.ingested, ingestion.unfinished) == (100, 100, 400)


@pytest.mark.parametrize("count", [3, 30])
def test_a_tile_deleted_after_its_reingest_is_told_at_once(count: int) -> None:
    table = Table(has_times=True)
    ids = table.add(count, "INGESTED", ingestion_start_ms=1)
    table.tiles.clear()

    ingestion = wait(table, ids, started_ms=1)

    assert (ingestion.failed, ingestion.unfinished) == (count, 0)
    assert table.now_s < 5


@pytest.mark.parametrize("count", [3, 30])
def test_a_reingest_that_never_shows_ends_with_what_is_seen(count: int) -> None:
    table = Table()
    ids = table.add(count, "FAILED", ingestion_start_ms=1, cause="old")

    ingestion = wait(table, ids, started_ms=1, timeout_s=None)

    assert (ingestion.ingested, ingestion.failed) == (0, count)
    assert SETTLE_S <= table.now_s < 2 * SETTLE_S


def test_a_tile_deleted_meanwhile_is_told() -> None:
    table = Table()

    ingestion = wait(table, [str(UUID(int=7))])

    assert ingestion.failed == 1
    assert "deleted by somebody else" in next(iter(ingestion.causes.count_by_cause()))


def test_a_long_queue_is_told_as_it_shrinks() -> None:
    table = Table(has_times=True)
    ids = table.add(5000, "WAITING")
    done = [0]

    def ingest_some() -> None:
        table.move("INGESTED", ids[done[0] : done[0] + 500])
        done[0] += 500

    table.on_sleep = ingest_some

    wait(table, ids)

    told = [event.remaining for event in table.events if isinstance(event, Ingesting)]
    assert told == sorted(told, reverse=True)
    assert len(set(told)) > 8


def test_one_tile_that_hangs_does_not_hide_the_end_of_the_others() -> None:
    table = Table(has_times=True)
    stuck, *ids = table.add(3000, "INGESTING")
    table.on_sleep = lambda: table.move("INGESTED", ids)

    ingestion = wait(table, [stuck, *ids], timeout_s=20)

    assert (ingestion.ingested, ingestion.unfinished) == (2999, 1)


def test_tiles_that_hang_by_the_hundred_hide_the_end_of_the_others_for_a_while_only() -> None:
    table = Table(has_times=True)
    stuck, ids = table.add(1000, "INGESTING"), table.add(3000, "INGESTING")
    table.move("FAILED", ids[:20], cause="no file")
    table.on_sleep = lambda: table.move("INGESTED", ids[20:])

    ingestion = wait(table, [*stuck, *ids], timeout_s=600)

    assert (ingestion.ingested, ingestion.failed, ingestion.unfinished) == (2980, 20, 1000)


def test_the_end_of_a_long_queue_that_stood_still_is_noticed_soon() -> None:
    table = Table(has_times=True)
    *most, last = table.add(3000, "WAITING")

    def ingest_late() -> None:
        if table.now_s > 300:
            table.move("INGESTED", most)
        if table.now_s > 500:
            table.move("INGESTED", [last])

    table.on_sleep = ingest_late

    wait(table, [*most, last], timeout_s=None)

    told = [event for event in table.events if isinstance(event, Ingesting)]
    assert next(event.elapsed_s for event in told if event.remaining == 1) <= 350
    assert table.now_s <= 510


def test_tiles_that_end_one_by_one_behind_such_as_hang_are_all_seen_to_end() -> None:
    table = Table(has_times=True)
    stuck, ids = table.add(500, "INGESTING"), table.add(3000, "INGESTING")
    turns = iter(range(0, 3000, 100))

    def ingest_some() -> None:
        if table.now_s > SETTLE_S and (start := next(turns, None)) is not None:
            table.move("INGESTED", ids[start : start + 100])

    table.on_sleep = ingest_some

    ingestion = wait(table, [*stuck, *ids], timeout_s=3600)

    assert (ingestion.ingested, ingestion.unfinished) == (3000, 500)


def test_a_long_queue_that_stands_still_takes_no_more_requests_a_minute_however_deep_it_is_read() -> None:
    table = Table(has_times=True)

    wait(table, table.add(20_000, "WAITING"), timeout_s=3600)

    assert table.pages_read <= 1.1 * 3 * 3600 / 5


def test_between_writes_what_has_ended_is_counted_and_let_go_of() -> None:
    table = Table(has_times=True)
    table.add(500, "FAILED", cause="of long ago")
    run, ingestion, most = make_run(table), Ingestion(), 0
    batch = ingestion.get_batch("c")
    for _ in range(10):
        ids = table.add(1000, "INGESTED")
        table.move("FAILED", ids[:30], cause="no file at index 1")
        hand_over(table, ids, ingestion)
        most = max(most, batch.unfinished)
        release(table, run, ingestion)
    pages, released = table.pages_read, ingestion.ingested
    wait_ingestion(run, ingestion)

    assert most <= 4000
    assert released >= 6000
    assert pages < 20  # of FAILED tiles those alone that were made meanwhile
    assert (ingestion.ingested, ingestion.failed, ingestion.unfinished) == (9700, 300, 0)
    assert ingestion.causes.count_by_cause() == {"no file at index 1": 300}
    assert (len(batch.pending), len(batch.doubtful), len(batch.listed)) == (0, 0, 0)


def test_a_service_that_lags_behind_does_not_keep_what_has_ended() -> None:
    table = Table(has_times=True)
    run, ingestion, most = make_run(table), Ingestion(), 0
    ids: list[str] = []
    for _ in range(10):
        ids += table.add(1000, "WAITING")
        hand_over(table, ids[-1000:], ingestion)
        table.move("INGESTED", ids[:-2500])
        most = max(most, ingestion.unfinished)
        release(table, run, ingestion)

    assert most <= 6000


def test_tiles_handed_over_lately_are_not_taken_as_ended() -> None:
    table = Table(has_times=True)
    run, ingestion = make_run(table), Ingestion()
    ids = table.add(50, "INGESTED")
    hand_over(table, ids, ingestion)

    for _ in range(6):
        release(table, run, ingestion, after_s=10)

    assert (ingestion.ingested, ingestion.waiting, table.pages_read + table.tiles_read) == (0, 50, 0)


def test_a_reingest_counts_once_its_new_end_shows() -> None:
    table = Table(has_times=True)
    run, ingestion = make_run(table), Ingestion()
    ids = table.add(50, "FAILED", ingestion_start_ms=1, cause="old")
    hand_over(table, ids, ingestion, started_ms=1)
    release(table, run, ingestion)
    table.move("INGESTED", ids, ingestion_start_ms=2, cause=None)
    for _ in range(2):
        release(table, run, ingestion)

    assert (ingestion.ingested, ingestion.failed, len(ingestion.get_batch("c").before)) == (50, 0, 0)


def test_a_service_that_cannot_be_read_between_writes_is_asked_again_at_the_end() -> None:
    table = Table(has_times=True)
    run, ingestion = make_run(table), Ingestion()
    ids = table.add(50, "INGESTED")
    hand_over(table, ids, ingestion)
    release(table, run, ingestion)
    table.is_down = True
    release(table, run, ingestion)
    table.is_down = False
    wait_ingestion(run, ingestion)

    assert not run.stop.is_set
    assert (ingestion.ingested, ingestion.unfinished) == (50, 0)


def test_no_more_is_written_where_most_tiles_fail() -> None:
    table = Table(has_times=True)
    run, ingestion = make_run(table), Ingestion()
    for _ in range(4):
        hand_over(table, table.add(1000, "FAILED", cause="no file at index 1"), ingestion)
        release(table, run, ingestion)

    assert "100% of the tiles FAILED ingestion, mostly: no file at index 1" in run.stop.reason


def test_a_release_reads_a_part_of_a_long_list_of_failed_tiles_and_the_end_the_rest() -> None:
    table = Table(has_times=True)
    ids = table.add(9000, "FAILED", ingestion_start_ms=2, cause="again")
    run, ingestion = make_run(table), Ingestion()
    hand_over(table, ids[:100], ingestion, started_ms=1)
    for _ in range(3):
        release(table, run, ingestion)
    pages, failed = table.pages_read, ingestion.failed
    wait_ingestion(run, ingestion)

    assert (failed, pages) == (0, 50)
    assert (ingestion.ingested, ingestion.failed, ingestion.unfinished) == (0, 100, 0)


def test_a_tile_of_an_earlier_run_counts_once_when_a_change_finds_it_satisfied() -> None:
    table = Table(has_times=True)
    ids = table.add(50, "INGESTED")
    batch = Ingestion().get_batch("c")
    for tile_id in ids[:25]:
        batch.adopt(Handed(tile_id, 0))

    assert [batch.has_adopted(Handed(tile_id, 0)) for tile_id in (ids[0], ids[30])] == [True, False]


def test_without_waiting_tiles_are_only_counted() -> None:
    table = Table(has_times=True)
    run, ingestion = make_run(table, wait=False), Ingestion()
    for _ in range(3):
        hand_over(table, table.add(50, "WAITING"), ingestion)
        release(table, run, ingestion)

    assert (ingestion.unfinished, ingestion.waiting, table.pages_read) == (150, 0, 0)


def hide(table: Table, count: int) -> list[str]:
    """Return the ids of tiles that the table does not have yet."""
    ids = table.add(count, "WAITING")
    for tile_id in ids:
        del table.tiles[tile_id]
    return ids


def show_late(table: Table, ids: list[str], after_s: float, ended_s: float) -> None:
    """Have tiles show only after a while, and fail later."""
    made = {tile_id: LiveTile(tile_id, "a/(BAND).tif", "WAITING", created_ms=9000 + n) for n, tile_id in enumerate(ids)}

    def pass_time() -> None:
        if table.now_s >= after_s and ids[0] not in table.tiles:
            table.tiles |= made
        if table.now_s >= ended_s:
            table.move("FAILED", ids, cause="no file at index 1")

    table.on_sleep = pass_time


@pytest.mark.parametrize("others", [0, 1, 30])
def test_new_tiles_that_do_not_show_yet_are_not_taken_as_ended_beside_reingests(others: int) -> None:
    table = Table(has_times=True)
    again = table.add(others, "INGESTED", ingestion_start_ms=2)
    ids = hide(table, 200)
    show_late(table, ids, after_s=60, ended_s=300)
    ingestion = Ingestion()
    for number, tile_id in enumerate(ids):
        ingestion.get_batch("c").add(Handed(tile_id, 9000 + number))
    hand_over(table, again, ingestion, started_ms=1)
    wait_ingestion(make_run(table, timeout_s=3600), ingestion)

    assert (ingestion.ingested, ingestion.failed) == (others, 200)
    assert table.pages_read + table.tiles_read < 400


def test_a_few_tiles_that_hang_are_asked_for_ever_less_often() -> None:
    table = Table(has_times=True)
    ids = table.add(30, "WAITING")
    turns = iter([ids[:12], ids[12:18], ids[18:24]])
    table.on_sleep = lambda: table.move("INGESTED", next(turns, []))

    ingestion = wait(table, ids, timeout_s=600)

    assert (ingestion.ingested, ingestion.unfinished) == (24, 6)
    assert table.tiles_read < 1000


@pytest.mark.parametrize("count", [15, 50])
def test_tiles_deleted_meanwhile_are_told_however_many_they_are(count: int) -> None:
    table = Table(has_times=True)
    ids = table.add(count, "WAITING")
    table.on_sleep = table.tiles.clear

    ingestion = wait(table, ids)

    assert (ingestion.ingested, ingestion.failed) == (0, count)
    assert "deleted by somebody else" in next(iter(ingestion.causes.count_by_cause()))


@pytest.mark.parametrize(
    "text", ["017aa0ae-33a6-45d3-8548-0f7d1041b40c", "017AA0AE-33A6-45D3-8548-0F7D1041B40C", "tile-1", "x" * 16]
)
def test_an_id_comes_back_as_it_was(text: str) -> None:
    assert decode_id(encode_id(text)) == text
