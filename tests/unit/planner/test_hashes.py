"""What the hashes of a plan depend on, and what not."""

from dataclasses import replace

from byocplan.model.change import Action, Reason, TileAction
from byocplan.planner.hashes import make_hashes
from tests.support.plans import make_change, make_part, make_retimed, make_sample, make_set


def hash_update(**changes: object) -> tuple[str, str]:
    update = make_set(TileAction.UPDATE, 1, reasons={"sensing-time": 1}, samples=[make_retimed()])
    changed = replace(update, **changes)  # type: ignore[arg-type] # names and types are those of SetChange
    return make_hashes("mosaics", "aws", [make_part(make_change(Action.KEEP), changed)])


def test_neither_hash_depends_on_what_of_a_tile_differs_or_its_live_time() -> None:
    samples = (make_sample(reason=Reason.COVER_GEOMETRY),)

    assert hash_update(reasons={"cover-geometry": 1}, samples=samples) == hash_update()


def test_both_hashes_depend_on_what_is_asked_of_a_tile() -> None:
    plan_hash, guard_hash = hash_update(digest="e" * 64)

    assert plan_hash != hash_update()[0]
    assert guard_hash != hash_update()[1]
