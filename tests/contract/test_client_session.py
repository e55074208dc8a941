"""What the client does when the service or the network misbehaves, on a scripted server."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import byocplan
from byocplan.api.client import ReadClient, WriteClient, open_read_client, open_write_client
from byocplan.api.options import Patience
from byocplan.api.session import ReadSession, open_exchange
from byocplan.errors import (
    AccessError,
    AmbiguousError,
    AnswerError,
    ApiError,
    ByocplanError,
    ConflictError,
    NotFoundError,
    UnreachableError,
)
from byocplan.model.collection import CollectionPayload
from byocplan.model.deployment import Deployment
from byocplan.model.tile import TilePayload
from tests.support.api import COLLECTION_ID, SECRET, TILE_ID, FakeClock, make_collection, make_options, make_tile
from tests.support.scripted_server import Asked, Reply, ScriptedServer, make_json, make_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TILE = make_json({"data": make_tile()})
CREATED = make_json({"data": make_tile()}, 201)
PAYLOAD = TilePayload("2019/0/(BAND).tif")
NO_CONTENT = Reply(204)


def get_tile(client: ReadClient) -> object:
    return client.get_tile(COLLECTION_ID, TILE_ID)


#: Every write that may be repeated.
REPEATABLE: dict[str, Callable[[WriteClient], object]] = {
    "update tile": lambda client: client.update_tile(COLLECTION_ID, TILE_ID, PAYLOAD),
    "delete tile": lambda client: client.delete_tile(COLLECTION_ID, TILE_ID),
    "reingest tile": lambda client: client.reingest_tile(COLLECTION_ID, TILE_ID),
    "update collection": lambda client: client.update_collection(COLLECTION_ID, CollectionPayload("n", "b")),
    "delete collection": lambda client: client.delete_collection(COLLECTION_ID),
}
#: Every write that may not.
UNREPEATABLE: dict[str, Callable[[WriteClient], object]] = {
    "create tile": lambda client: client.create_tile(COLLECTION_ID, PAYLOAD),
    "create collection": lambda client: client.create_collection(CollectionPayload("n", "b")),
    "copy tiles": lambda client: client.copy_tiles(COLLECTION_ID, TILE_ID),
}
#: Answers after which nobody knows whether the request was carried out.
LOST = {
    "dropped before the answer": Reply(drop="before"),
    "dropped within the answer": Reply(201, b'{"data":{}}' * 9, drop="middle"),
    "500": Reply(500),
    "502 with a web page": Reply(502, b"<html><title>Bad Gateway</title></html>"),
    "503": Reply(503),
    "504": Reply(504),
    "408": Reply(408),
}


def test_every_request_carries_token_agent_and_a_numbered_id() -> None:
    with ScriptedServer(TILE, TILE) as server, open_read_client(make_options(server)) as client:
        get_tile(client)
        get_tile(client)

        assert client.requests_sent == 3
    headers = [asked.headers for asked in server.asked]
    assert {item["User-Agent"] for item in headers} == {f"byocplan/{byocplan.__version__}"}
    assert [item["SH-Request-Id"] for item in headers] == ["byocplan-run7-2", "byocplan-run7-3"]
    assert {item["Authorization"] for item in headers} == {"Bearer token-1"}


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST)
@pytest.mark.parametrize("write", UNREPEATABLE.values(), ids=UNREPEATABLE)
def test_a_post_that_may_have_been_carried_out_is_never_repeated(
    write: Callable[[WriteClient], object], reply: Reply
) -> None:
    with (
        ScriptedServer(reply) as server,
        open_write_client(make_options(server)) as client,
        pytest.raises(AmbiguousError),
    ):
        write(client)

    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data":', b'{"data":{}}', b'{"data":{"id":1}}', b"null"])
def test_a_create_whose_answer_cannot_be_read_is_ambiguous(body: bytes) -> None:
    with (
        ScriptedServer(Reply(201, body)) as server,
        open_write_client(make_options(server)) as client,
        pytest.raises(AmbiguousError),
    ):
        client.create_tile(COLLECTION_ID, PAYLOAD)

    assert len(server.asked) == 1


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST)
@pytest.mark.parametrize("write", REPEATABLE.values(), ids=REPEATABLE)
def test_other_writes_are_repeated_until_they_are_answered(
    write: Callable[[WriteClient], object], reply: Reply
) -> None:
    with ScriptedServer(reply, reply, NO_CONTENT) as server, open_write_client(make_options(server)) as client:
        write(client)

    assert len(server.asked) == 3
    assert len({(asked.method, asked.path, asked.body) for asked in server.asked}) == 1


@pytest.mark.parametrize("reply", [*LOST.values(), Reply(200, b'{"data":'), Reply(200, b"<html>")])
def test_reads_are_repeated_with_growing_pauses(reply: Reply) -> None:
    clock = FakeClock()
    with ScriptedServer(reply, reply, reply, TILE) as server, open_read_client(make_options(server, clock)) as client:
        get_tile(client)

    assert clock.slept_s == [1, 2, 4]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(drop="before"), UnreachableError),
        (Reply(503), ApiError),
        (Reply(200, b"<html>"), AnswerError),
        (make_json({"data": make_tile(path=7)}), AnswerError),
    ],
)
def test_repeats_are_bounded(reply: Reply, kind: type[Exception]) -> None:
    with (
        ScriptedServer(otherwise=reply) as server,
        open_read_client(make_options(server)) as client,
        pytest.raises(kind),
    ):
        get_tile(client)

    assert len(server.asked) == 4


@pytest.mark.parametrize("write", [*UNREPEATABLE.values(), *REPEATABLE.values()])
def test_a_429_was_not_carried_out_and_is_waited_for_in_milliseconds(write: Callable[[WriteClient], object]) -> None:
    clock = FakeClock()
    done = Reply(201, make_json({"data": make_tile() | make_collection()}).body)
    with (
        ScriptedServer(make_json({}, 429, Retry_After="12000"), done) as server,
        open_write_client(make_options(server, clock)) as client,
    ):
        write(client)

    assert 12.0 <= sum(clock.slept_s) <= 13.5
    assert len(server.asked) == 2


@pytest.mark.parametrize("value", ["0", "", "abc", "Wed, 21 Oct 2026 07:28:00 GMT", "1000000000"])
def test_a_429_without_end_is_given_up_with_pauses_that_grow(value: str) -> None:
    clock = FakeClock()
    reply = make_json({"message": "quota used up"}, 429, Retry_After=value)
    with (
        ScriptedServer(otherwise=reply) as server,
        open_read_client(make_options(server, clock)) as client,
        pytest.raises(ApiError, match="quota used up") as caught,
    ):
        get_tile(client)

    assert caught.value.status == 429
    assert len(server.asked) == 13
    assert 60 < sum(clock.slept_s) <= 13 * 61


@pytest.mark.parametrize("write", [*UNREPEATABLE.values(), *REPEATABLE.values()])
def test_a_401_renews_the_token_and_replays_once(write: Callable[[WriteClient], object]) -> None:
    done = Reply(201, make_json({"data": make_tile() | make_collection()}).body)
    with ScriptedServer(Reply(401), done) as server, open_write_client(make_options(server)) as client:
        write(client)

    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer token-1", "Bearer token-2"]


def test_a_request_that_meets_the_end_of_two_tokens_is_sent_again() -> None:
    clock = FakeClock()

    def outlive_the_token(_: Asked) -> Reply:
        clock.advance(61)
        return Reply(401) if len(server.asked) <= 2 else TILE

    with ScriptedServer(tokens=tuple(make_token(f"token-{n}", 60) for n in range(3))) as server:
        server.make_reply = outlive_the_token
        with open_read_client(make_options(server, clock=clock)) as client:
            get_tile(client)

    assert [asked.headers["Authorization"][-1] for asked in server.asked] == ["0", "1", "2"]


def test_a_service_that_never_takes_a_token_is_not_asked_for_ever() -> None:
    clock = FakeClock()

    def outlive_the_token(_: Asked) -> Reply:
        clock.advance(61)
        return Reply(401)

    with ScriptedServer(tokens=tuple(make_token(f"token-{n}", 60) for n in range(9))) as server:
        server.make_reply = outlive_the_token
        with open_read_client(make_options(server, clock=clock)) as client, pytest.raises(AccessError):
            get_tile(client)

    assert len(server.asked) == Patience().attempts


def test_a_second_401_is_an_access_error() -> None:
    with (
        ScriptedServer(otherwise=Reply(401)) as server,
        open_read_client(make_options(server)) as client,
        pytest.raises(AccessError, match="SH_CLIENT_ID"),
    ):
        get_tile(client)

    assert (len(server.asked), len(server.token_asked)) == (2, 2)


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [(400, ApiError, 1), (403, AccessError, 4), (404, NotFoundError, 1), (409, ConflictError, 1), (418, ApiError, 1)],
)
def test_refusals_are_final(status: int, kind: type[ByocplanError], exit_code: int) -> None:
    with (
        ScriptedServer(Reply(status)) as server,
        open_write_client(make_options(server)) as client,
        pytest.raises(kind) as caught,
    ):
        client.create_tile(COLLECTION_ID, PAYLOAD)

    assert caught.value.exit_code == exit_code
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with (
        ScriptedServer(otherwise=TILE) as elsewhere,
        ScriptedServer(Reply(status, headers={"Location": elsewhere.url + "/x"})) as server,
        open_read_client(make_options(server)) as client,
        pytest.raises(ApiError, match="redirects"),
    ):
        get_tile(client)

    assert elsewhere.asked == []


def test_a_refused_connection_is_tried_again_even_for_a_create() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        clock = FakeClock()
        with ScriptedServer() as server:
            options = replace(make_options(server, clock), deployment=Deployment("dead", url, server.token_url))
            with open_write_client(options) as client, pytest.raises(UnreachableError, match="no connection") as caught:
                client.create_tile(COLLECTION_ID, PAYLOAD)

    assert clock.slept_s == [1, 2, 4]
    assert url in str(caught.value)


def test_a_slow_answer_to_a_create_is_ambiguous() -> None:
    with ScriptedServer(replace(CREATED, delay_s=0.4)) as server:
        options = make_options(server, patience=Patience(timeout_s=0.1))
        with open_write_client(options) as client, pytest.raises(AmbiguousError, match=r"no answer within 0\.1 s"):
            client.create_tile(COLLECTION_ID, PAYLOAD)


def test_the_timeout_can_be_shortened_while_the_run_is_being_stopped() -> None:
    with (
        ScriptedServer(otherwise=replace(TILE, delay_s=0.3)) as server,
        open_read_client(make_options(server)) as client,
    ):
        client.set_timeout(0.05)
        with pytest.raises(UnreachableError, match=r"within 0\.05 s"):
            get_tile(client)


def test_a_delete_of_what_is_gone_says_so() -> None:
    with (
        ScriptedServer(NO_CONTENT, Reply(404), NO_CONTENT, Reply(404)) as server,
        open_write_client(make_options(server)) as client,
    ):
        answers = [client.delete_tile(COLLECTION_ID, TILE_ID) for _ in range(2)]
        answers += [client.delete_collection(COLLECTION_ID) for _ in range(2)]

    assert answers == [True, False, True, False]


def test_a_read_client_has_no_way_to_send_anything_but_get() -> None:
    with ScriptedServer(otherwise=TILE) as server, open_write_client(make_options(server)) as writer:
        reader = writer.make_reader()

        writes = {name for name in dir(WriteClient) if not name.startswith("_")} - {"make_reader"}
        extra = writes - {name for name in dir(ReadClient) if not name.startswith("_")}
        assert all(not hasattr(reader, name) for name in extra)
        with pytest.raises(ValueError, match="only reads"):
            WriteClient.delete_tile(_disguise(reader), COLLECTION_ID, TILE_ID)
    assert server.asked == []


class _Disguised(ReadSession):
    """A read session that was given a way to delete."""

    def delete(self, path: str) -> None:
        from byocplan.api.exchange import Call

        self._exchange.send(Call("DELETE", path), len)


def _disguise(reader: ReadClient) -> WriteClient:
    client = WriteClient.__new__(WriteClient)
    client._writer = _Disguised(reader._session._exchange)  # type: ignore[assignment]
    return client


@pytest.mark.parametrize("text", ["", "..", "a/b", "a?b", "a#b", "%2e%2e", "x" * 200, "ä", "a b"])
def test_what_is_no_id_never_becomes_part_of_an_address(text: str) -> None:
    with ScriptedServer(otherwise=TILE) as server, open_write_client(make_options(server)) as client:
        assert client.find_collection(text) is None
        with pytest.raises(NotFoundError):
            client.get_tile(COLLECTION_ID, text)
        with pytest.raises(NotFoundError):
            client.copy_tiles(COLLECTION_ID, text)

    assert server.asked == []


def test_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    with ScriptedServer(TILE) as server, open_read_client(make_options(server)) as client:
        get_tile(client)

    assert server.asked[0].headers["Authorization"] == "Bearer token-1"
    assert "Authorization" not in server.token_asked[0].headers


def test_a_proxy_of_the_environment_does_not_see_what_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as proxy, ScriptedServer(TILE) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        with open_read_client(make_options(server)) as client:
            get_tile(client)

    assert proxy.asked == []


def test_a_proxy_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://user:canary-password@127.0.0.1:9")
    with ScriptedServer() as server:
        options = make_options(server, deployment=Deployment("x", server.url, "https://auth.planet.com/token"))
        with open_read_client(options) as client, pytest.raises(UnreachableError, match="proxy") as caught:
            get_tile(client)

    assert "canary" not in str(caught.value)


def test_a_host_that_is_not_allowed_is_refused_before_anything_is_sent() -> None:
    with ScriptedServer() as server:
        for deployment in (
            Deployment("x", "https://evil.org", server.token_url),
            Deployment("x", server.url, "https://evil.org/token"),
            Deployment("x", "https://services.sentinel-hub.com", server.token_url, api_prefix=".evil.org/byoc"),
        ):
            with pytest.raises(AccessError, match="--allow-host"):
                open_exchange(make_options(server, deployment=deployment))
        assert server.token_asked == []


def test_one_connection_serves_many_requests() -> None:
    replies = [TILE, NO_CONTENT, Reply(404), TILE, make_json({"error": {}}, 503), NO_CONTENT]
    with ScriptedServer(*replies) as server, open_write_client(make_options(server)) as client:
        get_tile(client)
        client.delete_tile(COLLECTION_ID, TILE_ID)
        client.delete_tile(COLLECTION_ID, TILE_ID)
        get_tile(client)
        client.update_tile(COLLECTION_ID, TILE_ID, PAYLOAD)

        assert server.connections == 1


def test_cookies_are_not_kept() -> None:
    with (
        ScriptedServer(replace(TILE, headers={"Set-Cookie": "a=b; Path=/"}), TILE) as server,
        open_read_client(make_options(server)) as client,
    ):
        get_tile(client)
        get_tile(client)

    assert all("Cookie" not in asked.headers for asked in server.asked)


def test_fifty_threads_with_an_expiring_token_fetch_it_once_each_time() -> None:
    def refuse_old(asked: Asked) -> Reply:
        is_old = asked.headers["Authorization"] == "Bearer old"
        return Reply(401) if is_old else TILE

    with ScriptedServer(tokens=(make_token("old"), make_token("new"))) as server:
        server.make_reply = refuse_old
        with open_read_client(make_options(server)) as client, ThreadPoolExecutor(50) as pool:
            tiles = list(pool.map(lambda _: get_tile(client), range(200)))

    assert len(tiles) == 200
    assert len(server.token_asked) == 2


SECRETS = re.compile("|".join(map(re.escape, (SECRET, "s3cr3t", "canary", "token-canary"))))
ECHO = f'{{"message":"Bearer token-canary {SECRET} s3cr3t%2F%2Bcanary%3D%26%25 not liked"}}'.encode()
FAULTS = {
    **LOST,
    **{str(status): Reply(status, ECHO) for status in (301, 400, 401, 403, 404, 409, 429, 500, 503)},
    "wrong type": make_json({"data": make_tile(path=7)}),
    "truncated": Reply(200, ECHO[:40]),
}


@pytest.mark.parametrize("reply", FAULTS.values(), ids=FAULTS)
def test_no_error_shows_a_secret_even_if_the_service_quotes_it(reply: Reply) -> None:
    tokens = (make_token("token-canary"),) * 3
    with ScriptedServer(otherwise=reply, tokens=tokens) as server:
        options = make_options(server)
        with open_write_client(options) as client, pytest.raises(ByocplanError) as caught:
            client.create_tile(COLLECTION_ID, PAYLOAD)

    shown = "".join((str(caught.value), repr(caught.value), repr(options), repr(client), str(caught.value.__cause__)))
    assert not SECRETS.search(shown)
