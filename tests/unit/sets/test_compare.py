"""Each kind of live and desired tile, and the one verdict it gets."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.change import Reason, TileAction
from byocplan.model.tile import LiveTile
from byocplan.sets import Comparison, Judges, Orphan, RowBatch, SourceRule, TileSets, compare_tiles
from tests.support.tile_sets import Wanted, make_desired, make_live

RULE = SourceRule("a:1", required=("B1",))
WANTED = Wanted("g/1", sensing_time_ms=7, modified_ms=1000)
LIVE = LiveTile("1", "g/1", "INGESTED", 7, created_ms=5000, ingestion_start_ms=5000, files={"B1": "e1"})


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def judge_never(path: str) -> Orphan:
    raise AssertionError(f"{path} is desired")


def judge_always(path: str) -> Orphan:
    return Orphan(TileAction.DELETE, Reason.FILE_GONE, "gone")


def compare(
    sets: TileSets, wanted: list[Wanted], live: list[LiveTile], rule: SourceRule = RULE, *, same: bool = False
) -> Comparison:
    judges = Judges(judge_always, lambda _left, _right: same)
    return compare_tiles(make_desired(sets, wanted, [rule]), make_live(sets, live), judges)


def get_verdict(comparison: Comparison) -> tuple[str, dict[str, int]]:
    (found,) = comparison.set_changes()
    assert found.count == 1
    return found.action.value, dict(found.reasons)


@pytest.mark.parametrize(
    ("wanted", "live", "rule", "action", "reason"),
    [
        pytest.param(WANTED, LIVE, RULE, "keep", "as-desired", id="equal"),
        pytest.param(WANTED, replace(LIVE, sensing_time_ms=8), RULE, "update", "sensing-time", id="time"),
        pytest.param(WANTED, replace(LIVE, sensing_time_ms=None), RULE, "update", "sensing-time", id="timeless live"),
        pytest.param(
            WANTED,
            replace(LIVE, sensing_time_ms=8),
            replace(RULE, sensing_managed=False),
            "keep",
            "as-desired",
            id="time not managed",
        ),
        pytest.param(WANTED, replace(LIVE, cover="x"), RULE, "keep", "as-desired", id="cover not managed"),
        pytest.param(
            WANTED, replace(LIVE, cover="x"), replace(RULE, cover="y"), "update", "cover-geometry", id="cover"
        ),
        pytest.param(
            WANTED,
            replace(LIVE, sensing_time_ms=8, cover="x"),
            replace(RULE, cover="y"),
            "update",
            "sensing-time-and-cover-geometry",
            id="time and cover",
        ),
        pytest.param(
            WANTED,
            replace(LIVE, sensing_time_ms=8, cover="y"),
            replace(RULE, cover="y"),
            "update",
            "sensing-time",
            id="time, same cover",
        ),
        pytest.param(
            WANTED,
            replace(LIVE, sensing_time_ms=8, cover="x"),
            replace(RULE, sensing_managed=False, cover="y"),
            "update",
            "cover-geometry",
            id="cover, time not managed",
        ),
        pytest.param(WANTED, replace(LIVE, cover="y"), replace(RULE, cover="y"), "keep", "as-desired", id="same cover"),
        pytest.param(WANTED, LIVE, replace(RULE, cover="y"), "update", "cover-geometry", id="no cover live"),
        pytest.param(
            WANTED,
            replace(LIVE, status="FAILED"),
            replace(RULE, cover="y"),
            "failed",
            "ingestion-failed",
            id="a failed tile shows no cover",
        ),
        pytest.param(
            replace(WANTED, modified_ms=6000),
            replace(LIVE, status="FAILED"),
            replace(RULE, cover="y"),
            "update",
            "cover-geometry",
            id="mended, and its cover is sure to be sent",
        ),
        pytest.param(WANTED, replace(LIVE, files={"B1": "e0"}), RULE, "reingest", "content-changed", id="file"),
        pytest.param(
            WANTED,
            replace(LIVE, files={"B1": "e0"}),
            replace(RULE, reingest_on_change=False),
            "keep",
            "as-desired",
            id="file, ignored",
        ),
        pytest.param(WANTED, replace(LIVE, files={}), RULE, "keep", "as-desired", id="files not recorded"),
        pytest.param(WANTED, replace(LIVE, files={"B9": "e9"}), RULE, "keep", "as-desired", id="no file in common"),
        pytest.param(
            WANTED, replace(LIVE, files={"B1": "e1", "B9": "e9"}), RULE, "keep", "as-desired", id="one file more live"
        ),
        pytest.param(WANTED, replace(LIVE, status="FAILED"), RULE, "failed", "ingestion-failed", id="failed"),
        pytest.param(
            replace(WANTED, modified_ms=6000),
            replace(LIVE, status="FAILED"),
            RULE,
            "reingest",
            "file-newer",
            id="mended",
        ),
        pytest.param(
            replace(WANTED, modified_ms=9),
            replace(LIVE, status="FAILED", files={"B1": "e0"}),
            RULE,
            "failed",
            "ingestion-failed",
            id="failed with an older file",
        ),
        pytest.param(
            replace(WANTED, modified_ms=9),
            replace(LIVE, status="FAILED", ingestion_start_ms=None, created_ms=None),
            RULE,
            "failed",
            "ingestion-failed",
            id="failed who knows when",
        ),
        pytest.param(replace(WANTED, modified_ms=6000), LIVE, RULE, "keep", "as-desired", id="a newer file, same ETag"),
        pytest.param(
            WANTED, replace(LIVE, status="WAITING", sensing_time_ms=8), RULE, "pending", "ingesting", id="waiting"
        ),
        pytest.param(WANTED, replace(LIVE, status="QUEUED"), RULE, "pending", "ingesting", id="queued"),
        pytest.param(WANTED, replace(LIVE, status="INGESTING"), RULE, "pending", "ingesting", id="ingesting"),
        pytest.param(replace(WANTED, files={}), LIVE, RULE, "keep", "file-missing", id="incomplete"),
        pytest.param(
            replace(WANTED, files={}),
            replace(LIVE, sensing_time_ms=8),
            RULE,
            "keep",
            "file-missing",
            id="incomplete, time",
        ),
        pytest.param(
            replace(WANTED, files={}),
            replace(LIVE, status="FAILED"),
            RULE,
            "failed",
            "file-missing",
            id="incomplete, failed",
        ),
        pytest.param(WANTED, None, RULE, "create", "not-live", id="not live"),
        pytest.param(replace(WANTED, files={}), None, RULE, "incomplete", "file-missing", id="incomplete, not live"),
        pytest.param(None, LIVE, RULE, "delete", "file-gone", id="orphan"),
        pytest.param(None, replace(LIVE, status="FAILED"), RULE, "delete", "file-gone", id="failed orphan"),
        pytest.param(None, replace(LIVE, status="QUEUED"), RULE, "pending", "ingesting", id="queued orphan"),
    ],
)
def test_every_tile_gets_one_verdict(
    sets: TileSets, wanted: Wanted | None, live: LiveTile | None, rule: SourceRule, action: str, reason: str
) -> None:
    comparison = compare(sets, [wanted] if wanted else [], [live] if live else [], rule)

    assert get_verdict(comparison) == (action, {reason: 1})


def test_a_cover_written_otherwise_is_no_difference(sets: TileSets) -> None:
    live = replace(LIVE, cover="x")

    assert get_verdict(compare(sets, [WANTED], [live], replace(RULE, cover="y"), same=True))[0] == "keep"


def test_an_update_whose_files_changed_too_says_so(sets: TileSets) -> None:
    mended = replace(LIVE, id="2", path="g/2", status="FAILED", sensing_time_ms=None)
    changed = replace(LIVE, sensing_time_ms=8, files={"B1": "e0"})
    plain = replace(LIVE, id="3", path="g/3", sensing_time_ms=8)
    wanted = [WANTED, replace(WANTED, path="g/2", modified_ms=6000), replace(WANTED, path="g/3")]

    comparison = compare(sets, wanted, [changed, mended, plain])

    assert [(c.path, c.also_reingest) for c in comparison.iter_changes(TileAction.UPDATE)] == [
        ("g/1", True),
        ("g/2", True),
        ("g/3", False),
    ]


def test_an_update_carries_merged_values(sets: TileSets) -> None:
    live = replace(LIVE, sensing_time_ms=8, cover="live")

    (change,) = compare(sets, [WANTED], [live]).iter_changes(TileAction.UPDATE)

    assert (change.id, change.sensing_time_ms, change.sensing_managed) == ("1", 7, True)
    assert (change.cover, change.cover_managed) == ("live", False)


def test_an_update_of_the_cover_keeps_the_live_time(sets: TileSets) -> None:
    rule = replace(RULE, sensing_managed=False, cover="asked")

    (change,) = compare(sets, [replace(WANTED, sensing_time_ms=None)], [LIVE], rule).iter_changes(TileAction.UPDATE)

    assert (change.sensing_time_ms, change.sensing_managed) == (7, False)
    assert (change.cover, change.cover_managed) == ("asked", True)


def test_creates_come_by_sensing_time_timeless_first(sets: TileSets) -> None:
    wanted = [
        Wanted("c", sensing_time_ms=1),
        Wanted("a", sensing_time_ms=2),
        Wanted("b", sensing_time_ms=1),
        Wanted("z"),
    ]

    changes = compare(sets, wanted, []).iter_changes(TileAction.CREATE)

    assert [change.path for change in changes] == ["z", "b", "c", "a"]


def test_sets_are_grouped_sampled_and_bounded(sets: TileSets) -> None:
    wanted = [Wanted(f"{i:03d}", sensing_time_ms=i * 86_400_000 * 40, group=f"g{i % 20:02d}") for i in range(100)]
    wanted.append(Wanted("x", group="g00"))

    (found,) = compare(sets, wanted, []).set_changes()

    assert (found.action, found.count) == (TileAction.CREATE, 101)
    assert list(found.groups["prefix"].items())[:2] == [("g00", 6), ("g01", 5)]
    assert (len(found.groups["prefix"]), len(found.groups["month"])) == (8, 36)
    assert [sample.path for sample in found.samples] == ["000", "001", "002", "003", "004"]


def test_samples_of_updates_have_the_live_time_too(sets: TileSets) -> None:
    live = [
        replace(LIVE, sensing_time_ms=8),
        replace(LIVE, id="2", path="g/2", sensing_time_ms=None),
        replace(LIVE, id="3", path="g/3"),
    ]

    update, keep = compare(sets, [replace(WANTED, path=f"g/{number}") for number in (1, 2, 3)], live).set_changes()

    assert [(each.path, each.sensing_time_ms, each.live_sensing_time_ms) for each in update.samples] == [
        ("g/1", 7, 8),
        ("g/2", 7, None),
    ]
    assert ([each.is_retimed for each in update.samples], keep.samples[0].is_retimed) == ([True, True], False)


def test_the_digest_of_updates_is_of_what_is_asked_whatever_of_it_differs(sets: TileSets) -> None:
    rule = replace(RULE, cover="y")
    lives = [replace(LIVE, sensing_time_ms=8, cover="y"), replace(LIVE, cover="x"), replace(LIVE, sensing_time_ms=9)]

    found = [compare(sets, [WANTED], [live], rule).set_changes()[0] for live in lives]

    assert len({tuple(each.reasons) for each in found}) == 3
    assert len({each.digest for each in found}) == 1


def test_months_are_named_and_timeless_tiles_apart(sets: TileSets) -> None:
    times = {"a": 1_574_812_800_000, "b": 1_575_158_400_000, "c": -1, "d": None}

    (found,) = compare(sets, [Wanted(path, sensing_time_ms=time) for path, time in times.items()], []).set_changes()

    assert found.groups["month"] == {"1969-12": 1, "2019-11": 1, "2019-12": 1, "timeless": 1}


def test_digests_know_what_is_asked_and_not_the_order(sets: TileSets) -> None:
    wanted = [Wanted(str(i), sensing_time_ms=i) for i in range(50)]

    def digest(tiles: list[Wanted], rule: SourceRule = RULE) -> str:
        return compare(sets, tiles, [], rule).set_changes()[0].digest

    assert digest(wanted) == digest(wanted[::-1])
    assert digest(wanted) != digest([*wanted[1:], replace(wanted[0], sensing_time_ms=99)])
    assert digest(wanted) != digest([*wanted[1:], replace(wanted[0], path="other")])
    assert digest(wanted) != digest(wanted, replace(RULE, cover="c"))


def test_orphans_are_judged_by_path_and_the_desired_never(sets: TileSets) -> None:
    judges = Judges(judge_never, lambda _left, _right: True)

    comparison = compare_tiles(make_desired(sets, [WANTED], [RULE]), make_live(sets, [LIVE]), judges)

    assert comparison.count_owned() == 1


def test_only_long_live_covers_that_must_be_sent_back_are_given(sets: TileSets) -> None:
    tiles = [
        replace(LIVE, sensing_time_ms=8, cover="x" * 600),
        replace(LIVE, id="2", path="g/2", sensing_time_ms=8, cover="short"),
        replace(LIVE, id="3", path="g/3", cover="x" * 600),
    ]
    wanted = [replace(WANTED, path=tile.path) for tile in tiles]

    comparison = compare(sets, wanted, tiles)

    assert [path for path, _ in comparison.iter_resent_covers(100)] == ["g/1"]


def test_each_row_has_a_cover_and_a_time_of_its_own(sets: TileSets) -> None:
    desired = sets.make_desired([SourceRule("a:1", sensing_managed=False), SourceRule("a:2", sensing_managed=False)])
    desired.add_rows(RowBatch(0, ["a", "b", "c"], [7, 7, 7], ["y", "x", None], ["g"] * 3))
    desired.add_rows(RowBatch(1, ["d", "new"], [1, 9], [None, "z"], ["g"] * 2))
    desired.manage_sensing_times(0)
    desired.finish()
    live = make_live(sets, [replace(LIVE, id=path, path=path, cover="x") for path in "abcd"])

    comparison = compare_tiles(desired, live, Judges(judge_always, lambda _left, _right: False))

    (update,) = comparison.iter_changes(TileAction.UPDATE)
    (create,) = comparison.iter_changes(TileAction.CREATE)
    assert (update.path, update.cover, update.sensing_time_ms) == ("a", "y", 7)
    assert (create.path, create.cover) == ("new", "z")
    assert {found.action.value: found.count for found in comparison.set_changes()} == {
        "create": 1,
        "update": 1,
        "keep": 3,
    }


def test_the_cover_of_a_row_counts_in_the_digest(sets: TileSets) -> None:
    digests = set()
    for cover in ("x", "y", None):
        desired = sets.make_desired([SourceRule("a:1")])
        desired.add_rows(RowBatch(0, ["p"], [None], [cover], ["g"]))
        desired.finish()
        comparison = compare_tiles(desired, None, Judges(judge_never, lambda _left, _right: False))
        digests.add(comparison.set_changes()[0].digest)

    assert len(digests) == 3
