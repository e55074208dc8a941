"""R8 and R9: few requests a minute, and tokens that end all the time, with many workers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import pytest

from byocplan.api.options import Patience
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from byocplan.model.tile import TilePayload
from tests.support.faulty import Arena, FastClock, count_repeats, open_arena
from tests.support.memory_tiles import BUCKET, make_create, make_part, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.faulty import Figure

THREADS = 50
TOKEN_LIFE_S = 0.5
#: A token is renewed after so much of its life.
EARLY = 0.8


@dataclass(frozen=True, slots=True)
class Storm:
    """What an apply under a limit has sent."""

    sent: int
    refused: int
    minutes: float
    per_minute: float

    @property
    def least(self) -> int:
        return self.sent - self.refused

    @property
    def allowed(self) -> float:
        """The bucket that was full at the start, and what flowed in since."""
        return self.per_minute * (1 + self.minutes)

    @property
    def shown(self) -> str:
        return (
            f"{self.sent:,} requests sent, {self.least:,} the least possible ({self.sent / self.least - 1:+.1%}), "
            f"{self.refused} answered with 429, {self.minutes:.1f} min; the limit allows {self.allowed:,.0f}"
        )


def apply_under_limit(folder: Path, count: int, per_minute: float, factor: float) -> Storm:
    clock = FastClock(factor)
    with open_arena(clock=clock, settings={"rate_per_minute": per_minute}) as arena:
        with arena.open_client() as client:
            live = client.create_collection(CollectionPayload("s2", BUCKET))
        changes = [make_create(number) for number in range(count)]
        began_s = clock.now_s()
        ended = arena.apply_plan(make_plan(make_part(Action.KEEP, changes, live_id=live.id)), folder, wait=False)
        minutes = (clock.now_s() - began_s) / 60
        log = [each for each in arena.log() if not each["path"].endswith("/token")]
        assert ended.code == 0, ended.text
        assert count_repeats(arena.list_paths()) == (count, 0)
    return Storm(len(log), sum(each["status"] == 429 for each in log), minutes, per_minute)


@pytest.mark.parametrize(
    ("count", "factor"), [(60, 60), pytest.param(300, 60, marks=pytest.mark.sweep)], ids=["60 tiles", "300 tiles"]
)
def test_ten_requests_a_minute_are_enough_and_none_fails(
    tmp_path: Path, figure: Figure, count: int, factor: float
) -> None:
    storm = apply_under_limit(tmp_path, count, 10, factor)

    figure(f"R8 trial tier, 10 a minute, {count} tiles", storm.shown)
    # In a short run those that were under way when the first was refused weigh more.
    under_way = 8 if count < 300 else 0
    assert storm.sent <= storm.allowed * 1.05 + under_way


@pytest.mark.sweep
def test_six_hundred_requests_a_minute_are_used_and_hardly_passed(tmp_path: Path, figure: Figure) -> None:
    storm = apply_under_limit(tmp_path, 2000, 600, 12)

    figure("R8 600 a minute, 2,000 tiles", storm.shown)
    assert storm.sent <= storm.least * 1.05


def read_from_many_threads(arena: Arena, count: int) -> list[str]:
    """Read one tile so many times; return the errors."""
    with arena.open_client() as client:
        live = client.create_collection(CollectionPayload("s2", BUCKET))
        tile = client.create_tile(live.id, TilePayload("a/(BAND).tif"))
        # The service's own limit on tokens; and tokens that end long before their time.
        arena.script("POST */token every=3 status=429 retry-after=20\nGET * every=3000 expire-tokens")
        with ThreadPoolExecutor(THREADS) as pool:
            reads = [pool.submit(client.get_tile, live.id, tile.id) for _ in range(count)]
        return [str(each.exception()) for each in reads if each.exception()]


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.sweep)])
def test_fifty_threads_share_tokens_that_end_twice_a_second(figure: Figure, count: int) -> None:
    # Slower than real time: on a busy machine fifty requests under way take a while, and tokens are to outlive them.
    clock = FastClock(0.1)
    settings = {"token_lifetime_s": TOKEN_LIFE_S, "threads": 2 * THREADS}
    with open_arena(clock=clock, settings=settings, patience=Patience(backoff_s=0.01)) as arena:
        began_s = clock.now_s()
        errors = read_from_many_threads(arena, count)
        lives = ceil((clock.now_s() - began_s) / (EARLY * TOKEN_LIFE_S))
        tokens = sum(each["status"] == 200 for each in arena.log() if each["path"].endswith("/token"))
        forced = count // 3000 + 1

    figure(
        f"R9 {THREADS} threads, {count:,} reads",
        f"{tokens} tokens for at most {lives + forced} ends, {len(errors)} failures",
    )
    assert errors == []
    assert 0 < tokens <= lives + forced
