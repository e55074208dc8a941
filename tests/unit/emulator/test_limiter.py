"""The token bucket."""

from __future__ import annotations

from byocplan.emulator.limiter import RateLimiter


def test_a_bucket_gives_its_capacity_and_then_names_the_wait_in_milliseconds() -> None:
    limiter = RateLimiter(per_minute=120, capacity=2)

    waits = [limiter.take_token("me", now_s=100.0) for _ in range(3)]

    assert waits == [0, 0, 500]


def test_a_wait_that_is_kept_is_enough_and_no_more_than_the_capacity_accumulates() -> None:
    limiter = RateLimiter(per_minute=60, capacity=1)
    limiter.take_token("me", now_s=0.0)

    waits = [limiter.take_token("me", now_s=moment) for moment in (0.75, 1.0, 60.0, 60.0)]

    assert waits == [250, 0, 0, 1000]


def test_accounts_have_buckets_of_their_own() -> None:
    limiter = RateLimiter(per_minute=60, capacity=1)

    assert [limiter.take_token(account, now_s=0.0) for account in ("one", "two")] == [0, 0]
