"""The part of GitHub's API that the action asks, on loopback: comments of pull requests, pull requests of commits."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.support.scripted_server import Asked, Reply, ScriptedServer, make_json

REPOSITORY = "owner/mosaics"
BOT = "github-actions[bot]"
TOKEN = "job-token"


def make_comment(number: int, body: str, login: str = BOT) -> dict[str, Any]:
    return {"id": number, "body": body, "user": {"login": login, "type": "Bot"}}


@dataclass
class FakeGitHub:
    """Holds comments and pull requests; ``refusal`` answers every write, ``failures`` the first reads."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    refusal: Reply | None = None
    failures: list[Reply] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.server = ScriptedServer()
        self.server.make_reply = self.answer
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [
            (asked.method, urlsplit(asked.path).path.removeprefix(f"/repos/{REPOSITORY}"))
            for asked in self.server.asked
        ]

    @property
    def exports(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.server.url, "GITHUB_REPOSITORY": REPOSITORY}

    def answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        if asked.method == "GET" and self.failures:
            return self.failures.pop(0)
        if asked.method == "GET":
            entries = self.pulls if re.search(r"/commits/[0-9a-f]{40}/pulls$", parts.path) else self.comments
            query = parse_qs(parts.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return make_json(entries[size * (page - 1) : size * page])
        return self.refusal or self.write(asked.method, parts.path, json.loads(asked.body)["body"])

    def write(self, method: str, path: str, body: str) -> Reply:
        if method == "POST":
            self.comments.append(make_comment(len(self.comments) + 1, body))
            return make_json(self.comments[-1], 201)
        [comment] = [each for each in self.comments if path.endswith(f"/issues/comments/{each['id']}")]
        comment["body"] = body
        return make_json(comment)
