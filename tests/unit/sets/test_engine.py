"""The bounds of the engine."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from byocplan.errors import SpaceError
from byocplan.model.change import WRITES, Reason, TileAction
from byocplan.model.tile import LiveTile
from byocplan.sets import DesiredTiles, FileBatch, Judges, LiveTiles, Orphan, SourceRule, TileSets, compare_tiles
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


def fill(sets: TileSets, count: int) -> tuple[DesiredTiles, LiveTiles]:
    """Return sets of so many tiles, about 700 bytes a live one: of 100 one to create, one to delete, one read again."""
    desired, live = sets.make_desired([SourceRule("a:1")]), sets.make_live()
    engine = desired.engine
    source = f"FROM range({count}) AS numbers(n)"
    columns = "printf('2019/%07d', n) AS path, 'B1=' || repeat(md5(n::VARCHAR), 7)"
    rest = "0 AS source, [0] AS sources, 1 AS newest_ms, NULL::BIGINT AS sensing_ms, '2019' AS grp, TRUE AS is_complete, NULL::INTEGER AS cover"
    engine.run(
        f"CREATE TABLE $into AS SELECT {columns} || (n % 100 = 3)::INT AS files, {rest} {source} WHERE n % 100 <> 2",
        into=desired.table,
    )
    engine.run(
        f"INSERT INTO $into BY NAME SELECT uuid()::VARCHAR AS id, {columns} || '0' AS files, 'INGESTED' AS status,"
        f" repeat(sha256(n::VARCHAR), 6) AS cover {source} WHERE n % 100 <> 1",
        into=live.table,
    )
    live.finish()
    return desired, live


def compare_in(memory_limit: str, count: int, *, with_live: bool) -> tuple[object, list[str]]:
    with TileSets(EngineOptions(memory_limit=memory_limit)) as sets:
        desired, live = fill(sets, count)
        comparison = compare_tiles(desired, live if with_live else None, JUDGES)
        members = [change.path for action in WRITES for change in comparison.iter_changes(action)]
        return comparison.set_changes(), members


@pytest.mark.parametrize("with_live", [True, False], ids=["most kept", "all created"])
@pytest.mark.parametrize(
    ("count", "memory_limit"), [(40_000, "24MB"), pytest.param(300_000, "64MB", marks=pytest.mark.sweep)]
)
def test_sets_larger_than_memory_compare_like_small_ones(count: int, memory_limit: str, *, with_live: bool) -> None:
    spilled = compare_in(memory_limit, count, with_live=with_live)

    assert spilled == compare_in("1GB", count, with_live=with_live)
    assert len(spilled[1]) == (3 * count // 100 if with_live else count * 99 // 100)


def make_too_much(folder: str, memory_limit: str) -> str:
    """Return what is said of sets that do not fit."""
    with (
        pytest.raises(SpaceError) as caught,
        TileSets(EngineOptions(memory_limit=memory_limit, folder=folder)) as sets,
    ):
        fill(sets, 100_000)
    return str(caught.value)


def test_sets_that_fit_into_no_memory_end_in_a_message_that_says_where(tmp_path: Path) -> None:
    message = make_too_much(str(tmp_path), "2MB")

    assert message.startswith(f"{tmp_path}: the tiles of this run do not fit into 2MB of memory")
    assert "TMPDIR" in message
    assert not list(tmp_path.iterdir())


def test_sets_that_fit_on_no_disk_end_in_a_message_that_says_where(tmp_path: Path) -> None:
    # The limit holds for a whole process. What is left of the engine when it is met must not trouble its end either.
    limits = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
    call = f"from tests.unit.sets.test_engine import make_too_much; print(make_too_much({str(tmp_path)!r}, '16MB'))"

    done = subprocess.run([sys.executable, "-B", "-c", f"{limits}; {call}"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith(f"{tmp_path}: there is no room for the temporary files of this run; make room there")
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())


def make_files(start: int, end: int) -> FileBatch:
    rows = range(start, end)
    same = len(rows)
    return FileBatch(0, [f"{i:07d}" for i in rows], [""] * same, ["e"] * same, [1] * same, [None] * same, ["g"] * same)


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
