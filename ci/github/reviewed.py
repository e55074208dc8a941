"""Find the plan that was reviewed: a commit in, the guard hash of its pull request's plan out. Reads from GitHub.

The output ``expect_plan`` binds the apply. A hash that is given goes before one that is found.
"""

from __future__ import annotations

import os

from github_api import GitHub, GitHubError, open_github
from plan_comments import HASH, find_plan_comment
from step import refuse, write_outputs

MEND = (
    "Run the command `plan`, review it, and run `apply` with the input `expect-plan` set to the plan hash or the guard "
    "hash that it shows."
)


def find_reviewed(project: str, commit: str) -> str:
    """Return the guard hash of the plan in the pull request that ``commit`` came by. Raises GitHubError."""
    github = open_github()
    number = _get_number(github, commit)
    author = os.environ["COMMENT_AUTHOR"]
    comment = find_plan_comment(github, number, author, project)
    if comment is None or not HASH.fullmatch(comment.guard_hash):
        raise GitHubError(f"pull request {number} has no plan of project {project} by {author}. {MEND}")
    return comment.guard_hash


def _get_number(github: GitHub, commit: str) -> int:
    """Return the pull request whose merge made the commit. Endpoint: GET /repos/R/commits/SHA/pulls."""
    numbers = [
        int(pull["number"])
        for pull in github.iter_pages(f"/commits/{commit}/pulls")
        if pull.get("merged_at") and pull.get("merge_commit_sha") == commit
    ]
    if len(numbers) != 1:
        count = "no merged pull request" if not numbers else "several merged pull requests"
        raise GitHubError(f"commit {commit} came by {count}, so no plan of it was reviewed. {MEND}")
    return numbers[0]


def main() -> None:
    """Write the output, or refuse."""
    given = os.environ.get("GIVEN_EXPECT_PLAN", "").strip()
    if given and not HASH.fullmatch(given):
        refuse("the input `expect-plan` is no hash of a plan; write all 64 characters")
    try:
        write_outputs(expect_plan=given or find_reviewed(os.environ["GIVEN_PROJECT"], os.environ["GITHUB_SHA"]))
    except GitHubError as error:
        refuse(f"nothing was applied: {error}")


if __name__ == "__main__":
    main()
