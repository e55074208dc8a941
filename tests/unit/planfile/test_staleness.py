"""Whether a plan still holds: every way in which it may not, and what a resume is forgiven."""

from dataclasses import replace
from typing import Any

import pytest

from byocplan.model.binding import Binding
from byocplan.model.change import Action
from byocplan.model.plan import BindingMark
from byocplan.planfile import LIFETIME_MS, Present, find_differences
from tests.support.memory_tiles import BUCKET, make_part
from tests.support.planfiles import ID, NOW_MS, URL, make_file_part, make_file_plan

KEEP = make_file_part()
S2 = KEEP.address
BOUND = Binding(S2, ID, "s2", BUCKET, URL)
PRESENT = Present(NOW_MS, "mosaics", URL, "account", "lineage", {S2: BOUND}, "d" * 64)
OTHER_ID = "7453e962-0ee5-4f74-8227-89759fbe9ba9"


def test_a_plan_holds_while_nothing_has_moved() -> None:
    assert find_differences(make_file_plan(KEEP), PRESENT) == ()


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        ({"project": "other"}, "it is of the project 'mosaics', this is 'other'"),
        ({"base_url": "https://other"}, f"it was made on {URL}, this is https://other"),
        ({"account_id": "other"}, "it was made on the account account, these credentials are of other"),
        ({"lineage": "other"}, "it was made from the state lineage, here is the state other"),
        ({"lineage": ""}, "it was made from the state lineage, here is no state"),
        ({"manifests_digest": "e" * 64}, "the manifests say something else than those it was made from"),
        ({"now_ms": NOW_MS + LIFETIME_MS + 1}, "it was made at 2023-11-14T22:13:20Z and could be begun for 24 h"),
        ({"now_ms": NOW_MS - LIFETIME_MS}, "it was made at 2023-11-14T22:13:20Z and could be begun for 24 h"),
        (
            {"bindings": {S2: replace(BOUND, serial=2)}},
            f"collection/s2 was bound to {ID} (serial 1), it is bound to {ID} (serial 2) now",
        ),
        ({"bindings": {}}, f"collection/s2 was bound to {ID} (serial 1), it is not bound now"),
    ],
)
def test_what_has_moved_is_told(moved: dict[str, Any], told: str) -> None:
    assert find_differences(make_file_plan(KEEP), replace(PRESENT, **moved)) == (told,)


@pytest.mark.parametrize(
    "moved",
    [
        {"now_ms": NOW_MS + LIFETIME_MS},
        {"account_id": None},
        {"manifests_digest": None},
        {"bindings": {S2: BOUND, "collection/other": replace(BOUND, serial=9)}},
    ],
)
def test_what_does_not_concern_the_plan_is_no_difference(moved: dict[str, Any]) -> None:
    assert find_differences(make_file_plan(KEEP), replace(PRESENT, **moved)) == ()


def test_all_differences_are_told_at_once() -> None:
    present = replace(PRESENT, project="other", account_id="other", bindings={})

    assert len(find_differences(make_file_plan(KEEP), present)) == 3


def test_a_resume_does_not_expire_and_forgives_the_first_state() -> None:
    plan = make_file_plan(KEEP, lineage="")
    present = replace(PRESENT, now_ms=NOW_MS + 30 * LIFETIME_MS, is_begun=True)

    assert find_differences(plan, present) == ()
    assert len(find_differences(plan, replace(present, is_begun=False))) == 2


@pytest.mark.parametrize(
    ("action", "live_id", "now", "is_own"),
    [
        (Action.CREATE, None, BOUND, True),
        (Action.CREATE, None, replace(BOUND, name="other"), False),
        (Action.UPDATE, ID, replace(BOUND, serial=2), True),
        (Action.UPDATE, ID, replace(BOUND, id=OTHER_ID), False),
        (Action.UPDATE, ID, None, False),
        (Action.ADOPT, OTHER_ID, replace(BOUND, id=OTHER_ID, serial=2), True),
        (Action.ADOPT, OTHER_ID, replace(BOUND, serial=2), False),
        (Action.REPLACE, ID, replace(BOUND, id=OTHER_ID, serial=2), True),
        (Action.REPLACE, ID, None, True),
        (Action.REPLACE, ID, replace(BOUND, serial=2), False),
        (Action.DELETE, ID, None, True),
        (Action.DELETE, ID, replace(BOUND, serial=2), False),
        (Action.FORGET, ID, None, True),
    ],
)
def test_a_resume_forgives_what_the_plan_did_itself(
    action: Action, live_id: str | None, now: Binding | None, is_own: bool
) -> None:
    was = BindingMark() if action is Action.CREATE else BindingMark(ID, 1)
    plan = make_file_plan(make_part(action, live_id=live_id), bindings={S2: was})
    present = replace(PRESENT, bindings={S2: now} if now else {})

    assert (find_differences(plan, replace(present, is_begun=True)) == ()) is is_own
    assert find_differences(plan, present) != ()
