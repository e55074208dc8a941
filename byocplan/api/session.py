"""Sessions: one that can only read, and one that can write as well. Touch the network through the exchange."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from byocplan.api.exchange import READ_METHODS, Call, Exchange, Stamp
from byocplan.api.hosts import check_url
from byocplan.api.rate import RateLimiter
from byocplan.api.token import TokenSource
from byocplan.api.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.options import ApiOptions

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]


class ReadSession:
    """Sends nothing but GET, whatever it was made from."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = replace(exchange, methods=exchange.methods & READ_METHODS)

    @property
    def requests_sent(self) -> int:
        """How many requests the run has sent so far, those for tokens and the repeated ones included."""
        return self._exchange.stamp.count

    @property
    def answered(self) -> str | None:
        """The ``Date`` header of the last answer: what the service's clock says."""
        return self._exchange.stamp.answered

    @property
    def base_url(self) -> str:
        """The service's address without a path."""
        return self._exchange.options.deployment.base_url

    @property
    def api_prefix(self) -> str:
        """What stands before every path."""
        return self._exchange.options.deployment.api_prefix

    def get(self, path: str, decode: Callable[[bytes], T], query: Query = ()) -> T:
        """GET ``path`` and return what ``decode`` reads from the answer."""
        return self._exchange.send(Call("GET", path, query), decode)

    def set_timeout(self, timeout_s: float) -> None:
        """Bound every later answer of the whole run, as when it is being stopped."""
        self._exchange.transport.timeout_s = timeout_s

    def close(self) -> None:
        """Close the connections of the whole run."""
        self._exchange.transport.close()


class WriteSession(ReadSession):
    """Sends everything."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._writer = exchange

    def make_reader(self) -> ReadSession:
        """Return a session that only reads and shares token, rate and connections with this one."""
        return ReadSession(self._writer)

    def put(self, path: str, body: bytes) -> None:
        """PUT a full replacement; repeated when its answer is lost."""
        self._writer.send(Call("PUT", path, body=body), _ignore)

    def delete(self, path: str) -> None:
        """DELETE; repeated when its answer is lost, and then a 404 may mean that the first one worked."""
        self._writer.send(Call("DELETE", path), _ignore)

    def post(self, path: str, body: bytes, decode: Callable[[bytes], T]) -> T:
        """POST, never repeated once it may have been carried out: AmbiguousError then."""
        return self._writer.send(Call("POST", path, body=body, is_repeatable=False), decode)

    def trigger(self, path: str, query: Query = (), *, is_repeatable: bool) -> None:
        """POST without a body that answers nothing, as reingest does."""
        self._writer.send(Call("POST", path, query, body=b"", is_repeatable=is_repeatable), _ignore)


def open_exchange(options: ApiOptions) -> Exchange:
    """Return what the calls of a run share; sends nothing yet. Raises AccessError for a host that is not allowed.

    Raises AddressError for what is no address.
    """
    deployment = options.deployment
    check_url(deployment.base_url, options.allow_hosts, "baseUrl of spec.deployment")
    # Base and prefix as they will be put together: a prefix without its slash would make another host.
    check_url(f"{deployment.base_url}{deployment.api_prefix}/", options.allow_hosts, "apiPrefix of spec.deployment")
    check_url(deployment.token_url, options.allow_hosts, "tokenUrl of spec.deployment")
    stamp = Stamp(options.run_id)
    transport = Transport(options.patience, options.ca_bundle)
    tokens = TokenSource(options, transport.send, stamp.make_headers)
    limiter = RateLimiter(options.requests_per_minute, options.clock, options.sleep)
    return Exchange(options, transport, tokens, limiter, stamp)


def _ignore(_: bytes) -> None:
    return None
