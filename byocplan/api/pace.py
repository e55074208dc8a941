"""When the next request may go, learned from what the service refuses. Pure: every moment (s) is an argument.

The service holds a budget that fills evenly and is full at first. A 429 says when it has one request again; between two
such moments it took in as much as it gave out, so the requests taken over the time between are its rate, known to
within the jitter of two answers. Source: rate limiting documentation of Sentinel Hub.
"""

from __future__ import annotations

import math
from typing import NamedTuple

MINUTE_S = 60.0
LOWEST_PER_MINUTE = 1.0
#: A single refusal, whose pause may have causes of its own, does not slow a run down to less (a minute).
LOWEST_GUESS = 60.0
#: Where more than the rate was seen to be taken, and a refusal comes all the same: others use the budget as well.
SLOWER = 0.95
#: A rate is known well from a time on that is so many times as long as an answer takes: part of that is how late it is.
TELLING = 20
#: The rate grows while no refusal comes, each time by twice as much as before: at first by this where it is known well,
#: otherwise by that.
GROWTH, UNSURE_GROWTH, MAX_GROWTH = 0.02, 0.2, 0.5
#: How many requests pass until it grows, and how long (s) that takes at the least and at the most: what is not known
#: well is tried soon, what is known well seldom, unless no refusal came of the last growth either.
UNSURE_STEP, SURE_STEP, AGAIN_STEP = (20, 2.0, 30.0), (100, MINUTE_S, math.inf), (60, 10.0, MINUTE_S)
#: Who sends nothing for longer than this, and than two turns, leaves the budget to overflow: nothing is known then.
IDLE_S = 1.0
#: Until a rate is known, so many requests are under way at once as a budget of 1,200 a minute needs, and one more for
#: each so many that were answered: when the budget ends, all that are under way are refused.
EXPECTED_PER_S, FEWEST, ANSWERED_FOR_MORE = 20.0, 2, 100
#: The weight of the last answer in what answers are taken to last.
WEIGHT = 0.1


class Turn(NamedTuple):
    """Leave to send one request: its number in the run, and when it was given."""

    number: int
    at_s: float


class Pace:
    """The turns of a run. ``per_minute`` is the operator's cap, never exceeded."""

    def __init__(self, per_minute: float | None, now_s: float) -> None:
        self._cap = self.rate = per_minute or math.inf
        self._next_s = self._last_s = self.pause_until_s = -math.inf
        self._changed_s, self._growth, self._is_sure = now_s, UNSURE_GROWTH, False
        self._begun_s, self._last = now_s, 0
        #: When the budget had one request again after the refusal that is reckoned from, and what was taken since.
        self._refused_free_s: float | None = None
        self._taken_since = 0
        #: The rate before it grew the last time, which no refusal met: the service's is no lower, until it says more.
        self._held = 0.0
        self._under_way = self._answered = 0
        self._answer_s = 0.0

    @property
    def is_full(self) -> bool:
        """Whether an answer has to come before another request goes."""
        return math.isinf(self.rate) and self._under_way >= self._get_room()

    def reserve(self, now_s: float) -> float:
        """Return the moment of the next turn, which is nobody else's."""
        self._speed_up(now_s)
        gap_s = MINUTE_S / self.rate
        if now_s - self._next_s > max(IDLE_S, 2 * gap_s):
            self._refused_free_s, self._taken_since, self._is_sure = None, 0, False
        # A pause voids the turns that were reserved, not those that were given.
        slot_s = max(now_s, self._next_s, self.pause_until_s, self._last_s + MINUTE_S / self._cap)
        self._next_s = slot_s + gap_s
        return slot_s

    def begin(self, now_s: float) -> Turn:
        """Give a turn whose moment has come."""
        self._last, self._last_s = self._last + 1, now_s
        self._under_way += 1
        return Turn(self._last, now_s)

    def end(self, turn: Turn, now_s: float, pause_s: float | None = None, backoff_s: float = 0.0) -> None:
        """Take note that a request was answered, or failed.

        ``pause_s`` is what a 429 asks for; ``backoff_s`` is how long nothing is sent whatever it asks for.
        """
        self._under_way -= 1
        self._answered += 1
        took_s = now_s - turn.at_s
        self._answer_s += (took_s - self._answer_s) * (WEIGHT if self._answer_s else 1)
        if pause_s is not None:
            self._next_s = self.pause_until_s = max(self.pause_until_s, now_s + max(pause_s, backoff_s))
            # Those sent before the last change say nothing new.
            if turn.at_s >= self._changed_s:
                self._slow_down(now_s, pause_s)
                self._changed_s, self._growth = now_s, GROWTH if self._is_sure else UNSURE_GROWTH
        elif self._refused_free_s is not None:
            # In whatever order they went, what was answered before the budget had one again was taken before.
            self._taken_since += now_s >= self._refused_free_s

    def _slow_down(self, now_s: float, pause_s: float) -> None:
        free_s = now_s + pause_s
        between_s = free_s - self._refused_free_s if self._refused_free_s is not None else 0.0
        measured = MINUTE_S * self._taken_since / between_s if between_s > 0 else 0.0
        is_telling = measured > 0 and between_s >= TELLING * self._answer_s
        seen = measured if is_telling or not self._is_sure else self.rate
        slower = min(seen or self._guess(now_s, pause_s), self.rate)
        slower = slower if slower < self.rate else self.rate * SLOWER
        self.rate = min(max(slower, self._held, LOWEST_PER_MINUTE), self._cap)
        self._held = 0.0
        self._is_sure = self._is_sure or is_telling
        if self._refused_free_s is None or is_telling:
            self._refused_free_s, self._taken_since = free_s, 0

    def _guess(self, now_s: float, pause_s: float) -> float:
        """Return a rate (a minute) that is rather too high: the budget fills by one request in the pause or sooner.

        It cannot have been met faster than answers came, and a budget that fills seldom took what it has taken so far.
        """
        by_pause = MINUTE_S / pause_s if pause_s > 0 else math.inf
        by_answers = MINUTE_S * self._get_room() / self._answer_s if self._answer_s else math.inf
        so_far = MINUTE_S * self._last / max(now_s - self._begun_s, MINUTE_S)
        return max(min(by_pause, by_answers), so_far, LOWEST_GUESS)

    def _get_room(self) -> int:
        return max(FEWEST, math.ceil(EXPECTED_PER_S * self._answer_s)) + self._answered // ANSWERED_FOR_MORE

    def _speed_up(self, now_s: float) -> None:
        if math.isinf(self.rate):
            return
        requests, least_s, most_s = UNSURE_STEP
        if self._is_sure:
            requests, least_s, most_s = SURE_STEP if self._growth == GROWTH else AGAIN_STEP
        wait_s = min(max(least_s, requests * MINUTE_S / self.rate), most_s)
        if now_s - max(self._changed_s, self.pause_until_s) >= wait_s:
            self._held = self.rate if self._is_sure else 0.0
            self.rate = min(self.rate * (1 + self._growth), self._cap)
            self._changed_s, self._growth = now_s, min(2 * self._growth, MAX_GROWTH)
