"""The plan's comments in a pull request: found by their first line and their author. Reads through ``github_api``.

The first line is that of ``byocplan plan --format markdown`` (docs/review.md), to which the action adds ``paths``.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from github_api import GitHub

MARKER = re.compile(r"<!-- byocplan:(\{.*\}) -->\r?")
HASH = re.compile(r"[0-9a-f]{64}")
#: What could end or open a comment, as JSON escapes.
MARKUP = {"<": "\\u003c", ">": "\\u003e", "--": "-\\u002d"}


@dataclass(frozen=True, slots=True)
class PlanComment:
    """A comment with a plan, or one that says that there is none; ``marker`` is what its first line says."""

    id: int
    marker: dict[str, Any]

    @property
    def guard_hash(self) -> str:
        """The hash that binds an apply to the plan; empty where nothing could be planned."""
        return str(self.marker.get("guard_hash", ""))


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


def render_marker(marker: Mapping[str, object]) -> str:
    """Return the first line of a comment; nothing in it can end the line or the comment."""
    text = json.dumps(marker, separators=(",", ":"))
    for sign, shown in MARKUP.items():
        text = text.replace(sign, shown)
    return f"<!-- byocplan:{text} -->\n"


def digest_paths(paths: str) -> str:
    """Return what tells the input ``paths`` of one comment from another's."""
    return hashlib.sha256(paths.strip().encode("utf-8", "replace")).hexdigest()[:16]


def iter_plan_comments(github: GitHub, number: int, author: str) -> Iterator[PlanComment]:
    """Yield the plans that ``author`` wrote into a pull request, oldest first.

    Anybody may write a comment that looks like one: the author tells. Endpoint: GET /repos/R/issues/N/comments.
    """
    for comment in github.iter_pages(f"/issues/{number}/comments"):
        marker = read_marker(comment.get("body") or "")
        if marker is not None and (comment.get("user") or {}).get("login") == author:
            yield PlanComment(int(comment["id"]), marker)


def find_plan_comment(github: GitHub, number: int, author: str, project: str) -> PlanComment | None:
    """Return the comment with a project's plan, the oldest where there are several."""
    comments = iter_plan_comments(github, number, author)
    return next((each for each in comments if each.marker.get("project") == project), None)
