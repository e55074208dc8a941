"""The plan's comments in a pull request: found by their first line and their author. Reads through ``github_api``.

The first line is that of ``byocplan plan --format markdown`` (docs/review.md).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from github_api import GitHub

MARKER = re.compile(r"<!-- byocplan:(\{.*\}) -->\r?")
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PlanComment:
    """A comment with a plan, and the hash that binds an apply to it."""

    id: int
    guard_hash: str


def read_marker(text: str) -> dict[str, Any] | None:
    """Return what the first line of a plan says, None for a text that is no plan."""
    found = MARKER.fullmatch(text.split("\n", 1)[0])
    if found is None:
        return None
    try:
        marker = json.loads(found[1])
    except ValueError:
        return None
    return marker if isinstance(marker, dict) else None


def iter_plan_comments(github: GitHub, number: int, author: str, project: str) -> Iterator[PlanComment]:
    """Yield the plans of a project that ``author`` wrote into a pull request, oldest first.

    Anybody may write a comment that looks like one: the author tells. Endpoint: GET /repos/R/issues/N/comments.
    """
    for comment in github.iter_pages(f"/issues/{number}/comments"):
        marker = read_marker(comment.get("body") or "")
        if marker is None or (comment.get("user") or {}).get("login") != author:
            continue
        if marker.get("project") == project:
            yield PlanComment(int(comment["id"]), str(marker.get("guard_hash", "")))
