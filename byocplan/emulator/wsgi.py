"""cheroot as used here: threads, keep-alive HTTP/1.1, and a way to hang up without an answer. Touches ports."""

import selectors
import socket
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from cheroot.server import HTTPConnection
from cheroot.wsgi import Gateway_10, Server

SEND_BUFFER = 1 << 20
CONNECTION = "byocplan.connection"
#: How long a thread stays with its connection: most clients ask again at once.
STAY_S = 0.001
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def is_readable(sock: Any, timeout_s: float) -> bool:
    """Return whether something can be read within the time."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(timeout_s))


class Connection(HTTPConnection):
    """A connection that neither changes threads between requests that follow at once nor copies bodies to send them."""

    def __init__(self, server: Any, sock: Any, *arguments: Any) -> None:
        super().__init__(server, sock, *arguments)
        self.wfile = SimpleNamespace(write=sock.sendall)

    def communicate(self) -> bool:
        """Answer requests while they follow at once and no other waits for a thread; return whether to keep it open."""
        answer_one: Callable[[], bool] = super().communicate
        while answer_one():
            if self.server.requests.qsize or not is_readable(self.socket, self.server.stay_s):
                return True
        return False


def get_environ(gateway: Any) -> dict[str, Any]:
    """Return a request's WSGI environment with its connection in it."""
    make_environ: Callable[[Any], dict[str, Any]] = Gateway_10.get_environ
    return {**make_environ(gateway), CONNECTION: gateway.req.conn}


# Made by hand because cheroot's annotations say that an environment is None.
HangUpGateway = type("HangUpGateway", (Gateway_10,), {"get_environ": get_environ})


def hang_up(environ: dict[str, Any]) -> None:
    """Close the connection of a request: the client sees it break before any byte of an answer."""
    connection = environ[CONNECTION]
    connection.linger = False
    connection.socket.shutdown(socket.SHUT_RDWR)


def send_part(
    environ: dict[str, Any], status: str, headers: list[tuple[str, str]], body: bytes, *, with_body: bool
) -> None:
    """Send the beginning of an answer: its headers and half of its body, or its headers alone.

    An answer without a body is cut within its first line: readers take it for whole once they know the status.
    """
    kept = [(key, value) for key, value in headers if key.lower() != "content-length"]
    lines = [f"HTTP/1.1 {status}", *(f"{key}: {value}" for key, value in kept), f"Content-Length: {len(body)}"]
    sent = "\r\n".join([*lines, "", ""]).encode("latin-1") if body else b"HTTP/1.1 "
    environ[CONNECTION].socket.sendall(sent + (body[: len(body) // 2] if with_body else b""))


def ignore_log(msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
    """Say nothing of broken connections, which are the client's business (or a fault's).

    cheroot names the arguments, and a thread of it that cannot call this ends.
    """


def widen_send_buffer(server: Any) -> None:
    """Let a whole page of tiles go out in one write; accepted connections have the size of the listening one."""
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def make_wsgi_server(address: tuple[str, int], app: WsgiApp, threads: int, stay_s: float = STAY_S) -> Any:
    """Return a server that is not yet listening; a thread stays ``stay_s`` with a connection that has been answered."""
    server: Any = Server(
        address, app, numthreads=threads, server_name="byocplan-emulator", timeout=60, shutdown_timeout=1
    )
    server.gateway = HangUpGateway
    server.ConnectionClass = Connection
    server.stay_s = stay_s
    server.error_log = ignore_log
    # How often the accepting thread looks whether it should stop.
    server.expiration_interval = 0.05
    return server
