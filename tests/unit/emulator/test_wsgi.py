"""Connections of the emulator's server, with a single thread to answer them."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any

import pytest
from cheroot.ssl.builtin import BuiltinSSLAdapter

from byocplan.emulator.tls import write_certificate
from byocplan.emulator.wsgi import STAY_S, make_wsgi_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from byocplan.emulator.wsgi import WsgiApp

#: More than the buffers of both ends hold, so that the server is still sending when the client goes.
LARGE = 1 << 24


def answer(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def answer_at_length(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = b"ok" if environ["PATH_INFO"] == "/" else bytes(LARGE)
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving(
    app: WsgiApp, ssl_adapter: BuiltinSSLAdapter | None = None, stay_s: float = STAY_S
) -> Iterator[tuple[str, int]]:
    server = make_wsgi_server(("127.0.0.1", 0), app, threads=1, stay_s=stay_s)
    server.ssl_adapter = ssl_adapter
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server.bind_addr[:2]
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    # Long enough for a busy client to keep its thread for good, were it let.
    with serving(answer, stay_s=0.5) as address:
        yield address


def ask(connection: HTTPConnection) -> bytes:
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_a_busy_connection_lets_others_have_their_turn(address: tuple[str, int]) -> None:
    busy, other = HTTPConnection(*address, timeout=5), HTTPConnection(*address, timeout=5)
    begun, done = threading.Event(), threading.Event()

    def ask_on() -> None:
        while not done.is_set():
            ask(busy)
            begun.set()

    thread = threading.Thread(target=ask_on)
    thread.start()
    begun.wait(5)
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


def test_a_client_that_hangs_up_in_mid_answer_over_tls_costs_no_thread(tmp_path: Path) -> None:
    certificate, key = map(str, write_certificate(tmp_path, "127.0.0.1"))
    context = ssl.create_default_context(cafile=certificate)

    with serving(answer_at_length, BuiltinSSLAdapter(certificate, key)) as address:
        with (
            socket.create_connection(address, 5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as it,
        ):
            it.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            it.recv(1)
        after = HTTPSConnection(*address, timeout=5, context=context)
        text = ask(after)
        after.close()

    assert text == b"ok"
