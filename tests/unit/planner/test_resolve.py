"""Which live collection an address stands for."""

from dataclasses import replace

from byocplan.model.address import make_address
from byocplan.model.change import Action, Reason
from byocplan.planner import LiveCollections, refuse_shared, resolve
from tests.support.planning import ADDRESS, ID, make_binding, make_bindings, make_collection, make_live_collection

NOTHING = LiveCollections.index([])
LIVE = LiveCollections.index([make_live_collection()])


def test_nothing_bound_and_nothing_live_is_a_create() -> None:
    found = resolve(make_collection(), make_bindings(), NOTHING)

    assert (found.action, found.reason, found.blocked, found.warning) == (Action.CREATE, Reason.NOT_LIVE, "", "")


def test_a_binding_is_followed_whatever_the_live_name() -> None:
    renamed = make_live_collection(name="other")

    found = resolve(make_collection(), make_bindings(make_binding()), LiveCollections.index([renamed]))

    assert (found.action, found.live) == (Action.KEEP, renamed)


def test_a_live_twin_without_binding_is_blocked_with_the_line_to_add() -> None:
    found = resolve(make_collection(), make_bindings(), LIVE)

    assert (found.action, found.live) == (Action.ADOPT, None)
    assert "`adopt: true`" in found.blocked
    assert f"`id: {ID}`" in found.blocked
    assert f"`byocplan import {ADDRESS} {ID}`" in found.blocked


def test_a_live_twin_is_adopted_when_the_manifest_says_so() -> None:
    found = resolve(make_collection(adopt=True), make_bindings(), LIVE)

    assert (found.action, found.live, found.reason) == (Action.ADOPT, make_live_collection(), Reason.NOT_BOUND)


def test_one_of_several_twins_is_never_chosen() -> None:
    twins = [make_live_collection(), make_live_collection(id="second")]

    found = resolve(make_collection(adopt=True), make_bindings(), LiveCollections.index(twins))

    assert found.live is None
    assert ID in found.blocked
    assert "second" in found.blocked


def test_a_twin_that_another_address_has_is_not_in_the_way() -> None:
    other = make_binding(address=make_address("other"))

    found = resolve(make_collection(), make_bindings(other), LIVE)

    assert (found.action, found.blocked) == (Action.CREATE, "")


def test_name_and_bucket_have_to_be_equal_to_be_a_twin() -> None:
    others = [make_live_collection(id="1", name="byoc-S2"), make_live_collection(id="2", s3_bucket="else")]

    assert resolve(make_collection(), make_bindings(), LiveCollections.index(others)).action is Action.CREATE


def test_a_collection_deleted_behind_our_back_is_created_again_and_told() -> None:
    found = resolve(make_collection(), make_bindings(make_binding()), NOTHING)

    assert (found.action, found.reason) == (Action.CREATE, Reason.NOT_LIVE)
    assert ID in found.warning


def test_an_id_in_the_manifest_is_a_binding_whether_the_state_knows_it_or_not() -> None:
    collection = make_collection(id=ID)

    assert resolve(collection, make_bindings(), LIVE).action is Action.KEEP
    assert resolve(collection, make_bindings(make_binding()), LIVE).action is Action.KEEP


def test_an_id_in_the_manifest_goes_before_the_binding_and_leaves_the_old_collection() -> None:
    found = resolve(make_collection(id=ID), make_bindings(make_binding(id="old")), LIVE)

    assert (found.action, found.live) == (Action.ADOPT, make_live_collection())
    assert "old" in found.warning


def test_an_id_that_is_not_live_is_blocked() -> None:
    found = resolve(make_collection(id="gone"), make_bindings(), LIVE)

    assert found.live is None
    assert "spec.id is gone" in found.blocked


def test_the_order_of_the_listing_does_not_count() -> None:
    twins = [replace(make_live_collection(), id=str(i)) for i in range(8)]

    forward = resolve(make_collection(), make_bindings(), LiveCollections.index(twins))

    assert forward == resolve(make_collection(), make_bindings(), LiveCollections.index(twins[::-1]))
    assert forward.address == ADDRESS


def test_two_documents_never_stand_for_one_collection() -> None:
    bound = resolve(make_collection(), make_bindings(make_binding()), LIVE)
    named = replace(bound, address=make_address("other"), action=Action.ADOPT)
    alone = replace(bound, address=make_address("third"), live=make_live_collection(id="third"))

    found = refuse_shared([bound, named, alone])

    assert [(each.action, each.live) for each in found[:2]] == [(Action.ADOPT, None)] * 2
    assert all("collection/other" in each.blocked and ID in each.blocked for each in found[:2])
    assert found[2] == alone
