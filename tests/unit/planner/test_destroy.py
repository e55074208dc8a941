"""A plan that ends all that is bound: what is deleted, forgotten, refused, and what is not in it at all."""

from dataclasses import replace

import pytest

from byocplan.model.address import make_address
from byocplan.model.binding import Binding
from byocplan.model.change import Action, Reason
from byocplan.model.collection import Collection, Lifecycle, OnRemove
from byocplan.model.plan import Plan
from byocplan.model.rail import Ack, Limit, RailLimits, Rule
from byocplan.planner import LiveCollections, PlanRequest, make_plan, plan_destroy
from tests.support.planning import (
    ADDRESS,
    ID,
    NOW_MS,
    make_binding,
    make_bindings,
    make_collection,
    make_live_collection,
)

LIVE = LiveCollections.index([make_live_collection()])
RETAIN = Lifecycle(on_remove=OnRemove.RETAIN)
PREVENT = Lifecycle(prevent_destroy=True)


def destroy(*bindings: Binding, described: tuple[Collection, ...] = (), live: LiveCollections = LIVE) -> Plan:
    parts = plan_destroy(make_bindings(*bindings), {each.address: each for each in described}, live)
    return make_plan(PlanRequest("p", "local", NOW_MS, parts, described))


def get_tripped(plan: Plan) -> list[tuple[str, str]]:
    return [(rail.rule.value, rail.ack) for rail in plan.tripped]


@pytest.mark.parametrize("described", [(), (make_collection(),)], ids=["no document", "described"])
def test_what_is_bound_goes_and_needs_an_ack(described: tuple[Collection, ...]) -> None:
    plan = destroy(make_binding(), described=described)

    assert [(each.change.action, each.change.reason, each.change.id) for each in plan.collections] == [
        (Action.DELETE, Reason.DESTROYED, ID)
    ]
    assert get_tripped(plan) == [("collectionDeletes", "collectionDeletes@collection/s2=1")]
    assert "it would be destroyed" in plan.tripped[0].text


def test_what_is_not_bound_is_not_in_the_plan() -> None:
    unbound = make_collection(address=make_address("other"), id="other-id", name="other")
    live = LiveCollections.index([make_live_collection(), make_live_collection(id="other-id", name="other")])

    plan = destroy(make_binding(), described=(make_collection(), unbound), live=live)

    assert [each.address for each in plan.collections] == [ADDRESS]


@pytest.mark.parametrize(
    ("binding", "lifecycle", "action", "rules"),
    [
        pytest.param(make_binding(prevent_destroy=True), Lifecycle(), Action.DELETE, ["preventDestroy"], id="recorded"),
        pytest.param(make_binding(), PREVENT, Action.DELETE, ["preventDestroy"], id="in the manifest alone"),
        pytest.param(make_binding(prevent_destroy=True), RETAIN, Action.DELETE, ["preventDestroy"], id="both"),
        pytest.param(make_binding(on_remove=OnRemove.RETAIN), Lifecycle(), Action.FORGET, [], id="retain recorded"),
        pytest.param(make_binding(), RETAIN, Action.FORGET, [], id="retain in the manifest alone"),
    ],
)
def test_the_more_careful_of_manifest_and_binding_counts(
    binding: Binding, lifecycle: Lifecycle, action: Action, rules: list[str]
) -> None:
    plan = destroy(binding, described=(make_collection(lifecycle=lifecycle),))

    assert [each.change.action for each in plan.collections] == [action]
    assert [rail.rule.value for rail in plan.tripped] == rules


def test_a_document_that_names_the_id_under_another_address_is_heeded_too() -> None:
    renamed = make_collection(address=make_address("renamed"), id=ID, lifecycle=PREVENT)

    plan = destroy(make_binding(), described=(renamed,))

    assert [rail.rule.value for rail in plan.tripped] == ["preventDestroy"]


def test_no_ack_lifts_prevent_destroy() -> None:
    parts = plan_destroy(make_bindings(make_binding(prevent_destroy=True)), {}, LIVE)
    acks = (Ack(Rule.COLLECTION_DELETES, 9), Ack(Rule.PREVENT_DESTROY, 9))

    plan = make_plan(PlanRequest("p", "local", NOW_MS, parts, acks=acks))

    assert get_tripped(plan) == [("preventDestroy", "")]


@pytest.mark.parametrize(
    "binding", [make_binding(), make_binding(prevent_destroy=True)], ids=["plain", "preventDestroy"]
)
def test_what_is_not_live_any_more_is_forgotten(binding: Binding) -> None:
    plan = destroy(binding, live=LiveCollections())

    assert [(each.change.action, each.change.reason) for each in plan.collections] == [(Action.FORGET, Reason.NOT_LIVE)]
    assert plan.is_applyable


def test_credentials_of_another_account_forget_nothing() -> None:
    theirs = LiveCollections.index([make_live_collection(id="theirs", account_id="their-account")])

    plan = destroy(make_binding(account_id="our-account"), live=theirs)

    assert get_tripped(plan) == [("ownership", "")]
    assert "their-account" in plan.tripped[0].text


def test_an_id_in_the_manifest_that_contradicts_the_binding_is_refused() -> None:
    plan = destroy(make_binding(), described=(make_collection(id="another-id"),))

    assert get_tripped(plan) == [("ownership", "")]
    assert plan.collections[0].change.id == ID


def test_the_allowance_of_a_collection_counts() -> None:
    free = make_collection(rails=replace(RailLimits(), max_collection_deletes=Limit(1, "s2.yaml:7")))

    plan = destroy(make_binding(), described=(free,))

    assert plan.tripped == ()
