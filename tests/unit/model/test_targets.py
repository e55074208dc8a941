"""What ``--target``, ``--exclude`` and ``--selector`` select of one collection."""

import pytest

from byocplan.model.change import Action
from byocplan.model.selection import Selection
from byocplan.model.targets import LabelRule, Target, Targets
from byocplan.model.tile_paths import TilePaths

S2, LABELS = "collection/s2", {"team": "land", "tier": "1"}


def find(*targets: Target, excludes: tuple[Target, ...] = ()) -> TilePaths | None:
    return Targets(targets, excludes).find_paths(S2, LABELS)


def test_nothing_said_selects_everything() -> None:
    assert Targets().is_all
    assert find() == TilePaths()


def test_any_target_selects_and_its_wildcards_are_of_the_whole_address() -> None:
    assert find(Target("collection/x"), Target(S2)) == TilePaths()
    assert find(Target("collection/s*")) == TilePaths()
    assert find(Target("collection/?")) is None


def test_paths_of_several_targets_add_up_and_the_whole_collection_goes_before_them() -> None:
    assert find(Target(S2, "a/*"), Target("collection/*", "b")) == TilePaths(("a/*", "b"))
    assert find(Target(S2, "a/*"), Target(S2)) == TilePaths()


def test_what_is_excluded_is_out_whatever_targets_say() -> None:
    assert find(Target(S2), excludes=(Target("collection/s*"),)) is None
    assert find(Target(S2, "a/*"), excludes=(Target(S2, "a/b*"),)) == TilePaths(("a/*",), ("a/b*",))
    assert find(excludes=(Target("collection/other"),)) == TilePaths()


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (LabelRule("team", "land"), True),
        (LabelRule("team", "sea"), False),
        (LabelRule("team", "sea", is_negated=True), True),
        (LabelRule("none", "sea", is_negated=True), True),
        (LabelRule("team", "land", is_negated=True), False),
        (LabelRule("tier"), True),
        (LabelRule("none"), False),
        (LabelRule("none", is_negated=True), True),
    ],
)
def test_all_labels_have_to_hold(rule: LabelRule, holds: bool) -> None:
    assert rule.holds(LABELS) is holds
    assert (Targets(labels=(LabelRule("team", "land"), rule)).find_paths(S2, LABELS) is not None) is holds


def test_a_path_is_taken_when_it_is_like_one_and_unlike_all() -> None:
    paths = TilePaths(("2019/*", "2020/?/*"), ("*/33U/*",))

    assert paths.takes("2019/11/27/28V/(BAND).tif")
    assert not paths.takes("2019/11/33U/(BAND).tif")
    assert not paths.takes("2020/11/28V/(BAND).tif")
    assert not paths.takes("2018/2019/x.tif")


@pytest.mark.parametrize(
    ("like", "prefixes", "narrowed"),
    [
        (("2019/*",), ("",), ("2019/",)),
        (("2019/1/*",), ("2018/", "2019/"), ("2019/1/",)),
        (("20*",), ("2018/", "2019/"), ("2018/", "2019/")),
        (("2019/*", "2019/1/*"), ("",), ("2019/",)),
        (("*_B",), ("a/", "b/"), ("a/", "b/")),
        (("s/x_(BAND).tif",), ("s/",), ("s/x_",)),
        (("s/x_(BA?D).tif",), ("s/",), ("s/x_",)),
        (("2021/*",), ("2019/",), ()),
        ((), ("b/", "a/"), ("b/", "a/")),
    ],
)
def test_the_literal_head_of_wildcards_narrows_what_is_listed(
    like: tuple[str, ...], prefixes: tuple[str, ...], narrowed: tuple[str, ...]
) -> None:
    assert TilePaths(like).narrow_prefixes(prefixes) == narrowed


def test_a_selection_by_paths_leaves_the_collection_as_it_is_but_makes_it() -> None:
    inside, outside = Selection(paths=TilePaths(("a/*",))), Selection(paths=TilePaths((), ("a/*",)))

    assert [action for action in Action if inside.takes(action)] == [Action.CREATE, Action.ADOPT, Action.KEEP]
    assert [action for action in Action if not outside.takes(action)] == [Action.REPLACE, Action.DELETE, Action.FORGET]
    assert not inside.is_all
    assert not Selection(targets=Targets(labels=(LabelRule("a"),))).is_all


def test_a_selection_is_narrowed_to_one_collection() -> None:
    selection = Selection(targets=Targets((Target(S2, "a/*"),)))

    assert selection.narrow(S2, {}) == Selection(paths=TilePaths(("a/*",)))
    assert selection.narrow("collection/other", {}) is None
