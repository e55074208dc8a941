"""The bindings during an apply."""

from dataclasses import replace
from pathlib import Path

from byocplan.applier.book import BindingBook, bind_collection, settle_scopes
from byocplan.model.address import make_address
from byocplan.model.change import Action
from byocplan.model.collection import Lifecycle
from byocplan.model.scope import PathScope
from byocplan.state import LocalState
from tests.support.memory_tiles import make_part

S2 = make_address("s2")
OLD, NEW = PathScope(frozenset({"old"})), PathScope(frozenset({"new"}))


def make_state(folder: Path) -> LocalState:
    return LocalState(folder, "mosaics", "http://127.0.0.1")


def test_a_binding_is_written_at_once(tmp_path: Path) -> None:
    state = make_state(tmp_path)

    bind_collection(BindingBook(state), make_part(), "id-1", "account")

    assert (state.read().by_address[S2].id, state.read().by_address[S2].account_id) == ("id-1", "account")


def test_a_binding_that_stands_already_is_not_written_again(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    book = BindingBook(state)

    bind_collection(book, make_part(), "id-1", "account")
    bind_collection(book, make_part(), "id-1")

    assert state.read().serial == 1
    assert state.read().by_address[S2].account_id == "account"


def test_the_serial_of_a_binding_moves_with_its_id_and_lifecycle_alone(tmp_path: Path) -> None:
    book = BindingBook(make_state(tmp_path))
    guarded = replace(make_part(Action.KEEP), lifecycle=Lifecycle(prevent_destroy=True))
    steps = [
        (make_part(), "id-1", 1),
        (make_part(scopes=(NEW,)), "id-1", 1),
        (replace(make_part(), labels={"team": "land"}), "id-1", 1),
        (guarded, "id-1", 2),
        (guarded, "id-2", 3),
    ]

    for part, live_id, serial in steps:
        bind_collection(book, part, live_id)
        binding = book.find(S2)
        assert binding is not None
        assert binding.serial == serial


def test_scopes_pile_up_until_they_are_settled_and_do_not_follow_to_another_id(tmp_path: Path) -> None:
    book = BindingBook(make_state(tmp_path))
    bind_collection(book, make_part(scopes=(OLD,)), "id-1")
    seen = []

    bind_collection(book, make_part(scopes=(NEW,)), "id-1")
    seen.append(book.bindings[0].scopes)
    settle_scopes(book, make_part(scopes=(NEW,)))
    seen.append(book.bindings[0].scopes)
    bind_collection(book, make_part(scopes=(OLD,)), "id-2")
    seen.append(book.bindings[0].scopes)

    assert seen == [(NEW, OLD), (NEW,), (OLD,)]


def test_a_slice_adds_its_scopes_to_what_others_recorded_since_it_was_planned(tmp_path: Path) -> None:
    book = BindingBook(make_state(tmp_path))
    bind_collection(book, make_part(scopes=(OLD,)), "id-1")

    settle_scopes(book, replace(make_part(scopes=(NEW,)), is_slice=True))

    assert set(book.bindings[0].scopes) == {OLD, NEW}


def test_dropping_what_is_not_bound_writes_nothing(tmp_path: Path) -> None:
    state = make_state(tmp_path)

    BindingBook(state).drop(S2)

    assert not state.lock_file.exists()
