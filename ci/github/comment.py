"""Put a plan into its pull request: the plan's Markdown in, one comment out, updated in place. Writes to GitHub.

Without a plan, the comments that hold an older one say so instead, and lose its hashes: nothing can be applied by them.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from github_api import GitHubError, open_github
from plan_comments import digest_paths, find_plan_comment, iter_plan_comments, read_marker, render_marker
from step import refuse

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
#: The commit is no code, so that the host makes a link of it.
NO_PLAN = """### byocplan: could not be planned at {commit}

The job says why. An older plan that stood here holds no more: nothing is applied until a plan stands here again.
"""


def put_comment(text: str) -> str:
    """Update the comment of this project's plan, or make it, and return a line that says so. Raises GitHubError."""
    marker = read_marker(text)
    if marker is None:
        raise GitHubError("the plan has no first line to find it by; was it made with --format markdown?")
    github, event = open_github(), _read_event()
    number, author = _get_number(event), os.environ["COMMENT_AUTHOR"]
    first = render_marker({**marker, "paths": digest_paths(os.environ["GIVEN_PATHS"])})
    _, _, plan = text.partition("\n")
    body = f"{first}Planned at {_get_commit(event)}.\n\n{plan}"
    comment = find_plan_comment(github, number, author, marker["project"])
    if comment is None:
        github.write("POST", f"/issues/{number}/comments", {"body": body})
        return f"The plan is a new comment of pull request {number}."
    github.write("PATCH", f"/issues/comments/{comment.id}", {"body": body})
    return f"The plan's comment of pull request {number} is up to date."


def withdraw_plans() -> str:
    """Say in the comments of this plan, where there are any, that there is none now. Raises GitHubError.

    Manifests that are wrong do not tell their project; then those comments are meant that were made of the same paths.
    """
    github, event = open_github(), _read_event()
    number, commit = _get_number(event), _get_commit(event)
    project, paths = os.environ.get("GIVEN_PROJECT", ""), digest_paths(os.environ["GIVEN_PATHS"])
    meant = [
        each
        for each in iter_plan_comments(github, number, os.environ["COMMENT_AUTHOR"])
        if (each.marker.get("project") == project if project else each.marker.get("paths", paths) == paths)
    ]
    for comment in meant:
        first = render_marker({"project": comment.marker.get("project", project), "paths": paths})
        github.write("PATCH", f"/issues/comments/{comment.id}", {"body": first + NO_PLAN.format(commit=commit)})
    return f"Comments of pull request {number} that say that there is no plan now: {len(meant)}."


def _read_event() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    return event


def _get_number(event: dict[str, Any]) -> int:
    try:
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError):
        raise GitHubError("the event is about no pull request; set the input `comment` to false") from None


def _get_commit(event: dict[str, Any]) -> str:
    """Return the last commit of the pull request; ``GITHUB_SHA`` is that of a merge which nobody has seen."""
    try:
        commit = str(event["pull_request"]["head"]["sha"])
    except (KeyError, TypeError):
        commit = os.environ.get("GITHUB_SHA", "")
    return commit if COMMIT.fullmatch(commit) else "an unknown commit"


if __name__ == "__main__":
    try:
        told = put_comment(Path(sys.argv[1]).read_text(encoding="utf-8")) if sys.argv[1:] else withdraw_plans()
        sys.stdout.write(f"{told}\n")
    except GitHubError as error:
        refuse(f"the plan could not be put into the pull request: {error}")
