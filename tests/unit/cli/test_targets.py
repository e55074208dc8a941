"""The texts of ``--target``, ``--exclude`` and ``--selector``."""

import pytest

from byocplan.cli.narrowing import make_selection
from byocplan.cli.targets import parse_targets
from byocplan.errors import InputError
from byocplan.model.targets import LabelRule, Target, Targets


def test_an_address_ends_at_the_first_colon() -> None:
    targets = parse_targets(["collection/s2", "collection/s*:a:b/*"], ["collection/x?:y"], [])

    assert targets.targets == (Target("collection/s2"), Target("collection/s*", "a:b/*"))
    assert targets.excludes == (Target("collection/x?", "y"),)


def test_labels_are_parted_by_commas_and_options() -> None:
    targets = parse_targets([], [], ["team=land, tier!=1", "a==b=c", "x", "!y", "z="])

    assert targets.labels == (
        LabelRule("team", "land"),
        LabelRule("tier", "1", is_negated=True),
        LabelRule("a", "b=c"),
        LabelRule("x"),
        LabelRule("y", is_negated=True),
        LabelRule("z", ""),
    )


def test_every_text_that_says_nothing_is_a_problem() -> None:
    wanted = ["s2", "collection/", "collection/S2", "collection/s2:", "collection/s2:/a"]

    with pytest.raises(InputError) as caught:
        parse_targets(wanted, ["coll*"], ["=x", "", "!a=b", "k in (a)"])

    assert len(caught.value.problems) == len(wanted) + 1 + 4
    assert all(problem.hint for problem in caught.value.problems)


def test_a_selection_can_be_typed_again() -> None:
    targets = parse_targets(["collection/s2:a b/*"], ["collection/x"], ["k=v", "!w", "u!=1"])

    arguments = make_selection("reingest,create", "failed", targets).options

    assert arguments == (
        *("--target", "collection/s2:a b/*", "--exclude", "collection/x", "--selector", "k=v,!w,u!=1"),
        *("--only", "create,reingest", "--status", "FAILED"),
    )
    assert parse_targets([arguments[1]], [arguments[3]], [arguments[5]]) == targets
    assert make_selection(None, None, Targets()).options == ()
