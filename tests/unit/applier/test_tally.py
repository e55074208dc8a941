"""Counting what became of the changes."""

from byocplan.applier.result import APPLIED, SATISFIED, make_conflict, make_failure
from byocplan.applier.tally import Tally, count_totals
from byocplan.model.address import make_address
from byocplan.model.change import Action, TileAction
from tests.support.memory_tiles import make_change, make_create, make_part, make_plan

S2 = make_address("s2")


def test_totals_name_what_is_to_be_done_and_nothing_else() -> None:
    plan = make_plan(
        make_part(changes=[make_create(1), make_create(2)]),
        make_part(Action.KEEP, [make_change(TileAction.DELETE, "id-1")], name="other", live_id="x"),
    )

    assert count_totals(plan) == {"collection.create": 1, "tile.create": 2, "tile.delete": 1}


def test_every_planned_change_is_applied_satisfied_conflict_failed_or_skipped() -> None:
    tally = Tally({"tile.create": 6, "tile.delete": 2})

    for result in (APPLIED, APPLIED, SATISFIED, make_conflict("changed"), make_failure("refused")):
        tally.add("tile.create", S2, "a.tif", result)

    assert dict(tally.applied) == {"tile.create": 2}
    assert tally.skipped == 3
    assert tally.error_rate == 0.2
    assert tally.unwell[S2] == 2
    assert tally.errors.count_by_cause() == {"changed": 1, "refused": 1}
    assert tally.errors.examples() == {"changed": "a.tif", "refused": "a.tif"}


def test_nothing_done_is_no_error() -> None:
    assert Tally({"tile.create": 1}).error_rate == 0
