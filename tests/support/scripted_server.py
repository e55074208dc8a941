"""A loopback HTTP server that answers from a script, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOKEN_PATH = "/token"


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    ``drop``: ``before`` any byte of it, or in the ``middle`` of its body. ``drip_s``: the pause after each byte.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    delay_s: float = 0
    drip_s: float = 0


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def make_json(value: object, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer; underscores in names of headers stand for dashes."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def make_token(text: str = "token-1", expires_in: object = 3600) -> Reply:
    """Return a token answer."""
    return make_json({"access_token": text, "expires_in": expires_in, "token_type": "Bearer"})


class ScriptedServer:
    """Answers ``replies`` in turn, ``otherwise`` after the last; the token endpoint has a script of its own."""

    def __init__(self, *replies: Reply, tokens: tuple[Reply, ...] = (), otherwise: Reply | None = None) -> None:
        self.replies, self.tokens = deque(replies), deque(tokens)
        self.otherwise = otherwise
        self.make_reply: Callable[[Asked], Reply] | None = None
        self.asked: list[Asked] = []
        self.token_asked: list[Asked] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.script = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    @property
    def token_url(self) -> str:
        return self.url + TOKEN_PATH

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return len(self._server.open)

    def answer(self, asked: Asked) -> Reply:
        """Remember a request and return its scripted answer."""
        with self._lock:
            if asked.path == TOKEN_PATH:
                self.token_asked.append(asked)
                return self.tokens.popleft() if self.tokens else make_token(f"token-{len(self.token_asked)}")
            self.asked.append(asked)
            if self.make_reply is not None:
                return self.make_reply(asked)
            if self.replies:
                return self.replies.popleft()
            return self.otherwise or make_json({"error": {"message": "the script has ended"}}, 418)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    script: ScriptedServer

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.open: set[socket.socket] = set()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            self.open.add(request)
        super().process_request(request, client_address)

    def close_connections(self) -> None:
        """End the threads that wait on connections kept alive."""
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        asked = Asked(self.command, self.path, dict(self.headers), body)
        reply = self.server.script.answer(asked)
        if reply.delay_s:
            threading.Event().wait(reply.delay_s)
        if reply.drop == "before":
            self.close_connection = True
            return
        try:
            self.write_reply(reply)
        except OSError:
            self.close_connection = True

    def write_reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.drop == "middle":
            self.close_connection = True
            self.wfile.write(reply.body[: len(reply.body) // 2])
            return
        if reply.drip_s:
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                threading.Event().wait(reply.drip_s)
            return
        self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        pass
