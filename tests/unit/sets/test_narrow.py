"""Comparisons narrowed to actions and statuses."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from byocplan.model.change import Reason, TileAction
from byocplan.model.selection import Selection
from byocplan.model.tile import LiveTile, Status
from byocplan.sets import Comparison, Judges, Orphan, SourceRule, TileSets, compare_tiles
from tests.support.tile_sets import Wanted, make_desired, make_live

RULE = SourceRule("a:1", required=("B1",))
LIVE = LiveTile("", "", "INGESTED", 7, created_ms=5000, ingestion_start_ms=5000, files={"B1": "e1"})
#: Path → how its live tile differs from the desired one.
DIFFERENCES: dict[str, dict[str, object]] = {
    "keep": {},
    "update": {"sensing_time_ms": 8},
    "both": {"sensing_time_ms": 8, "files": {"B1": "e0"}},
    "reingest": {"files": {"B1": "e0"}},
    "failed": {"status": "FAILED"},
    "pending": {"status": "QUEUED"},
}


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


def compare(sets: TileSets, selection: Selection) -> Comparison:
    """Compare one tile of every kind; ``create`` is desired alone, ``delete`` and ``failed-delete`` live alone."""
    wanted = [Wanted(path, sensing_time_ms=7) for path in (*DIFFERENCES, "create")]
    live = [replace(LIVE, id=path, path=path, **changes) for path, changes in DIFFERENCES.items()]  # type: ignore[arg-type]
    live += [replace(LIVE, id="delete", path="delete"), replace(LIVE, id="gone", path="gone", status="FAILED")]
    judges = Judges(lambda _path: Orphan(TileAction.DELETE, Reason.FILE_GONE, ""), lambda left, right: left == right)
    return compare_tiles(make_desired(sets, wanted, [RULE]), make_live(sets, live), judges, selection=selection)


def list_writes(comparison: Comparison) -> dict[str, set[str]]:
    return {
        action.value: {change.path for change in comparison.iter_changes(action)}
        for action in (TileAction.CREATE, TileAction.UPDATE, TileAction.REINGEST, TileAction.DELETE)
        if any(each.action is action for each in comparison.set_changes())
    }


def count_live(comparison: Comparison) -> int:
    passive = {TileAction.CREATE, TileAction.INCOMPLETE}
    return sum(each.count for each in comparison.set_changes() if each.action not in passive)


def select(*actions: str, statuses: tuple[str, ...] = ()) -> Selection:
    return Selection(frozenset(map(TileAction, actions)), frozenset(map(Status, statuses)))


def test_everything_is_planned_by_default(sets: TileSets) -> None:
    comparison = compare(sets, Selection())

    assert list_writes(comparison) == {
        "create": {"create"},
        "update": {"update", "both"},
        "reingest": {"reingest"},
        "delete": {"delete", "gone"},
    }
    assert comparison.left_out == {}


@pytest.mark.parametrize(
    ("selection", "writes"),
    [
        (select("create"), {"create": {"create"}}),
        (select("update"), {"update": {"update", "both"}}),
        (select("reingest"), {"reingest": {"reingest", "both"}}),
        (select("delete"), {"delete": {"delete", "gone"}}),
        (select("create", "delete"), {"create": {"create"}, "delete": {"delete", "gone"}}),
        (select("reingest", statuses=("FAILED",)), {"reingest": {"failed"}}),
        (
            select("create", "update", "reingest", "delete", statuses=("FAILED",)),
            {"reingest": {"failed"}, "delete": {"gone"}},
        ),
        (select("create", statuses=("FAILED",)), {}),
    ],
)
def test_what_is_not_selected_is_left_as_it_is(
    sets: TileSets, selection: Selection, writes: dict[str, set[str]]
) -> None:
    comparison = compare(sets, selection)

    assert list_writes(comparison) == writes
    assert count_live(comparison) == len(DIFFERENCES) + 2
    assert comparison.count_owned() == len(DIFFERENCES) + 2


def test_an_update_alone_does_not_read_files_again(sets: TileSets) -> None:
    comparison = compare(sets, select("update"))

    assert not any(change.also_reingest for change in comparison.iter_changes(TileAction.UPDATE))


def test_what_is_left_out_is_counted(sets: TileSets) -> None:
    comparison = compare(sets, select("reingest"))

    assert comparison.left_out == {TileAction.CREATE: 1, TileAction.DELETE: 2, TileAction.UPDATE: 1}
