"""What is learned of a budget, played through with several requests under way and answers that take their time."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Self

import pytest

from byocplan.api.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.pace import Turn

WORKERS = 8


@dataclass
class Budget:
    """The service's side: it fills by ``per_minute``, up to ``at_once``."""

    per_minute: float
    at_once: float
    level: float = field(init=False)
    filled_s: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.at_once

    def take(self, now_s: float) -> float:
        """Return the pause (s, whole milliseconds) that is asked for, 0 where the request is taken."""
        per_s = self.per_minute / 60
        self.level = min(self.at_once, self.level + (now_s - self.filled_s) * per_s)
        self.filled_s = now_s
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return math.ceil(1000 * (1 - self.level) / per_s) / 1000


class Run:
    """``requests`` sent by eight workers. An answer takes ``answer_s`` (s), or up to a third more.

    ``says_when``: whether a refusal tells how long to wait; ``others``: what others take of the budget, a part of it.
    """

    def __init__(
        self,
        budget: Budget,
        requests: int,
        answer_s: float,
        seed: int = 1,
        *,
        says_when: bool = True,
        others: float = 0.0,
        cap: float | None = None,
    ) -> None:
        self.budget, self.requests, self.answer_s = budget, requests, answer_s
        self.says_when, self.others_per_s = says_when, others * budget.per_minute / 60
        self.pace, self.random = Pace(cap, 0.0), Random(seed)
        self.sent = self.refused = self.taken = self.epoch = 0
        self.now_s = 0.0
        self.waiting: list[Callable[[], None]] = []
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.numbers = itertools.count()

    def play(self) -> Self:
        """Play until all requests are taken."""
        self.start()
        while self.taken < self.requests:
            self.step()
        return self

    def start(self) -> None:
        """Have all workers ask for a turn."""
        for _ in range(WORKERS):
            self._ask()
        if self.others_per_s:
            self._take_for_others()

    def step(self) -> None:
        """Let the next thing happen."""
        self.now_s, _, act = heapq.heappop(self.events)
        act()

    @property
    def minutes(self) -> float:
        return self.now_s / 60

    @property
    def share_refused(self) -> float:
        return self.refused / self.sent

    def _after(self, wait_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self.events, (self.now_s + wait_s, next(self.numbers), act))

    def _ask(self) -> None:
        epoch = self.epoch
        self._after(max(self.pace.reserve(self.now_s) - self.now_s, 0.0), lambda: self._send(epoch))

    def _send(self, epoch: int) -> None:
        if self.pace.is_full:
            self.waiting.append(self._ask)
        elif epoch != self.epoch or self.now_s < self.pace.pause_until_s:
            self._ask()
        else:
            turn = self.pace.begin(self.now_s)
            self.sent += 1
            way_s = self.answer_s * (1 + self.random.random() / 3) / 2
            self._after(way_s, lambda: self._arrive(turn, way_s))

    def _arrive(self, turn: Turn, way_s: float) -> None:
        pause_s = self.budget.take(self.now_s)
        self.refused += pause_s > 0
        self.taken += not pause_s
        self._after(way_s, lambda: self._answer(turn, pause_s))

    def _answer(self, turn: Turn, pause_s: float) -> None:
        said_s = pause_s if self.says_when else 1.0
        self.pace.end(turn, self.now_s, said_s if pause_s else None)
        self.epoch += pause_s > 0
        self._ask()
        waiting, self.waiting = self.waiting, []
        for ask in waiting:
            ask()

    def _take_for_others(self) -> None:
        self.budget.take(self.now_s)
        self._after(self.random.expovariate(self.others_per_s), self._take_for_others)


def play_together(runs: list[Run]) -> list[float]:
    """Play runs on one clock and return when (minutes) each has ended."""
    for run in runs:
        run.start()
    going = list(runs)
    while going:
        run = min(going, key=lambda each: each.events[0][0])
        run.step()
        if run.taken == run.requests:
            going.remove(run)
    return [run.minutes for run in runs]


def get_least_minutes(budget: Budget, requests: int) -> float:
    return (requests - budget.at_once) / budget.per_minute


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("answer_s", [0.004, 0.05, 0.2])
@pytest.mark.parametrize(
    ("per_minute", "at_once", "requests"),
    [(60, 6, 600), (300, 30, 1000), (300, 300, 1000), (600, 60, 1000), (600, 600, 2000), (1200, 120, 3000)],
)
def test_a_budget_is_used_to_a_twentieth_and_hardly_overrun(
    per_minute: float, at_once: int, requests: int, answer_s: float, seed: int
) -> None:
    budget = Budget(per_minute, at_once)

    run = Run(budget, requests, answer_s, seed).play()

    assert run.minutes <= 1.05 * get_least_minutes(budget, requests)
    assert run.share_refused <= 0.02


@pytest.mark.parametrize(("per_minute", "requests"), [(300, 600), (600, 1000), (1200, 2000)])
def test_of_a_short_run_at_a_service_nearby_less_than_a_hundredth_is_refused(per_minute: float, requests: int) -> None:
    runs = [Run(Budget(per_minute, per_minute / 10), requests, 0.005, seed).play() for seed in range(5)]

    assert max(run.share_refused for run in runs) <= 0.01


def test_a_budget_that_others_use_as_well_is_shared_without_a_storm() -> None:
    budget = Budget(300, 30)

    run = Run(budget, 3000, 0.05, others=0.3).play()

    assert run.minutes <= 1.1 * 3000 / (300 * 0.7)
    assert run.share_refused <= 0.03


def test_a_service_that_does_not_say_when_is_met_all_the_same() -> None:
    budget = Budget(300, 300)

    run = Run(budget, 2000, 0.05, says_when=False).play()

    assert run.minutes <= 1.1 * get_least_minutes(budget, 2000)
    assert run.share_refused <= 0.02


def test_a_cap_is_kept_to_where_more_would_be_taken() -> None:
    run = Run(Budget(600, 600), 300, 0.05, cap=120).play()

    assert run.minutes == pytest.approx(300 / 120, rel=0.02)
    assert run.refused == 0


def test_a_budget_that_was_used_up_before_is_learned_anew_when_it_grows() -> None:
    budget = Budget(10, 1)
    run = Run(budget, 30, 0.05)
    run.play()
    budget.per_minute, run.requests = 300, 2000

    begun_minutes = run.minutes
    run.play()

    assert run.minutes - begun_minutes <= 30


def test_until_a_rate_is_known_few_are_under_way_and_more_where_answers_take_longer() -> None:
    pace = Pace(None, 0.0)
    first = [pace.begin(0.0), pace.begin(0.0)]
    assert pace.is_full
    for turn in first:
        pace.end(turn, 0.4)

    under_way = list(itertools.takewhile(lambda _: not pace.is_full, (pace.begin(0.4) for _ in range(100))))

    assert 7 <= len(under_way) <= 9


def test_the_longer_no_refusal_comes_the_more_are_under_way() -> None:
    pace = Pace(None, 0.0)
    for _ in range(1000):
        pace.end(pace.begin(0.0), 0.01)

    under_way = list(itertools.takewhile(lambda _: not pace.is_full, (pace.begin(0.0) for _ in range(100))))

    assert 8 <= len(under_way) <= 14


def test_a_run_that_fits_into_the_budget_is_not_held_to_the_rate() -> None:
    budget = Budget(300, 300)

    run = Run(budget, 250, 0.05).play()

    assert run.refused == 0
    assert run.minutes < 0.2


def test_requests_that_overtake_a_refused_one_are_not_counted_behind_it() -> None:
    pace = Pace(None, 0.0)
    refused, overtaking = pace.begin(0.0), pace.begin(0.0)
    pace.end(refused, 0.1, 0.5)
    pace.end(overtaking, 0.11)
    pace.end(pace.begin(0.7), 0.75)

    pace.end(pace.begin(0.8), 0.85, 0.25)

    # One request from 0.6 to 1.1 s; with the one that overtook it were two.
    assert pace.rate == pytest.approx(60 / 0.5)


def test_the_first_guess_is_no_lower_than_what_was_taken_so_far() -> None:
    pace = Pace(None, 0.0)
    for _ in range(300):
        pace.end(pace.begin(1.0), 1.01)

    pace.end(pace.begin(10.0), 10.01, 50.0)

    assert pace.rate == pytest.approx(301)


def test_the_first_guess_is_no_higher_than_answers_come() -> None:
    pace = Pace(None, 0.0)
    for _ in range(5):
        pace.end(pace.begin(1.0), 1.2)

    pace.end(pace.begin(2.0), 2.2, 0.001)

    assert 60 * 10 <= pace.rate <= 60 * 30


def test_one_early_refusal_with_a_long_pause_is_got_over() -> None:
    run = Run(Budget(1e6, 1e6), 3000, 0.05)
    run.pace.end(run.pace.begin(0.0), 0.05, 60.0)

    run.play()

    assert run.minutes <= 8


def test_of_runs_that_share_a_budget_none_is_starved_for_long() -> None:
    budget = Budget(1200, 1200)
    runs = [Run(budget, 1000, 0.05, seed) for seed in range(4)]

    ends = play_together(runs)

    assert max(ends) <= 2.5 * (4000 - 1200) / 1200


def test_after_idleness_nothing_is_reckoned_from_before() -> None:
    pace = Pace(None, 0.0)
    pace.end(pace.begin(0.0), 0.1, 0.1)
    known = pace.rate
    idle_s = 600.0
    for number in range(3):
        pace.reserve(idle_s)
        pace.end(pace.begin(idle_s + number), idle_s + number)

    pace.end(pace.begin(idle_s + 3), idle_s + 3, 0.1)

    # Three requests in ten minutes are no rate of the service's.
    assert pace.rate > known / 2
