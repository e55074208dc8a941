"""One request as it is."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from byocplan.api.options import Patience
from byocplan.api.transport import MAX_BODY_BYTES, Answer, Failure, Message, Transport
from tests.support.scripted_server import Reply, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport(Patience(connect_timeout_s=2, timeout_s=0.3))
    yield transport
    transport.close()


def send(transport: Transport, reply: Reply) -> Answer | Failure:
    with ScriptedServer(reply) as server:
        return transport.send(Message("GET", server.url + "/x", {}))


def test_an_answer_comes_whole_with_what_matters_of_its_headers(transport: Transport) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8", "Retry-After": "3398"}

    answer = send(transport, Reply(429, b"x" * 200_000, headers))

    assert answer == Answer(429, b"x" * 200_000, "application/json", "3398")


def test_a_packed_answer_is_unpacked(transport: Transport) -> None:
    text = b"forest" * 100_000

    answer = send(transport, Reply(200, gzip.compress(text), {"Content-Encoding": "gzip"}))

    assert answer == Answer(200, text)


def test_an_answer_that_only_drips_is_given_up_at_the_timeout(transport: Transport) -> None:
    answer = send(transport, Reply(200, b"x" * 100, drip_s=0.02))

    assert answer == Failure("the answer was not whole within 0.3 s", was_sent=True)


@pytest.mark.parametrize(
    ("body", "encoding"), [(gzip.compress(bytes(MAX_BODY_BYTES + 1)), "gzip"), (b"not packed", "gzip")]
)
def test_a_bomb_and_a_broken_package_are_given_up(transport: Transport, body: bytes, encoding: str) -> None:
    answer = send(transport, Reply(200, body, {"Content-Encoding": encoding}))

    assert isinstance(answer, Failure)
    assert answer.was_sent


@pytest.mark.parametrize("url", ["http://:0:0/", "nothing://x", "http://"])
def test_an_address_that_cannot_be_used_is_a_failure_before_sending(transport: Transport, url: str) -> None:
    answer = transport.send(Message("GET", url, {}))

    assert isinstance(answer, Failure)
    assert (answer.was_sent, answer.is_final) == (False, True)


def test_no_repr_shows_the_token() -> None:
    message = Message("POST", "https://x", {}, b"client_secret=canary", "canary")

    assert "canary" not in repr(message)


def test_a_proxy_gets_name_and_password_and_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    transport = Transport(Patience(timeout_s=2))
    with ScriptedServer(Reply(200, b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url.replace("http://", "http://some%40one:word@"))

        answer = transport.send(Message("GET", "http://forest.example/x?y=1", {}, token="t"))
        transport.close()

    assert answer == Answer(200, b"{}")
    [asked] = proxy.asked
    assert asked.path.startswith("http://forest.example/x")
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["proxy-authorization"] == "Basic c29tZUBvbmU6d29yZA=="
    assert headers["authorization"] == "Bearer t"


def test_a_connection_is_used_again(transport: Transport) -> None:
    with ScriptedServer(Reply(200, b"one"), Reply(200, b"two")) as server:
        answers = [transport.send(Message("GET", server.url + "/x", {})) for _ in range(2)]

    assert answers == [Answer(200, b"one"), Answer(200, b"two")]
