"""The access token: fetched once, kept in memory, shared by all threads. Touches the token endpoint.

One thread fetches while the others wait. The age of a token is measured on a monotonic clock, so a wrong wall clock
does no harm; it is renewed when 80 % of its life have passed. Where that fails, the token goes on being used, and its
endpoint is asked again when half of what is left of its life has passed. Refused credentials are not tried again.
Source: Sentinel Hub authentication documentation (client_credentials; token requests are rate limited).
"""

from __future__ import annotations

import math
import re
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

import msgspec

from byocplan.api.rate import decode_retry_after
from byocplan.api.refusal import decode_refusal
from byocplan.api.transport import Answer, Failure, Message
from byocplan.errors import AccessError, ByocplanError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from byocplan.api.options import ApiOptions

EARLY = 0.8
#: How much of the life that is left passes between two tries to renew a token, and how long (s) at the least.
LATER = 0.5
SHORTEST_S = 1.0
#: Where the answer gives no usable lifetime.
DEFAULT_LIFE_S = 300.0
#: What a header can hold.
TOKEN = re.compile(r"[\x21-\x7e]+")
TOO_MANY = 429
OK = 200
FIRST_REFUSAL = 400
FIRST_SERVER_ERROR = 500
#: What is said of credentials; other refusals are said of the address. Source: RFC 6749, 5.2.
REFUSALS = {400, 401, 403}
REDIRECTS = range(300, 400)
MEND = "check the network, and SH_TOKEN_URL if it is set"


class TokenAnswer(msgspec.Struct):
    """The part of a token answer that is used."""

    access_token: str
    expires_in: float | str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token and when (s, monotonic) it is to be renewed and when it ends."""

    text: str
    renew_s: float
    end_s: float


class TokenSource:
    """Holds the token of a run."""

    def __init__(
        self,
        options: ApiOptions,
        send: Callable[[Message], Answer | Failure],
        headers: Callable[[], Mapping[str, str]],
    ) -> None:
        self._url, self._credentials, self._patience = (
            options.deployment.token_url,
            options.credentials,
            options.patience,
        )
        self._source = options.token_source
        self._clock, self._sleep, self._send, self._headers = options.clock, options.sleep, send, headers
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refused: AccessError | None = None

    def get(self) -> str:
        """Return a token that is good for a while yet. Raises AccessError or UnreachableError."""
        with self._lock:
            token = self._token
            if token is not None and self._clock() < token.renew_s:
                return token.text
            try:
                return self._renew().text
            except UnreachableError:
                if token is None or self._clock() >= token.end_s:
                    raise
                self._token = self._put_off(token)
                return token.text

    def is_good(self, text: str) -> bool:
        """Tell whether this token is the one in use and has not run out."""
        with self._lock:
            token = self._token
            return token is not None and token.text == text and self._clock() < token.end_s

    def renew(self, stale: str) -> None:
        """Fetch another token, unless another thread has replaced ``stale`` already."""
        with self._lock:
            if self._token is None or self._token.text == stale:
                self._renew()

    def get_secrets(self) -> tuple[str, ...]:
        """Return every text that no message may show."""
        secret, token = self._credentials.client_secret, self._token
        return (secret, quote(secret, safe=""), quote_plus(secret), *((token.text,) if token else ()))

    def _renew(self) -> Token:
        if self._refused is not None:
            raise self._refused
        try:
            self._token = self._fetch()
        except AccessError as error:
            self._refused = error
            raise
        return self._token

    def _put_off(self, token: Token) -> Token:
        """Return the same token, to be renewed later: else every request of the run would ask its endpoint first."""
        now_s = self._clock()
        pause_s = max(LATER * (token.end_s - now_s), SHORTEST_S)
        return replace(token, renew_s=min(now_s + pause_s, token.end_s))

    def _fetch(self) -> Token:
        for attempt in range(1, self._patience.attempts + 1):
            asked_s = self._clock()
            reply = self._send(self._make_message())
            if isinstance(reply, Answer) and reply.status == OK:
                return self._decode(reply, asked_s)
            error = self._judge(reply)
            if _is_final(reply):
                raise error
            if attempt < self._patience.attempts:
                self._sleep(self._make_pause(reply, attempt))
        raise error

    def _make_message(self) -> Message:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        headers = {
            **self._headers(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        return Message("POST", self._url, headers, urlencode(form).encode())

    def _make_pause(self, reply: Answer | Failure, attempt: int) -> float:
        backoff_s = float(self._patience.backoff_s * 2 ** (attempt - 1))
        if isinstance(reply, Answer) and reply.status == TOO_MANY:
            return max(decode_retry_after(reply.retry_after), backoff_s)
        return backoff_s

    def _judge(self, reply: Answer | Failure) -> ByocplanError:
        if isinstance(reply, Failure):
            return self._make_unreachable(reply.cause)
        if reply.status in REDIRECTS:
            return self._make_unreachable(f"it redirects ({reply.status}), and redirects are not followed")
        refusal = decode_refusal(reply, self.get_secrets())
        if reply.status >= FIRST_SERVER_ERROR or reply.status == TOO_MANY:
            return self._make_unreachable(f"it answered {reply.status}: {refusal.message}")
        if reply.status not in REFUSALS:
            return self._make_unreachable(
                f"it answered {reply.status}: {refusal.message}", f"check this address, which {self._source} gives"
            )
        return AccessError(
            f"{self._url} refused the credentials from {self._credentials.source} ({reply.status}: {refusal.message})",
            "check SH_CLIENT_ID and SH_CLIENT_SECRET, and that they belong to this deployment",
        )

    def _decode(self, answer: Answer, asked_s: float) -> Token:
        try:
            body = msgspec.json.decode(answer.body, type=TokenAnswer)
        except (msgspec.DecodeError, RecursionError):
            raise self._make_unreachable("its answer holds no access token") from None
        if not TOKEN.fullmatch(body.access_token):
            raise self._make_unreachable("its access token cannot be sent in a header")
        life_s = _decode_life(body.expires_in)
        return Token(body.access_token, asked_s + EARLY * life_s, asked_s + life_s)

    def _make_unreachable(self, cause: str, mend: str = MEND) -> UnreachableError:
        return UnreachableError("the token endpoint", self._url, cause, mend)


def _is_final(reply: Answer | Failure) -> bool:
    """Tell whether asking again would bring the same."""
    if isinstance(reply, Failure):
        return reply.is_final
    return reply.status != TOO_MANY and FIRST_REFUSAL <= reply.status < FIRST_SERVER_ERROR


def _decode_life(value: float | str | None) -> float:
    try:
        life_s = float(value) if value is not None else DEFAULT_LIFE_S
    except ValueError:
        return DEFAULT_LIFE_S
    return life_s if math.isfinite(life_s) and life_s > 0 else DEFAULT_LIFE_S
