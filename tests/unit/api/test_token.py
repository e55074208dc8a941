"""The token: one fetch for all threads, renewed early, and never hammered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from byocplan.api.options import Patience
from byocplan.api.token import Token, TokenSource
from byocplan.api.transport import Transport
from byocplan.errors import AccessError, UnreachableError
from tests.support.api import SECRET, FakeClock, make_options
from tests.support.scripted_server import Reply, ScriptedServer, make_json, make_token

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = make_json({"error": "invalid_client", "error_description": f"no {SECRET}"}, 401)


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport(Patience(connect_timeout_s=2, timeout_s=2))
    yield transport
    transport.close()


def make_source(server: ScriptedServer, transport: Transport, clock: FakeClock) -> TokenSource:
    return TokenSource(make_options(server, clock), transport.send, dict)


def test_the_form_carries_the_credentials_urlencoded(transport: Transport) -> None:
    with ScriptedServer() as server:
        token = make_source(server, transport, FakeClock()).get()

    assert token == "token-1"
    form = parse_qs(server.token_asked[0].body.decode())
    assert form == {"grant_type": ["client_credentials"], "client_id": ["client-id-0123"], "client_secret": [SECRET]}
    assert "Authorization" not in server.token_asked[0].headers


def test_a_token_is_renewed_when_four_fifths_of_its_life_are_over(transport: Transport) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(make_token("a", 100), make_token("b", 100))) as server:
        source = make_source(server, transport, clock)

        texts = [source.get()]
        clock.advance(79)
        texts.append(source.get())
        clock.advance(2)
        texts.append(source.get())

    assert texts == ["a", "a", "b"]


def test_fifty_threads_share_one_fetch_each_time_the_token_runs_out(transport: Transport) -> None:
    clock, barrier = FakeClock(), threading.Barrier(50)
    with ScriptedServer(tokens=tuple(make_token(f"t{number}", 0.5) for number in range(5))) as server:
        source = make_source(server, transport, clock)

        def get_in_step() -> list[str]:
            texts = []
            for _ in range(5):
                barrier.wait()
                texts.append(source.get())
                if barrier.wait() == 0:
                    clock.advance(0.5)
            return texts

        with ThreadPoolExecutor(50) as pool:
            seen = [future.result() for future in [pool.submit(get_in_step) for _ in range(50)]]

    assert len(server.token_asked) == 5
    assert {tuple(texts) for texts in seen} == {("t0", "t1", "t2", "t3", "t4")}


def test_fifty_threads_whose_token_was_refused_fetch_one_new_one(transport: Transport) -> None:
    with ScriptedServer() as server:
        source = make_source(server, transport, FakeClock())
        stale = source.get()

        with ThreadPoolExecutor(50) as pool:
            list(pool.map(source.renew, [stale] * 50))

        assert source.get() == "token-2"
    assert len(server.token_asked) == 2


def test_wrong_credentials_are_asked_once_and_end_in_an_access_error(transport: Transport) -> None:
    with ScriptedServer(tokens=(REFUSED,)) as server:
        source = make_source(server, transport, FakeClock())

        with ThreadPoolExecutor(8) as pool:
            errors = [future.exception() for future in [pool.submit(source.get) for _ in range(20)]]

    assert all(isinstance(error, AccessError) and error.exit_code == 4 for error in errors)
    assert "SH_CLIENT_SECRET" in str(errors[0])
    assert SECRET not in str(errors[0])
    assert len(server.token_asked) == 1


@pytest.mark.parametrize(
    ("trouble", "pause_s"),
    [
        (make_json({}, 429, Retry_After="3398"), 3.398),
        (make_json({}, 429, Retry_After="999999999"), 60),
        (Reply(503), 1),
        (Reply(drop="before"), 1),
    ],
)
def test_a_busy_token_endpoint_is_waited_for(transport: Transport, trouble: Reply, pause_s: float) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(trouble, make_token("late"))) as server:
        assert make_source(server, transport, clock).get() == "late"

    assert clock.slept_s == pytest.approx([pause_s])


@pytest.mark.parametrize(
    ("replies", "word"),
    [
        ((Reply(503),) * 4, "503"),
        ((make_json({}, 429),) * 4, "429"),
        ((Reply(302, headers={"Location": "http://169.254.169.254/"}),) * 4, "redirects"),
        ((Reply(404),), r"/token: it answered 404: .*; check this address, which spec.deployment gives"),
        ((make_json({"token": "x"}),), "no access token"),
        ((Reply(200, b"<html>"),), "no access token"),
        ((make_json({"access_token": "a\r\nb: c"}),), "header"),
    ],
)
def test_a_token_endpoint_that_gives_no_token_is_unreachable(
    transport: Transport, replies: tuple[Reply, ...], word: str
) -> None:
    with ScriptedServer(tokens=replies) as server:
        source = make_source(server, transport, FakeClock())

        with pytest.raises(UnreachableError, match=word):
            source.get()

    assert len(server.token_asked) == len(replies)


def test_a_token_that_is_still_good_is_used_while_its_endpoint_is_down(transport: Transport) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(make_token("old", 100), *(Reply(503),) * 8)) as server:
        source = make_source(server, transport, clock)
        source.get()

        clock.advance(81)
        assert source.get() == "old"
        clock.advance(20)
        with pytest.raises(UnreachableError):
            source.get()


@pytest.mark.parametrize(
    ("trouble", "sent"),
    [(Reply(404), 1), (Reply(405), 1), (Reply(302, headers={"Location": "/x"}), 4), (Reply(503), 4)],
)
def test_requests_do_not_ask_for_a_token_one_by_one_while_its_endpoint_gives_none(
    transport: Transport, trouble: Reply, sent: int
) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(make_token("old", 1000), *(trouble,) * sent, make_token("new"))) as server:
        source = make_source(server, transport, clock)
        source.get()
        clock.advance(800)

        texts = {source.get() for _ in range(50)}
        clock.advance(90)
        texts |= {source.get()}
        asked = len(server.token_asked) - 1
        clock.advance(20)
        renewed = source.get()

    assert texts == {"old"}
    assert asked == sent
    assert renewed == "new"


def test_a_token_is_used_to_its_end_with_fewer_than_a_dozen_tries_to_renew_it(transport: Transport) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(make_token("old", 3600), *(Reply(404),) * 20, make_token("new"))) as server:
        source = make_source(server, transport, clock)
        source.get()
        clock.advance(2880)

        for _ in range(7200):
            assert source.get() == "old"
            clock.advance(0.1)
        asked = len(server.token_asked) - 1
        clock.advance(1)
        with pytest.raises(UnreachableError, match="it answered 404"):
            source.get()

    assert 5 <= asked < 12


@pytest.mark.parametrize("expires_in", [None, "garbage", -1, "nan", 0])
def test_a_lifetime_that_cannot_be_used_counts_as_five_minutes(transport: Transport, expires_in: object) -> None:
    clock = FakeClock()
    with ScriptedServer(tokens=(make_token("a", expires_in), make_token("b"))) as server:
        source = make_source(server, transport, clock)

        texts = [source.get()]
        clock.advance(239)
        texts.append(source.get())
        clock.advance(2)
        texts.append(source.get())

    assert texts == ["a", "a", "b"]


def test_no_repr_shows_the_token() -> None:
    assert "canary" not in repr(Token("canary", 1, 2))
