"""What the settled record says of origins, and what a look and an apply leave in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from byocplan.model.change import Origin, Reason, TileAction, TileChange
from byocplan.model.selection import Selection
from byocplan.model.tile import LiveTile
from byocplan.sets import Comparison, Judges, Orphan, Past, SourceRule, TileSets, compare_tiles
from byocplan.sets.settled import Settled, SettledHeader, read_settled, write_applied
from tests.support.tile_sets import Wanted, make_desired, make_live

RULE = SourceRule("a:1", required=("B1",))
COVERED = replace(RULE, cover="c")
WANTED = Wanted("g/1", sensing_time_ms=7)
LIVE = LiveTile("1", "g/1", "INGESTED", 7, created_ms=5000, ingestion_start_ms=5000, files={"B1": "e1"})
HEADER = SettledHeader("id", "here")
MOVED, LATER = replace(LIVE, sensing_time_ms=8), replace(WANTED, sensing_time_ms=9)


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def compare(
    sets: TileSets,
    wanted: list[Wanted],
    live: list[LiveTile],
    settled: Settled | None,
    rule: SourceRule = RULE,
    selection: Selection | None = None,
) -> Comparison:
    """Compare; files that are gone were asked for before, and so was what the one source may come to ask for."""
    judges = Judges(lambda _path: Orphan(TileAction.DELETE, Reason.FILE_GONE, "", Origin.BUCKET), lambda a, b: a == b)
    past = Past(create_origins=(Origin.BUCKET,), settled=settled)
    desired = make_desired(sets, wanted, [rule])
    return compare_tiles(desired, make_live(sets, live), judges, past, selection or Selection())


def keep(comparison: Comparison, before: Settled | None, path: Path, sets: TileSets) -> Settled:
    """Return the record after a look."""
    if not comparison.write_settled(before, HEADER, path):
        assert before is not None
        return before
    return read(sets, path)


def read(sets: TileSets, path: Path) -> Settled:
    settled = read_settled(sets.engine, path, HEADER)
    assert settled is not None
    return settled


def settle(
    sets: TileSets, path: Path, wanted: Wanted | None = WANTED, live: LiveTile = LIVE, rule: SourceRule = RULE
) -> Settled:
    """Return the record of a look at one tile."""
    return keep(compare(sets, [wanted] if wanted else [], [live], None, rule), None, path, sets)


def list_rows(sets: TileSets, settled: Settled) -> list[tuple[object, ...]]:
    return sets.engine.run(
        "SELECT path, is_timed, sensing_ms, cover IS NOT NULL FROM read_parquet(?)", [str(settled.path)]
    )


def get_origins(comparison: Comparison) -> dict[str, str]:
    return {each.action.value: next(iter(each.origins)) for each in comparison.set_changes() if each.origins}


@pytest.mark.parametrize(
    ("wanted", "live", "rule", "expected"),
    [
        pytest.param(WANTED, None, RULE, {"create": "live"}, id="gone"),
        pytest.param(LATER, None, RULE, {"create": "live"}, id="gone, and asked for otherwise"),
        pytest.param(WANTED, MOVED, RULE, {"update": "live"}, id="another time is live"),
        pytest.param(LATER, LIVE, RULE, {"update": "manifest"}, id="another time is asked for"),
        pytest.param(LATER, MOVED, RULE, {"update": "manifest"}, id="both moved"),
        pytest.param(WANTED, LIVE, COVERED, {"update": "manifest"}, id="a cover is asked for anew"),
        pytest.param(WANTED, replace(LIVE, files={"B1": "e0"}), RULE, {"reingest": "bucket"}, id="a file changed"),
        pytest.param(None, LIVE, RULE, {"delete": "bucket"}, id="the file is gone"),
        pytest.param(WANTED, LIVE, RULE, {}, id="nothing moved"),
    ],
)
def test_what_moved_is_told_by_the_record(
    sets: TileSets,
    tmp_path: Path,
    wanted: Wanted | None,
    live: LiveTile | None,
    rule: SourceRule,
    expected: dict[str, str],
) -> None:
    settled = settle(sets, tmp_path / "record")

    comparison = compare(sets, [wanted] if wanted else [], [live] if live else [], settled, rule)

    assert get_origins(comparison) == expected


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        pytest.param([replace(WANTED, path="g/2")], [], {"create": "bucket"}, id="imagery came"),
        pytest.param([], [replace(LIVE, path="g/2")], {"delete": "live"}, id="somebody made a tile"),
        pytest.param([replace(WANTED, path="g/2")], [replace(MOVED, path="g/2")], {"update": "manifest"}, id="differs"),
    ],
)
def test_what_is_not_on_record(
    sets: TileSets, tmp_path: Path, wanted: list[Wanted], live: list[LiveTile], expected: dict[str, str]
) -> None:
    settled = settle(sets, tmp_path / "record")

    assert get_origins(compare(sets, wanted, live, settled)) == expected


def test_a_cover_that_was_asked_for_and_is_another_one_is_drift(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record", live=replace(LIVE, cover="c"), rule=COVERED)
    other = replace(LIVE, cover="d")

    same = compare(sets, [WANTED], [other], settled, COVERED)
    edited = compare(sets, [WANTED], [other], settled, replace(RULE, cover="e"))

    assert get_origins(same) == {"update": "live"}
    assert get_origins(edited) == {"update": "manifest"}


def test_without_a_record_scopes_alone_tell(sets: TileSets) -> None:
    gone, moved, made = (
        compare(sets, [WANTED], [], None),
        compare(sets, [WANTED], [MOVED], None),
        compare(sets, [], [LIVE], None),
    )

    assert [get_origins(each) for each in (gone, moved, made)] == [
        {"create": "bucket"},
        {"update": "manifest"},
        {"delete": "bucket"},
    ]


def test_drift_is_still_drift_after_it_was_seen(sets: TileSets, tmp_path: Path) -> None:
    first = settle(sets, tmp_path / "first")
    second = keep(compare(sets, [WANTED], [], first), first, tmp_path / "second", sets)

    assert second is first
    assert get_origins(compare(sets, [WANTED], [], second)) == {"create": "live"}


def test_what_is_neither_desired_nor_live_leaves_the_record(sets: TileSets, tmp_path: Path) -> None:
    first = settle(sets, tmp_path / "first")
    second = keep(compare(sets, [], [], first), first, tmp_path / "second", sets)

    assert list_rows(sets, second) == []


def test_nothing_is_written_while_all_agrees_as_before(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record")

    comparison = compare(sets, [WANTED], [LIVE], settled)

    assert not comparison.write_settled(settled, HEADER, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("status", ["WAITING", "QUEUED", "INGESTING"])
def test_a_tile_that_is_ingesting_is_not_settled_yet(sets: TileSets, tmp_path: Path, status: str) -> None:
    settled = settle(sets, tmp_path / "record", live=replace(LIVE, status=status))

    assert list_rows(sets, settled) == []


def test_an_apply_adds_what_it_made_and_takes_out_what_it_deleted(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record")
    changes = [
        TileChange(TileAction.CREATE, "g/2", Reason.NOT_LIVE, sensing_time_ms=3, sensing_managed=True),
        TileChange(TileAction.UPDATE, "g/3", Reason.FIELD_CHANGED, sensing_time_ms=3, cover="c", cover_managed=True),
        TileChange(TileAction.DELETE, "g/1", Reason.FILE_GONE, sensing_time_ms=7),
    ]

    write_applied(sets.engine, changes, settled, settled.header, tmp_path / "after")

    after = read(sets, tmp_path / "after")
    assert list_rows(sets, after) == [("g/2", True, 3, False), ("g/3", False, None, True)]
    assert after.header.is_whole


def test_a_first_apply_makes_a_record_that_tells_drift(sets: TileSets, tmp_path: Path) -> None:
    made = TileChange(TileAction.CREATE, "g/1", Reason.NOT_LIVE, sensing_time_ms=7, sensing_managed=True)

    write_applied(sets.engine, [made], None, HEADER, tmp_path / "record")

    settled = read(sets, tmp_path / "record")
    assert get_origins(compare(sets, [WANTED], [], settled)) == {"create": "live"}
    assert get_origins(compare(sets, [WANTED], [MOVED], settled)) == {"update": "live"}


def test_a_record_that_is_not_whole_calls_no_tile_foreign(sets: TileSets, tmp_path: Path) -> None:
    write_applied(sets.engine, [], None, HEADER, tmp_path / "record")

    comparison = compare(sets, [], [LIVE], read(sets, tmp_path / "record"))

    assert get_origins(comparison) == {"delete": "bucket"}


def test_a_file_that_is_no_record_of_this_collection_is_none(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record")
    (tmp_path / "noise").write_bytes(b"noise")
    (tmp_path / "cut").write_bytes(settled.path.read_bytes()[:-20])
    elsewhere = [replace(HEADER, collection_id="other"), replace(HEADER, deployment="there")]

    found = [read_settled(sets.engine, tmp_path / name, HEADER) for name in ("noise", "cut", "absent")]
    found += [read_settled(sets.engine, settled.path, wanted) for wanted in elsewhere]

    assert found == [None] * 5


def test_a_record_damaged_behind_its_header_says_nothing(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record")
    content = bytearray(settled.path.read_bytes())
    content[4:24] = b"\xff" * 20
    (tmp_path / "damaged").write_bytes(content)

    comparison = compare(sets, [WANTED], [], replace(settled, path=tmp_path / "damaged"))

    assert get_origins(comparison) == {"create": "bucket"}


def test_a_selection_of_origins_leaves_out_the_others(sets: TileSets, tmp_path: Path) -> None:
    settled = settle(sets, tmp_path / "record")
    wanted = [WANTED, replace(WANTED, path="g/2"), replace(WANTED, path="g/3")]
    live = [replace(LIVE, id="3", path="g/3", files={"B1": "e0"})]
    drift = Selection(origins=frozenset({Origin.LIVE}))

    comparison = compare(sets, wanted, live, settled, selection=drift)

    assert get_origins(comparison) == {"create": "live"}
    assert [change.path for change in comparison.iter_changes(TileAction.CREATE)] == ["g/1"]
    assert comparison.left_out == {TileAction.CREATE: 1, TileAction.REINGEST: 1}


def test_a_look_at_pending_tiles_is_no_whole_one_unless_one_was_before(sets: TileSets, tmp_path: Path) -> None:
    pending = replace(LIVE, id="2", path="g/2", status="INGESTING")
    busy = compare(sets, [WANTED, Wanted("g/2", sensing_time_ms=7)], [LIVE, pending], None)

    first = keep(busy, None, tmp_path / "first", sets)
    whole = keep(compare(sets, [WANTED], [LIVE], first), first, tmp_path / "whole", sets)
    again = keep(busy, whole, tmp_path / "again", sets)

    assert [each.header.is_whole for each in (first, whole, again)] == [False, True, True]
