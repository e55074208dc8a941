"""R3: SIGINT and SIGTERM drain a run within 7 seconds; a second signal ends it within one; the next apply goes on."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.torture import Mix, Stage, check_end, open_stage

MIX = Mix(create=5, update=3, reingest=3, delete=3, new=60)
#: So large is a journal at least once tiles are under way.
BEGUN_BYTES = 1500
DRAIN_S, AT_ONCE_S = 7.0, 1.0
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), MIX) as stage:
        yield stage


@pytest.fixture
def stage(opened: Stage) -> Stage:
    """A stage on which an apply has everything to do."""
    opened.trigger.released.clear()
    opened.prepare()
    return opened


def slow_down(stage: Stage, delay_s: float) -> None:
    """Have every create of a tile take so long, before it is carried out."""
    stage.admin(
        "POST", "/faults", {"faults": [{"method": "POST", "path": "/tiles$", "times": None, "delay_s": delay_s}]}
    )


def interrupt(stage: Stage, number: int, posts: int) -> tuple[int, str, float]:
    """Send one signal once so many tiles were posted; return exit code, output and seconds until the end."""
    process = stage.make_process("apply", "--auto-approve")
    process.start()
    stage.wait_for_posts(posts)
    assert process.pid is not None
    start_s = time.monotonic()
    os.kill(process.pid, number)
    ended = stage.finish(process)
    return ended.code, ended.text, time.monotonic() - start_s


def wait_until_begun(stage: Stage) -> None:
    """Return once creates of tiles are under way."""
    end_s = time.monotonic() + 60
    while sum(path.stat().st_size for path in stage.list_journals()) < BEGUN_BYTES:
        assert time.monotonic() < end_s
        time.sleep(0.01)


def go_on(stage: Stage) -> None:
    """Apply again and make sure that all is as it should be."""
    stage.admin("DELETE", "/faults")
    again = stage.apply()
    assert again.code == 0, again.text
    found = check_end(stage)
    assert found.is_well, found


@BOTH
def test_a_signal_drains_the_run(stage: Stage, number: signal.Signals) -> None:
    slow_down(stage, 0.2)

    code, text, took_s = interrupt(stage, number, posts=12)

    assert (code, "Stopped early" in text) == (128 + number, True), text
    assert took_s < DRAIN_S
    assert stage.list_journals() == []
    go_on(stage)


@BOTH
def test_a_second_signal_leaves_at_once_and_tells_of_the_lease(stage: Stage, number: signal.Signals) -> None:
    slow_down(stage, 3)
    process = stage.make_process("apply", "--auto-approve")
    process.start()
    assert process.pid is not None
    wait_until_begun(stage)
    os.kill(process.pid, number)
    time.sleep(0.3)

    start_s = time.monotonic()
    os.kill(process.pid, number)
    ended = stage.finish(process)

    assert time.monotonic() - start_s < AT_ONCE_S
    assert ended.code == 128 + number
    assert f"The lease was held by process {process.pid} on " in ended.text
    stage.trigger.released.set()
    go_on(stage)


def test_answers_that_never_come_do_not_hold_up_the_end(stage: Stage) -> None:
    slow_down(stage, 60)
    process = stage.make_process("apply", "--auto-approve")
    process.start()
    assert process.pid is not None
    wait_until_begun(stage)

    start_s = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    ended = stage.finish(process)

    assert time.monotonic() - start_s < DRAIN_S
    assert (ended.code, "Stopped early" in ended.text) == (130, True), ended.text
    assert len(stage.list_journals()) == 1
    stage.trigger.released.set()
    go_on(stage)


def test_a_signal_while_planning_ends_at_once(stage: Stage) -> None:
    stage.admin("POST", "/faults", {"faults": [{"method": "GET", "path": "/tiles$", "times": None, "delay_s": 60}]})
    process = stage.make_process("apply", "--auto-approve")
    process.start()
    assert process.pid is not None
    while len(stage.log()) < 2:
        time.sleep(0.01)
    time.sleep(0.3)

    start_s = time.monotonic()
    os.kill(process.pid, signal.SIGTERM)
    ended = stage.finish(process)

    assert time.monotonic() - start_s < DRAIN_S
    assert ended.code == 143
    stage.trigger.released.set()
    go_on(stage)


@pytest.mark.sweep
@pytest.mark.parametrize("hand", range(4))
def test_sweep_of_signals_at_random_points(
    opened: Stage, figure: Callable[[str, str], None], chance: random.Random, hand: int
) -> None:
    rounds, slowest_s = 25, 0.0
    for _ in range(rounds):
        opened.prepare()
        slow_down(opened, 0.05)
        number = chance.choice([signal.SIGINT, signal.SIGTERM])
        code, text, took_s = interrupt(opened, number, posts=chance.randint(1, MIX.creates // 2))
        assert code == 128 + number, text
        assert opened.list_journals() == []
        slowest_s = max(slowest_s, took_s)
        go_on(opened)

    figure(
        f"R3 signals at random points, part {hand + 1} of 4",
        f"{rounds} of {rounds} well, slowest end {slowest_s:.2f} s",
    )
    assert slowest_s < DRAIN_S
