"""Connections of the emulator's server, with a single thread to answer them."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.emulator import wsgi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def answer(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    # Long enough for a busy client to keep its thread for good, were it let.
    monkeypatch.setattr(wsgi, "STAY_S", 0.5)
    server = wsgi.make_wsgi_server(("127.0.0.1", 0), answer, threads=1)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server.bind_addr[:2]
    server.stop()
    thread.join()


def ask(connection: HTTPConnection) -> bytes:
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_a_busy_connection_lets_others_have_their_turn(address: tuple[str, int]) -> None:
    busy, other = HTTPConnection(*address, timeout=5), HTTPConnection(*address, timeout=5)
    done = threading.Event()

    def ask_on() -> None:
        while not done.is_set():
            ask(busy)

    thread = threading.Thread(target=ask_on)
    thread.start()
    try:
        answers = [ask(other) for _ in range(3)]
    finally:
        done.set()
        thread.join()
        busy.close()
        other.close()

    assert answers == [b"ok"] * 3


def test_requests_sent_together_are_all_answered(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(4096), b""))

    assert received.count(b"HTTP/1.1 200 OK") == 3
