"""Put a plan into its pull request: the plan's Markdown in, one comment out, updated in place. Writes to GitHub."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from github_api import GitHubError, open_github
from plan_comments import iter_plan_comments, read_marker
from step import refuse


def put_comment(text: str) -> str:
    """Update the comment of this project's plan, or make it, and return a line that says so. Raises GitHubError."""
    marker = read_marker(text)
    if marker is None:
        raise GitHubError("the plan has no first line to find it by; was it made with --format markdown?")
    github, number = open_github(), _get_number()
    author = os.environ["COMMENT_AUTHOR"]
    comment = next(iter_plan_comments(github, number, author, marker["project"]), None)
    if comment is None:
        github.write("POST", f"/issues/{number}/comments", {"body": text})
        return f"The plan is a new comment of pull request {number}."
    github.write("PATCH", f"/issues/comments/{comment.id}", {"body": text})
    return f"The plan's comment of pull request {number} is up to date."


def _get_number() -> int:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    try:
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError):
        raise GitHubError("the event is about no pull request; set the input `comment` to false") from None


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{put_comment(Path(sys.argv[1]).read_text(encoding='utf-8'))}\n")
    except GitHubError as error:
        refuse(f"the plan could not be put into the pull request: {error}")
