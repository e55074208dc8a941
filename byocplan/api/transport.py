"""One request over HTTP, as it is: no retry, no redirect, no cookie, no netrc. The one place that knows requests.

In: method, address, headers, body. Out: an ``Answer``, or a ``Failure`` that says whether the request can have been
carried out. Nothing of the library's own texts gets out, since they may quote addresses with passwords.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import exceptions as urllib3_errors

from byocplan.api.hosts import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from byocplan.api.options import Patience

POOL_SIZE = 64
CHUNK_BYTES = 1 << 16
#: No answer of this API comes near; what is larger is not read to its end.
MAX_BODY_BYTES = 64 << 20
#: Causes that come before the first byte of a request, in the order in which they are looked for.
NOT_SENT = (
    (urllib3_errors.NameResolutionError, "its host name does not resolve"),
    (urllib3_errors.ProxyError, "the proxy does not let it through"),
    (urllib3_errors.NewConnectionError, "no connection could be made"),
    (urllib3_errors.ConnectTimeoutError, "no connection could be made in time"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``retry_after`` and ``date`` are texts of headers."""

    status: int
    body: bytes
    content_type: str = ""
    retry_after: str | None = None
    date: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """No whole answer. ``was_sent``: the request may have been carried out. ``is_final``: a repeat would not help."""

    cause: str
    was_sent: bool
    is_final: bool = False


class _Bearer(AuthBase):
    """Sets the token; without one nothing. Either way requests then leaves netrc alone."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class Message:
    """One request to be sent. ``token`` None: without Authorization."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


class Transport:
    """Holds the connections; may be used by many threads at once."""

    def __init__(
        self, patience: Patience, ca_bundle: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.timeout_s = patience.timeout_s
        self._connect_timeout_s, self._ca_bundle, self._clock = patience.connect_timeout_s, ca_bundle, clock
        self._outward = _make_session(trust_env=True)
        # A proxy of the environment must not see what goes to this machine itself.
        self._loopback = _make_session(trust_env=False)

    def send(self, message: Message) -> Answer | Failure:
        """Send ``message`` once and read the whole answer within the timeout."""
        session = self._loopback if is_loopback(urlsplit(message.url).hostname or "") else self._outward
        deadline_s = self._clock() + self.timeout_s
        try:
            with session.request(
                message.method,
                message.url,
                headers=message.headers,
                data=message.body,
                auth=_Bearer(message.token),
                timeout=(min(self._connect_timeout_s, self.timeout_s), self.timeout_s),
                allow_redirects=False,
                stream=True,
                verify=self._ca_bundle,
            ) as response:
                return self._read(response, deadline_s)
        except (OSError, urllib3_errors.HTTPError) as error:
            return _make_failure(error, self.timeout_s)

    def close(self) -> None:
        """Close all connections."""
        self._outward.close()
        self._loopback.close()

    def _read(self, response: requests.Response, deadline_s: float) -> Answer | Failure:
        chunks: list[bytes] = []
        size = 0
        # One read of the socket at a time: else a server that drips bytes could hold a thread for days.
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                return Failure(f"the answer is larger than {MAX_BODY_BYTES >> 20} MiB", was_sent=True)
            if self._clock() > deadline_s:
                return Failure(f"the answer was not whole within {self.timeout_s:g} s", was_sent=True)
            chunks.append(chunk)
        headers = response.headers
        kind = headers.get("Content-Type", "").partition(";")[0].strip()
        return Answer(response.status_code, b"".join(chunks), kind, headers.get("Retry-After"), headers.get("Date"))


def _make_session(*, trust_env: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = trust_env
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    adapter = HTTPAdapter(pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _make_failure(error: BaseException, timeout_s: float) -> Failure:
    """Tell from the chain of causes whether anything had been sent."""
    causes = tuple(_iter_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure(f"its certificate is not accepted ({cause.verify_message})", was_sent=False, is_final=True)
    for kind, text in NOT_SENT:
        if any(isinstance(cause, kind) for cause in causes):
            return Failure(text, was_sent=False)
    if not isinstance(error, (requests.RequestException, urllib3_errors.HTTPError)):
        return Failure("the file of trusted certificates cannot be read", was_sent=False, is_final=True)
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Failure("its address, or that of the proxy, cannot be used", was_sent=False, is_final=True)
    if any(isinstance(cause, (urllib3_errors.ReadTimeoutError, TimeoutError)) for cause in causes):
        return Failure(f"no answer within {timeout_s:g} s", was_sent=True)
    return Failure("the connection broke before the whole answer was there", was_sent=True)


def _iter_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what it wraps; ``__context__`` is left out, it may belong to an earlier try."""
    pending, seen = [error], set[int]()
    while pending:
        cause = pending.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        wrapped = (*cause.args, getattr(cause, "reason", None), cause.__cause__)
        pending.extend(item for item in wrapped if isinstance(item, BaseException))
