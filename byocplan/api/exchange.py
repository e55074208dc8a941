"""One call to the API until it is answered: token, rate, repeats. Touches the network through the transport.

What may be repeated: anything the service cannot have carried out (429, 401, no connection), and calls that are marked
repeatable. A POST that may have been carried out is never repeated: AmbiguousError, and the caller looks.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import byocplan
from byocplan.api.rate import decode_retry_after
from byocplan.api.refusal import decode_refusal, make_error
from byocplan.api.transport import Answer, Failure, Message
from byocplan.errors import AmbiguousError, AnswerError, ByocplanError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from byocplan.api.options import ApiOptions
    from byocplan.api.rate import RateLimiter
    from byocplan.api.token import TokenSource
    from byocplan.api.transport import Transport

T = TypeVar("T")

SUCCESS = range(200, 300)
UNAUTHORIZED = 401
REQUEST_TIMEOUT = 408
TOO_MANY = 429
FIRST_SERVER_ERROR = 500
#: So many 429s in a row may come at once; from then on the pause grows whatever the service says.
FREE_WAITS = 2
SERVICE = "the BYOC API"
MEND = "check the network, and SH_BASE_URL if it is set; then run again"
READ_METHODS = frozenset({"GET"})
ALL_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made. ``path`` lies below the API's prefix and is quoted already."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    is_repeatable: bool = True

    @property
    def label(self) -> str:
        """How errors name it."""
        return f"{self.method} {self.path}"


class Stamp:
    """Numbers the requests of a run: makes the headers that each carries, and counts."""

    def __init__(self, run_id: str) -> None:
        self._run_id, self._numbers, self._lock = run_id, itertools.count(1), threading.Lock()
        self.count = 0
        #: The ``Date`` header of the last answer.
        self.answered: str | None = None

    def make_headers(self) -> dict[str, str]:
        """Return the headers of the next request."""
        with self._lock:
            self.count = next(self._numbers)
            return {
                "User-Agent": f"byocplan/{byocplan.__version__}",
                "SH-Request-Id": f"byocplan-{self._run_id}-{self.count}",
            }


@dataclass(slots=True)
class _Tally:
    """What has happened to one call so far."""

    attempts: int = 0
    waits: int = 0
    refused: int = 0
    good_refused: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """What all calls of a run share. ``methods`` are those that may be sent at all."""

    options: ApiOptions
    transport: Transport
    tokens: TokenSource
    limiter: RateLimiter
    stamp: Stamp
    methods: frozenset[str] = field(default=ALL_METHODS)

    def send(self, call: Call, decode: Callable[[bytes], T]) -> T:
        """Make ``call`` until it is answered and return what ``decode`` reads from the body.

        Raises AccessError, NotFoundError, ConflictError, ApiError, UnreachableError, AnswerError, AmbiguousError.
        """
        if call.method not in self.methods:
            raise ValueError(f"{call.method} through a session that only reads")
        tally = _Tally()
        while True:
            token, reply = self._send_in_turn(call, tally)
            if isinstance(reply, Failure):
                self._after_failure(call, reply, tally)
            elif reply.status == UNAUTHORIZED and self._may_renew(token, tally):
                self.tokens.renew(token)
            elif reply.status >= FIRST_SERVER_ERROR or reply.status == REQUEST_TIMEOUT:
                self._after_breakdown(call, reply, tally)
            elif reply.status not in SUCCESS:
                raise make_error(call.label, reply, self.tokens.get_secrets())
            else:
                try:
                    return decode(reply.body)
                except AnswerError as error:
                    named = AnswerError(call.label, error.what)
                    self._repeat(call, tally, named, f"its answer cannot be read ({error.what})")

    def _send_in_turn(self, call: Call, tally: _Tally) -> tuple[str, Answer | Failure]:
        """Send ``call`` until it is not too much, and return the token that was used and what came of it."""
        while True:
            self.tokens.get()  # now, for one that has to be fetched is not to be waited for within a turn
            with self.limiter.wait_turn() as attempt:
                token = self.tokens.get()
                reply = self.transport.send(self._make_message(call, token))
                if isinstance(reply, Answer):
                    self.stamp.answered = reply.date
                    if reply.status == TOO_MANY:
                        attempt.pause_s = decode_retry_after(reply.retry_after)
                        attempt.backoff_s = self._choose_backoff(call, reply, tally)
            if attempt.pause_s is None:
                return token, reply

    def _make_message(self, call: Call, token: str) -> Message:
        deployment = self.options.deployment
        query = f"?{urlencode(call.query)}" if call.query else ""
        url = f"{deployment.base_url}{deployment.api_prefix}/{call.path}{query}"
        headers: Mapping[str, str] = {**self.stamp.make_headers(), "Accept": "application/json"}
        if call.body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        return Message(call.method, url, headers, call.body, token)

    def _may_renew(self, token: str, tally: _Tally) -> bool:
        """Tell whether another token may help: a good one is doubted once, one that has run out says nothing."""
        tally.refused += 1
        tally.good_refused += self.tokens.is_good(token)
        return tally.good_refused <= 1 and tally.refused < self.options.patience.attempts

    def _after_failure(self, call: Call, failure: Failure, tally: _Tally) -> None:
        error = UnreachableError(SERVICE, self.options.deployment.base_url, failure.cause, MEND)
        if failure.is_final:
            raise error
        self._repeat(call, tally, error, failure.cause if failure.was_sent else "")

    def _after_breakdown(self, call: Call, answer: Answer, tally: _Tally) -> None:
        secrets = self.tokens.get_secrets()
        cause = f"it was answered with {answer.status}: {decode_refusal(answer, secrets).message}"
        self._repeat(call, tally, make_error(call.label, answer, secrets), cause)

    def _choose_backoff(self, call: Call, answer: Answer, tally: _Tally) -> float:
        """Return how long (s) to wait at the least after a 429, or raise."""
        tally.waits += 1
        if tally.waits > self.options.patience.waits:
            raise make_error(call.label, answer, self.tokens.get_secrets())
        return self._make_backoff(tally.waits - FREE_WAITS) if tally.waits > FREE_WAITS else 0.0

    def _repeat(self, call: Call, tally: _Tally, error: ByocplanError, sent_cause: str) -> None:
        """Pause before the next attempt, or raise. ``sent_cause`` is empty where nothing can have been carried out."""
        if sent_cause and not call.is_repeatable:
            raise AmbiguousError(call.label, sent_cause) from error
        tally.attempts += 1
        if tally.attempts >= self.options.patience.attempts:
            raise error
        self.options.sleep(self._make_backoff(tally.attempts))

    def _make_backoff(self, attempt: int) -> float:
        longest_s = 60.0
        return float(min(self.options.patience.backoff_s * 2 ** (attempt - 1), longest_s))
