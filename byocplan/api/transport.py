"""One request over HTTP, as it is: no retry, no redirect, no cookie, no netrc. The one place that knows urllib3.

In: method, address, headers, body. Out: an ``Answer``, or a ``Failure`` that says whether the request can have been
carried out. Nothing of the library's own texts gets out, since they may quote addresses with passwords.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from urllib3 import PoolManager, ProxyManager, Timeout, make_headers
from urllib3 import exceptions as urllib3_errors
from urllib3.util.ssl_ import create_urllib3_context

from byocplan.api.proxies import find_proxy, split_userinfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

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


UNUSABLE = Failure("its address, or that of the proxy, cannot be used", was_sent=False, is_final=True)


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
        self._ways: dict[str, HTTPConnectionPool] = {}
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def send(self, message: Message) -> Answer | Failure:
        """Send ``message`` once and read the whole answer within the timeout."""
        deadline_s = self._clock() + self.timeout_s
        origin = "/".join(message.url.split("/", 3)[:3])
        try:
            way = self._ways.get(origin) or self._add_way(origin)
        except ValueError:
            return UNUSABLE
        except OSError:
            return Failure("the file of trusted certificates cannot be read", was_sent=False, is_final=True)
        try:
            response = way.urlopen(
                message.method,
                # A proxy is told the whole address, unless what goes through it is encrypted.
                message.url if way.proxy and way.scheme == "http" else message.url[len(origin) :],
                body=message.body,
                headers=_make_headers(message),
                timeout=Timeout(min(self._connect_timeout_s, self.timeout_s), self.timeout_s),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
            try:
                return self._read(response, deadline_s)
            finally:
                response.close()  # one that was read to its end has given its connection back already
        except (OSError, urllib3_errors.HTTPError) as error:
            return _make_failure(error, self.timeout_s)

    def close(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            way.close()

    def _read(self, response: BaseHTTPResponse, deadline_s: float) -> Answer | Failure:
        chunks: list[bytes] = []
        size = 0
        is_packed = "Content-Encoding" in response.headers
        # One read of the socket at a time: else a server that drips bytes could hold a thread for days.
        while chunk := response.read1(CHUNK_BYTES, decode_content=is_packed):
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                return Failure(f"the answer is larger than {MAX_BODY_BYTES >> 20} MiB", was_sent=True)
            if self._clock() > deadline_s:
                return Failure(f"the answer was not whole within {self.timeout_s:g} s", was_sent=True)
            chunks.append(chunk)
        headers = response.headers
        kind = headers.get("Content-Type", "").partition(";")[0].strip()
        return Answer(response.status, b"".join(chunks), kind, headers.get("Retry-After"), headers.get("Date"))

    def _add_way(self, origin: str) -> HTTPConnectionPool:
        """Return the connections to an origin, directly or through a proxy. Raises ValueError and OSError."""
        with self._lock:
            if origin not in self._ways:
                self._ways[origin] = self._make_manager(origin).connection_from_url(origin)
            return self._ways[origin]

    def _make_manager(self, origin: str) -> PoolManager:
        proxy = find_proxy(origin)
        context = self._get_context() if proxy or origin.startswith("https:") else None
        if proxy is None:
            return PoolManager(maxsize=POOL_SIZE, ssl_context=context)
        if proxy.startswith("socks"):
            return _make_socks(proxy, context)
        bare, userinfo = split_userinfo(proxy)
        headers = make_headers(proxy_basic_auth=userinfo)
        return ProxyManager(
            bare, maxsize=POOL_SIZE, proxy_headers=headers, ssl_context=context, proxy_ssl_context=context
        )

    def _get_context(self) -> ssl.SSLContext:
        if self._context is None:
            context = create_urllib3_context()
            path = self._ca_bundle or certifi.where()
            is_folder = Path(path).is_dir()
            context.load_verify_locations(cafile=None if is_folder else path, capath=path if is_folder else None)
            self._context = context
        return self._context


def _make_headers(message: Message) -> dict[str, str]:
    headers = {"Accept-Encoding": "gzip", **message.headers}
    return headers if message.token is None else {**headers, "Authorization": f"Bearer {message.token}"}


def _make_socks(proxy: str, context: ssl.SSLContext | None) -> PoolManager:
    """Return a way through a SOCKS proxy. Raises ValueError where the library for that is not installed."""
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError as error:
        raise ValueError(str(error)) from None
    return SOCKSProxyManager(proxy, maxsize=POOL_SIZE, ssl_context=context)


def _make_failure(error: BaseException, timeout_s: float) -> Failure:
    """Tell from the chain of causes whether anything had been sent."""
    causes = tuple(_iter_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure(f"its certificate is not accepted ({cause.verify_message})", was_sent=False, is_final=True)
    for kind, text in NOT_SENT:
        if any(isinstance(cause, kind) for cause in causes):
            return Failure(text, was_sent=False)
    if isinstance(error, urllib3_errors.LocationValueError):
        return UNUSABLE
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
