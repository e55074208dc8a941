"""A loopback server in front of the emulator or its S3 server: passes requests on, or answers with a fault of its own.

It knows the token that byocplan has, which is no token of the emulator.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests

from tests.support.scripted_server import TOKEN_PATH, Asked, Reply, ScriptedServer, make_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.emulator import Emulator

#: What a server says of itself rather than of the content; the front says its own.
HOP_HEADERS = {"connection", "content-length", "date", "server", "transfer-encoding", "content-encoding", "host"}


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer in place of the service's own, for the requests that ``hits`` says."""

    hits: Callable[[Asked], bool]
    make_reply: Callable[[Asked], Reply]


class Front(ScriptedServer):
    """Passes on to ``target``; with ``emulator``, tokens of its own are changed for real ones."""

    def __init__(self, target: str, token: str = "", emulator: Emulator | None = None) -> None:
        super().__init__()
        self._target, self._token = target, token
        self._real = fetch_token(emulator) if emulator else ""
        self.fault: Fault | None = None

    def answer(self, asked: Asked) -> Reply:
        (self.token_asked if asked.path == TOKEN_PATH else self.asked).append(asked)
        if self.fault is not None and self.fault.hits(asked):
            return self.fault.make_reply(asked)
        return make_token(self._token) if asked.path == TOKEN_PATH else self._pass_on(asked)

    def _pass_on(self, asked: Asked) -> Reply:
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP_HEADERS}
        if self._real:
            headers["Authorization"] = f"Bearer {self._real}"
        # As it came: an Accept-Encoding of our own would pack it.
        headers["Accept-Encoding"] = "identity"
        answer = requests.request(
            asked.method, self._target + asked.path, headers=headers, data=asked.body, timeout=30, allow_redirects=False
        )
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_HEADERS}
        return Reply(answer.status_code, answer.content, kept)


def fetch_token(emulator: Emulator) -> str:
    """Return a token of the emulator itself."""
    form = {"grant_type": "client_credentials", "client_id": "emulator", "client_secret": "secret"}
    return str(requests.post(emulator.token_url, data=form, timeout=10).json()["access_token"])


def tell(asked: Asked, more: str = "") -> str:
    """Return all that a request says, plain, quoted and in base64, as a careless server quotes it."""
    said = f"{asked.method} {asked.path} {dict(asked.headers)} {asked.body.decode('latin-1')} {more}"
    headers = " ".join(asked.headers.values())
    return f"{said} {quote(headers, safe='')} {base64.b64encode(headers.encode()).decode()}"


def make_echo(status: int, kind: str, more: str = "") -> Callable[[Asked], Reply]:
    """Return what makes an answer that quotes the request: as ``json``, ``html``, ``text``, ``cut`` or S3's ``xml``."""

    def reply(asked: Asked) -> Reply:
        said = tell(asked, more)
        body = {
            "json": json.dumps({"error": {"status": status, "message": said, "code": said, "errors": [said]}}),
            "html": f"<html><title>{said}</title><body>{said}</body></html>",
            "text": said,
            "cut": json.dumps({"data": [said]})[:-5],
            "xml": f"<Error><Code>AccessDenied</Code><Message>{said}</Message><AWSAccessKeyId>{said}</AWSAccessKeyId></Error>",
        }[kind]
        types = {"html": "text/html", "text": "text/plain", "xml": "application/xml"}
        return Reply(status, body.encode(), {"Content-Type": types.get(kind, "application/json")})

    return reply
