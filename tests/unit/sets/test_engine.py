"""The bounds of the engine."""

import signal

import pytest

from byocplan.model.change import Reason, TileAction
from byocplan.model.tile import LiveTile
from byocplan.sets import FileBatch, Judges, Orphan, SourceRule, TileSets, compare_tiles
from byocplan.sets.engine import SETTLE_EVERY, Engine, EngineOptions
from tests.support.tile_sets import Wanted, make_desired, make_live

JUDGES = Judges(lambda _path: Orphan(TileAction.DELETE, Reason.FILE_GONE, ""), lambda _left, _right: True)


def test_many_small_collections_fit_in_little_memory() -> None:
    with TileSets(EngineOptions(memory_limit="16MB")) as sets:
        for index in range(3 * SETTLE_EVERY):
            path = str(index)
            desired = make_desired(sets, [Wanted(path)], [SourceRule("a:1")])
            comparison = compare_tiles(desired, make_live(sets, [LiveTile("1", path, "INGESTED")]), JUDGES)

            assert [each.action for each in comparison.set_changes()] == [TileAction.KEEP]


def make_files(start: int, end: int) -> FileBatch:
    rows = range(start, end)
    same = len(rows)
    return FileBatch(
        0, [f"{i:07d}" for i in rows], [""] * same, ["e"] * same, [1] * same, [1] * same, [None] * same, ["g"] * same
    )


def test_members_are_read_while_other_sets_are_made() -> None:
    count = 2 * 20_000 + 1
    with TileSets() as sets:
        desired = make_desired(sets, [], [])
        live = sets.make_live()
        live.finish()
        many = sets.make_desired([SourceRule("a:1")])
        for start in range(0, count, 10_000):
            many.add_files(make_files(start, min(count, start + 10_000)))
        many.finish()
        members = compare_tiles(many, None, JUDGES).iter_changes(TileAction.CREATE)

        first = next(members)
        for _ in range(SETTLE_EVERY):
            compare_tiles(desired, live, JUDGES)

        assert first.path == "0000000"
        assert sum(1 for _ in members) == count - 1


def test_what_a_signal_handler_raises_ends_a_statement_and_the_engine_goes_on() -> None:
    class Alarm(BaseException):
        pass

    def ring(_number: int, _frame: object) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    engine = Engine(EngineOptions())
    try:
        for delay_s in (0.001, 0.01, 0.2):
            signal.setitimer(signal.ITIMER_REAL, delay_s)
            with pytest.raises(Alarm):
                engine.run("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b")

            assert engine.get_number("SELECT 42") == 42
    finally:
        signal.signal(signal.SIGALRM, before)
        engine.close()
