"""R1, R2: an apply is killed anywhere, applied again, planned: no duplicate, nothing lost, nothing left to do."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from byocplan.model.failpoint import Failpoint
from tests.support.torture import KILLED, Found, Mix, Stage, check_end, check_point, open_stage

SMALL = Mix(create=2, update=2, reingest=2, delete=2, new=2)
#: What is changed lies behind more pages than an incremental listing reads.
OLD = Mix(create=2, update=2, reingest=2, delete=2, new=2, keep=300)
WIDE = Mix(create=20, update=40, reingest=40, delete=40, new=60)
LARGE = Mix(create=3000, update=500, reingest=500, delete=500, new=5500)
#: Points of the sweep are dealt to so many tests, for as many processes as there may be.
HANDS = 8
AT_WRITES = (
    Failpoint.BEFORE_POST,
    Failpoint.AFTER_POST,
    Failpoint.AFTER_POST_BEFORE_JOURNAL,
    Failpoint.AFTER_JOURNAL,
)
AT_FILES = (Failpoint.BEFORE_RENAME, Failpoint.AFTER_RENAME, Failpoint.BEFORE_RELEASE)

OpenStage = Callable[..., Stage]


@pytest.fixture(scope="module")
def open_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStage]:
    """Open stages that live as long as this module; one for each mix and mode."""
    opened: dict[tuple[Mix, bool], Stage] = {}
    with ExitStack() as stack:

        def get(mix: Mix, *, accept_duplicates: bool = False) -> Stage:
            key = mix, accept_duplicates
            if key not in opened:
                root = tmp_path_factory.mktemp("stage")
                opened[key] = stack.enter_context(open_stage(root, mix, accept_duplicates=accept_duplicates))
            return opened[key]

        yield get


def count_requests(stage: Stage) -> int:
    """Return how many requests an apply sends that nobody kills."""
    stage.prepare()
    ended = stage.apply()
    assert ended.code == 0, ended.text
    return len(stage.log())


def sum_up(found: list[tuple[Found, bool]]) -> str:
    wrong = [each for each, _ in found]
    counts = {
        "duplicates": sum(each.duplicates for each in wrong),
        "lost": sum(each.lost for each in wrong),
        "surplus": sum(each.surplus for each in wrong),
        "orphans": sum(each.orphans for each in wrong),
        "creates over": sum(each.posts_over for each in wrong),
        "plans not empty": sum(each.unsettled for each in wrong),
    }
    killed = sum(was_killed for _, was_killed in found)
    return f"{len(found)} points, {killed} killed; " + ", ".join(f"{name} {count}" for name, count in counts.items())


def plan_all_but_deletes(stage: Stage, mode: str) -> dict[str, Any]:
    text = stage.run("plan", "--refresh", mode, "--only", "create,update,reingest", "--format", "json").text
    plan: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return plan


def digest_sets(plan: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["address"], each["action"], each["digest"]) for each in plan["set_changes"]]


@pytest.mark.parametrize("turn", range(5))
def test_an_apply_killed_at_some_request_is_taken_up_again(
    open_one: OpenStage, chance: random.Random, turn: int
) -> None:
    stage = open_one(SMALL, accept_duplicates=bool(turn % 2))

    found, was_killed = check_point(stage, kill_at=chance.randint(4, 24))

    assert was_killed
    assert found.is_well, found


@pytest.mark.parametrize(
    "failpoint", ["after_post_before_journal:1", "before_rename:1", "after_journal:1", "after_rename:1"]
)
def test_an_apply_killed_at_a_failpoint_is_taken_up_again(open_one: OpenStage, failpoint: str) -> None:
    found, was_killed = check_point(open_one(SMALL), failpoint=failpoint)

    assert was_killed
    assert found.is_well, found


@pytest.mark.parametrize("failpoint", ["before_post:1", "after_post_before_journal:9", "after_post:12"])
def test_what_a_killed_apply_leaves_in_the_inventory_is_never_wrong(open_one: OpenStage, failpoint: str) -> None:
    stage = open_one(OLD)
    stage.prepare()
    assert stage.run("plan").code == 0

    killed = stage.apply(failpoint=failpoint)
    quick, full = (plan_all_but_deletes(stage, mode) for mode in ("incremental", "full"))

    assert killed.code == KILLED, killed.text
    assert "only new live tiles were listed" in str(quick["diagnostics"])
    assert quick["summary"] == full["summary"]
    assert digest_sets(quick) == digest_sets(full)


@pytest.mark.sweep
@pytest.mark.parametrize("hand", range(HANDS))
def test_sweep_of_all_requests(open_one: OpenStage, figure: Callable[[str, str], None], hand: int) -> None:
    stage = open_one(WIDE, accept_duplicates=bool(hand % 2))
    points = range(1 + hand, count_requests(stage) + 1, HANDS)

    found = [check_point(stage, kill_at=k) for k in points]

    figure(f"R1 M={WIDE.changes} killed at request k, part {hand + 1} of {HANDS}", sum_up(found))
    assert all(each.is_well for each, _ in found), [each for each, _ in found if not each.is_well]


@pytest.mark.sweep
@pytest.mark.parametrize("failpoint", AT_WRITES)
def test_sweep_of_failpoints_at_writes(
    open_one: OpenStage, figure: Callable[[str, str], None], chance: random.Random, failpoint: Failpoint
) -> None:
    stage = open_one(WIDE)
    passes = [1, 2, 3, *sorted(chance.sample(range(4, WIDE.changes + 1), 9))]

    found = [check_point(stage, failpoint=f"{failpoint}:{turn}") for turn in passes]

    figure(f"R1 M={WIDE.changes} killed at {failpoint}", sum_up(found))
    assert all(was_killed for _, was_killed in found)
    assert all(each.is_well for each, _ in found), [each for each, _ in found if not each.is_well]


@pytest.mark.sweep
@pytest.mark.parametrize("failpoint", AT_FILES)
def test_sweep_of_failpoints_at_files(
    open_one: OpenStage, figure: Callable[[str, str], None], failpoint: Failpoint
) -> None:
    stage = open_one(SMALL)
    found = []
    for turn in range(1, 100):
        found.append(check_point(stage, failpoint=f"{failpoint}:{turn}"))
        if not found[-1][1]:
            break

    figure(f"R1 M={SMALL.changes} killed at every {failpoint}", sum_up(found))
    assert found[0][1]
    assert all(each.is_well for each, _ in found), [each for each, _ in found if not each.is_well]


@pytest.mark.sweep
@pytest.mark.parametrize("hand", range(5))
def test_sweep_of_ten_thousand_tiles_at_random_points(
    open_one: OpenStage, figure: Callable[[str, str], None], chance: random.Random, hand: int
) -> None:
    stage = open_one(LARGE, accept_duplicates=bool(hand % 2))
    whole = count_requests(stage)
    found, worst = [], 0.0
    for k in sorted(chance.sample(range(2, whole), 10)):
        stage.prepare()
        first = stage.apply(kill_at=k)
        sent = len(stage.log())
        assert stage.apply().code == 0
        worst = max(worst, (len(stage.log()) - sent) / max(1, whole - sent))
        found.append((check_end(stage), first.code == KILLED))

    figure(f"R2 M={LARGE.changes} random points, part {hand + 1} of 5", sum_up(found))
    figure(f"R2 second apply, part {hand + 1} of 5", f"at most {worst:.2f} x the requests that were left")
    assert all(each.is_well for each, _ in found), [each for each, _ in found if not each.is_well]
