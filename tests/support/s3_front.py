"""An S3 endpoint in front of another one, which answers some requests itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import requests

from tests.support.scripted_server import Asked, Reply, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable


LISTING = """<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>
{entries}</ListBucketResult>"""
ENTRY = """<Contents><Key>{key}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"{etag}"</ETag>
<Size>1</Size></Contents>"""
EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


@dataclass(slots=True)
class S3Front:
    """``server.url`` is what byocplan gets as its endpoint. Endpoints behind it do not check signatures (moto)."""

    behind: str
    answer: Callable[[Asked], Reply | None]
    server: ScriptedServer = field(default_factory=ScriptedServer)

    def __enter__(self) -> Self:
        self.server.make_reply = self._reply
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @property
    def heads(self) -> int:
        """How many single files were asked for."""
        return sum(asked.method == "HEAD" for asked in self.server.asked)

    def _reply(self, asked: Asked) -> Reply:
        own = self.answer(asked)
        return own if own is not None else self._pass_on(asked)

    def _pass_on(self, asked: Asked) -> Reply:
        headers = {name: text for name, text in asked.headers.items() if name.lower() not in {"host", "connection"}}
        done = requests.request(asked.method, self.behind + asked.path, headers=headers, data=asked.body, timeout=10)
        kept = {name: text for name, text in done.headers.items() if name.lower() in {"etag", "content-type"}}
        return Reply(done.status_code, done.content, kept)


def make_refusal(code: str = "AccessDenied", status: int = 403) -> Reply:
    """Return an S3 error document."""
    return Reply(status, f"<Error><Code>{code}</Code></Error>".encode(), {"Content-Type": "application/xml"})


def is_listing(asked: Asked) -> bool:
    """Tell whether a request lists a bucket."""
    return asked.method == "GET" and "list-type=2" in asked.path


def make_first_page(*keys: str) -> Reply:
    """Return a page of a listing that goes on."""
    entries = "".join(ENTRY.format(key=key, etag="e") for key in keys)
    return Reply(200, LISTING.format(entries=entries).encode(), {"Content-Type": "application/xml"})
