"""Which documents a plan is about, and what is said of the others."""

from dataclasses import replace

import pytest

from byocplan.errors import InputError
from byocplan.model.address import make_address
from byocplan.model.collection import Collection
from byocplan.model.selection import Selection
from byocplan.model.targets import LabelRule, Target, Targets
from byocplan.model.tile_paths import TilePaths
from byocplan.planner import Chosen, choose_collections
from tests.support.planning import make_binding, make_bindings, make_collection

LAND, SEA = {"team": "land"}, {"team": "sea"}


def make_documents(**labels: dict[str, str]) -> list[Collection]:
    return [make_collection(address=make_address(name), labels=each) for name, each in labels.items()]


def choose(*targets: Target, excludes: tuple[Target, ...] = (), labels: tuple[LabelRule, ...] = ()) -> Chosen:
    """Choose among two documents; ``old`` is bound and has none any more."""
    bindings = make_bindings(make_binding(address=make_address("old"), labels=SEA))
    selection = Selection(targets=Targets(targets, excludes, labels))
    return choose_collections(make_documents(s1=SEA, s2=LAND), bindings, selection)


def list_problems(caught: "pytest.ExceptionInfo[InputError]") -> list[str]:
    return [f"{each.message} | {each.hint}" for each in caught.value.problems]


def test_without_options_every_document_is_planned_and_nothing_is_said() -> None:
    chosen = choose()

    assert list(chosen.selections) == ["collection/s1", "collection/s2"]
    assert chosen.diagnostics == ()


def test_what_is_left_out_is_one_line() -> None:
    chosen = choose(Target("collection/s2", "a/*"))

    assert chosen.selections == {make_address("s2"): Selection(paths=TilePaths(("a/*",)))}
    assert [each.summary for each in chosen.diagnostics] == ["not selected and left out: collection/s1"]


def test_many_documents_left_out_are_named_in_part() -> None:
    documents = [replace(make_collection(), address=make_address(f"c{number:02}")) for number in range(20)]
    selection = Selection(targets=Targets((Target("collection/c00"),)))

    chosen = choose_collections(documents, make_bindings(), selection)

    assert chosen.diagnostics[0].summary.endswith("collection/c05 and 14 more")


def test_removed_documents_are_told_where_their_labels_are_selected() -> None:
    sea, land = choose(labels=(LabelRule("team", "sea"),)), choose(labels=(LabelRule("team", "land"),))

    assert "without a document, and left as it is: collection/old" in sea.diagnostics[1].summary
    assert len(land.diagnostics) == 1


def test_addresses_that_are_none_are_told_together_with_what_may_be_meant() -> None:
    with pytest.raises(InputError) as caught:
        choose(Target("collection/s3"), Target("collection/old"), excludes=(Target("collection/zzzzzz*"),))

    s3, old, zzz = list_problems(caught)
    assert s3 == "--target collection/s3: there is no such address | did you mean collection/s2?"
    assert "collection/old is bound and has no document any more" in old
    assert "| there are collection/s1, collection/s2" in zzz


def test_a_selection_of_nothing_is_a_problem() -> None:
    with pytest.raises(InputError) as unmet:
        choose(labels=(LabelRule("team", "lnad"),))
    with pytest.raises(InputError) as unknown:
        choose(labels=(LabelRule("zone"),))
    with pytest.raises(InputError) as both:
        choose(Target("collection/s1"), labels=(LabelRule("team", "land"),))

    assert list_problems(unmet) == [
        "--selector team=lnad: no collection has such labels | did you mean team=land?",
    ]
    assert "there are team=land, team=sea" in list_problems(unknown)[0]
    assert "the options leave nothing selected" in list_problems(both)[0]
