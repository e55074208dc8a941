"""The rate limiter on a clock that never really waits."""

from __future__ import annotations

import itertools
import math
import threading
from contextlib import ExitStack
from queue import Empty, SimpleQueue

import pytest

from byocplan.api.rate import RateLimiter, decode_retry_after
from byocplan.errors import StoppedError
from tests.support.api import FakeClock


class Bucket:
    """The service's side: a token bucket over requests a minute that answers a pause (s), 0 for taken."""

    def __init__(self, per_minute: float, clock: FakeClock) -> None:
        self.per_minute, self.clock = per_minute, clock
        self.level, self.filled_s = per_minute, clock.read()
        self.asked = 0

    def ask(self) -> float:
        self.asked += 1
        now_s = self.clock.read()
        self.level = min(self.per_minute, self.level + (now_s - self.filled_s) * self.per_minute / 60)
        self.filled_s = now_s
        if self.level >= 1:
            self.level -= 1
            return 0
        return (1 - self.level) * 60 / self.per_minute


def send(limiter: RateLimiter, pause_s: float | None = None) -> None:
    """Send one request, which is answered at once: with a 429 that asks for a pause, where one is given."""
    with limiter.wait_turn() as attempt:
        attempt.pause_s = pause_s


def make_limiter(clock: FakeClock, per_minute: float | None = None) -> RateLimiter:
    return RateLimiter(per_minute, clock.read, clock.sleep)


def send_all(limiter: RateLimiter, bucket: Bucket, count: int) -> None:
    for _ in range(count):
        is_taken = False
        while not is_taken:
            with limiter.wait_turn() as attempt:
                pause_s = bucket.ask()
                is_taken = pause_s == 0
                attempt.pause_s = None if is_taken else math.ceil(pause_s * 1000) / 1000


@pytest.mark.parametrize(
    ("text", "pause_s"),
    [
        ("12000", 12.0),
        ("3398", 3.398),
        ("0", 0.0),
        ("0.5", 0.0005),
        (" 700 ", 0.7),
        ("-5", 0.0),
        ("1000000000", 60.0),
        ("inf", 60.0),
        ("nan", 1.0),
        ("", 1.0),
        (None, 1.0),
        ("abc", 1.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0),
    ],
)
def test_retry_after_is_read_as_milliseconds_and_capped(text: str | None, pause_s: float) -> None:
    assert decode_retry_after(text) == pytest.approx(pause_s)


def test_nothing_is_held_back_until_the_service_says_so() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock)

    for _ in range(1000):
        send(limiter)

    assert clock.slept_s == []


def test_a_given_cap_spreads_requests_evenly_from_the_start() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock, per_minute=300)
    turns = []

    for _ in range(10):
        send(limiter)
        turns.append(clock.read())

    gaps = [after - before for before, after in itertools.pairwise(turns)]
    assert gaps == pytest.approx([0.2] * 9)


def test_after_a_429_the_next_turn_comes_when_the_pause_is_over() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock)
    begun_s = clock.read()

    send(limiter, decode_retry_after("12000"))
    send(limiter)

    assert 12.0 <= clock.read() - begun_s <= 13.5


def test_a_pause_holds_all_workers_and_they_do_not_start_together() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock)
    first_s = clock.read()
    send(limiter, 6)
    turns: list[float] = []

    def work() -> None:
        with limiter.wait_turn():
            turns.append(clock.read())

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert min(turns) >= first_s + 6
    assert len(set(turns)) == 8


def test_until_a_rate_is_known_who_comes_waits_for_an_answer_to_others() -> None:
    limiter = make_limiter(FakeClock())
    may_answer = [threading.Event() for _ in range(3)]
    begun: SimpleQueue[int] = SimpleQueue()

    def work(number: int) -> None:
        with limiter.wait_turn():
            begun.put(number)
            may_answer[number].wait(10)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    first = begun.get(timeout=10)
    begun.get(timeout=10)
    with pytest.raises(Empty):
        begun.get(timeout=0.3)
    may_answer[first].set()
    begun.get(timeout=10)
    for each in may_answer:
        each.set()
    for worker in workers:
        worker.join()


def test_who_waits_for_an_answer_to_others_does_not_begin_once_the_run_is_stopped() -> None:
    stopped, clock = threading.Event(), FakeClock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if stopped.is_set():
            raise StoppedError

    limiter, may_answer = RateLimiter(None, clock.read, sleep), threading.Event()
    ended: SimpleQueue[str] = SimpleQueue()

    def work() -> None:
        try:
            with limiter.wait_turn():
                may_answer.wait(10)
            ended.put("sent")
        except StoppedError:
            ended.put("stopped")

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    stopped.set()
    first = [ended.get(timeout=10) for _ in range(6)]
    may_answer.set()
    for worker in workers:
        worker.join()

    assert first == ["stopped"] * 6
    assert [ended.get(), ended.get()] == ["sent", "sent"]


def test_a_cap_holds_also_where_every_other_request_is_refused() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock, per_minute=60)
    start_s = clock.read()

    for number in range(121):
        send(limiter, 0.001 if number % 2 else None)

    assert clock.read() - start_s >= 120


def test_a_cap_of_less_than_one_a_minute_is_kept_after_a_refusal() -> None:
    limiter = make_limiter(FakeClock(), per_minute=0.5)

    send(limiter, 60)

    assert limiter.per_minute <= 0.5


def test_a_request_that_fails_gives_its_place_back() -> None:
    limiter = make_limiter(FakeClock())

    for _ in range(10):
        with pytest.raises(ValueError, match="lost"), limiter.wait_turn():
            raise ValueError("lost")

    send(limiter)


def test_a_cap_is_never_exceeded_by_learning() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock, per_minute=20)
    send(limiter, 0.1)

    clock.advance(3600)
    for _ in range(200):
        send(limiter)

    assert limiter.per_minute <= 20


def test_answers_to_requests_sent_before_the_slowing_down_do_not_slow_down_again() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock, 1200)
    with ExitStack() as stack:
        attempts = [stack.enter_context(limiter.wait_turn()) for _ in range(50)]
        clock.advance(1)
        send(limiter, 1)
        learned = limiter.per_minute
        for attempt in attempts:
            attempt.pause_s = 1

    assert limiter.per_minute == learned


@pytest.mark.parametrize("per_minute", [10, 300, 1200])
def test_a_service_with_a_budget_is_used_well_and_seldom_overrun(per_minute: float) -> None:
    clock = FakeClock()
    bucket = Bucket(per_minute, clock)
    limiter = make_limiter(clock)
    start_s = clock.read()
    count = int(per_minute * 30)

    send_all(limiter, bucket, count)

    took_minutes = (clock.read() - start_s) / 60
    assert bucket.asked <= count * 1.05
    assert took_minutes <= 30 * 1.1


def test_a_run_that_was_told_to_wait_for_a_minute_recovers() -> None:
    clock = FakeClock()
    limiter = make_limiter(clock)
    send(limiter, 60)  # somebody else had used the budget up
    assert limiter.per_minute <= 60
    start_s = clock.read()

    send_all(limiter, Bucket(300, clock), 1000)

    assert clock.read() - start_s < 6 * 60
