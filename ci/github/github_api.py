"""GitHub's REST API for the action: a path in, JSON out. Standard library alone. Touches the network.

Source: docs.github.com, REST API. The token goes to ``GITHUB_API_URL`` alone: nothing redirects it elsewhere, and pages
are asked for by number, not by a link of the answer.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message
    from typing import IO

TIMEOUT_S = 30
ATTEMPTS = 3
PAGE_SIZE, MAX_PAGES = 100, 100
MAX_ANSWER = 20_000_000
PASSING = frozenset({500, 502, 503, 504})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NEEDS = "the job needs `permissions: {contents: read, pull-requests: write}`"
MENDS = {
    401: "check the input `token`",
    403: f"{NEEDS}; a pull request from a fork never gets it",
    404: f"{NEEDS}, or the repository is not that of the token",
}


class GitHubError(Exception):
    """The API refused, or did not answer; says what to do next."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Follow nothing; the redirect becomes an HTTPError."""


@dataclass(frozen=True, slots=True)
class GitHub:
    """The API of one repository, ``owner/name``."""

    base_url: str
    repository: str
    token: str = field(repr=False)

    def get(self, path: str) -> Any:
        """Return what is at ``path`` below the repository. Raises GitHubError."""
        return self._send("GET", path)

    def iter_pages(self, path: str) -> Iterator[Any]:
        """Yield the entries of a list, page by page."""
        for page in range(1, MAX_PAGES + 1):
            entries = self.get(f"{path}?per_page={PAGE_SIZE}&page={page}")
            if not isinstance(entries, list):
                raise GitHubError(f"GET {path} answered with no list; check GITHUB_API_URL")
            yield from entries
            if len(entries) < PAGE_SIZE:
                return

    def write(self, method: str, path: str, body: Mapping[str, object]) -> Any:
        """Send a body. A POST whose answer is lost is not sent again: the next run finds what it did."""
        return self._send(method, path, json.dumps(body).encode())

    def _send(self, method: str, path: str, body: bytes | None = None) -> Any:
        attempts = 1 if method == "POST" else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                return self._send_once(method, path, body)
            except urllib.error.HTTPError as error:
                if error.code not in PASSING or attempt == attempts:
                    raise GitHubError(_describe_refusal(f"{method} {path}", error)) from None
            except (OSError, HTTPException) as error:
                if attempt == attempts:
                    reason = getattr(error, "reason", error)
                    raise GitHubError(
                        f"{method} {path}: no answer ({_clean(str(reason))}); run the job again"
                    ) from None
            time.sleep(attempt)
        raise AssertionError

    def _send_once(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - open_github has judged the scheme
            f"{self.base_url}/repos/{self.repository}{path}",
            data=body,
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "byocplan-action",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            content = answer.read(MAX_ANSWER)
        try:
            return json.loads(content)
        except ValueError:
            raise GitHubError(f"{method} {path} answered with no JSON; check GITHUB_API_URL") from None


def open_github(environment: Mapping[str, str] = os.environ) -> GitHub:
    """Return the API as a job's environment describes it; sends nothing. Raises GitHubError."""
    missing = [name for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY") if not environment.get(name)]
    if missing:
        raise GitHubError(f"{' and '.join(missing)} not set; pass the input `token`, inside of GitHub Actions")
    base_url = environment.get("GITHUB_API_URL") or "https://api.github.com"
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise GitHubError("GITHUB_API_URL is no https address; the token is not sent there")
    return GitHub(base_url.rstrip("/"), environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"])


def _describe_refusal(request: str, error: urllib.error.HTTPError) -> str:
    with error:
        try:
            said = json.loads(error.read(MAX_ANSWER))["message"]
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            said = error.reason
    mend = MENDS.get(error.code, "run the job again")
    return f"{request} was refused with {error.code} ({_clean(str(said))}); {mend}"


def _clean(text: str) -> str:
    """Return text from outside on one line, without what a log would obey."""
    shown = "".join(each if each.isprintable() else "?" for each in text[:300])
    return shown.replace("::", ":\\x3a").replace("##", "#\\x23")
