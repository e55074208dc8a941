"""A bucket policy in, whether the service may read the bucket, and the statement that lets it, out. Pure.

Looks at Allow statements by principal, action and resource. What a condition or a Deny makes of them is not worked out:
such a policy is for its owner to judge. Source: IAM policy language; BYOC documentation, bucket settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIST, READ = "s3:ListBucket", "s3:GetObject"
ACTIONS = ("s3:GetBucketLocation", LIST, READ)
#: AWS takes policies of 20 KB.
MAX_LENGTH = 100_000
ANYBODY = "*"


class Match(Enum):
    """Whether a statement speaks of a request. MAYBE: it depends on what is not looked at here."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What the service asks of S3. ``account`` is the id of the AWS account it asks as."""

    account: str
    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a policy lets the service do. ``lacking`` are actions that no statement allows.

    ``unsure`` are those that conditions or a Deny may stand against.
    """

    lacking: Sequence[str] = ()
    unsure: Sequence[str] = ()


def judge_policy(policy: str, account: str, bucket: str, key: str) -> Access | None:
    """Return what an account may do with a bucket and an object in it; None for a policy that cannot be read."""
    statements = _decode(policy)
    if statements is None:
        return None
    arn = f"arn:aws:s3:::{bucket}"
    requests = Request(account, LIST, arn), Request(account, READ, f"{arn}/{key}")
    lacking, unsure = [], []
    for request in requests:
        allowed = max((_match(each, request) for each in _choose(statements, "Allow")), key=_rank, default=Match.NO)
        denied = any(_match(each, request) is not Match.NO for each in _choose(statements, "Deny"))
        if allowed is Match.NO:
            lacking.append(request.action)
        elif denied or allowed is Match.MAYBE:
            unsure.append(request.action)
    return Access(lacking, unsure)


def render_statement(account: str, bucket: str, *, is_whole: bool) -> str:
    """Return the statement that lets the account read the bucket, as JSON on a few lines; or a whole policy of it."""
    arn = f"arn:aws:s3:::{bucket}"
    members = {
        "Sid": "SentinelHubReads",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ACTIONS,
        "Resource": [arn, f"{arn}/*"],
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items())
    statement = f"{{\n{lines}\n}}"
    return f'{{"Version": "2012-10-17", "Statement": [{statement}]}}' if is_whole else statement


def _decode(policy: str) -> list[dict[str, Any]] | None:
    """Return the statements, None where the text is no policy."""
    if len(policy) > MAX_LENGTH:
        return None
    try:
        statements = _list(json.loads(policy)["Statement"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return statements if all(isinstance(each, dict) for each in statements) else None


def _choose(statements: Sequence[dict[str, Any]], effect: str) -> Iterator[dict[str, Any]]:
    return (each for each in statements if each.get("Effect") == effect)


def _match(statement: dict[str, Any], request: Request) -> Match:
    """Tell whether a statement speaks of the request."""
    parts = (
        _match_principal(statement, request.account),
        _match_names(statement, "Action", request.action.lower()),
        _match_names(statement, "Resource", request.resource),
        Match.MAYBE if statement.get("Condition") else Match.YES,
    )
    return min(parts, key=_rank)


def _match_principal(statement: dict[str, Any], account: str) -> Match:
    principal = statement.get("Principal")
    if principal is None:
        return Match.MAYBE  # NotPrincipal
    if principal == ANYBODY:
        return Match.YES
    if not isinstance(principal, dict):
        return Match.NO
    named = _list(principal.get("AWS", []))
    if ANYBODY in named or account in named or f"arn:aws:iam::{account}:root" in named:
        return Match.YES
    # One role or user of the account; or a canonical id, from which its account cannot be told.
    is_part = any(isinstance(each, str) and each.split(":")[4:5] == [account] for each in named)
    return Match.MAYBE if is_part or "CanonicalUser" in principal else Match.NO


def _match_names(statement: dict[str, Any], member: str, wanted: str) -> Match:
    """Tell whether one of the patterns of ``Action`` or ``Resource`` fits; in them ``*`` and ``?`` are any text."""
    patterns = [each for each in _list(statement.get(member, [])) if isinstance(each, str)]
    folded = (each.lower() for each in patterns) if member == "Action" else patterns
    if any(fnmatchcase(wanted, each.replace("[", "[[]")) for each in folded):
        return Match.YES
    is_open = f"Not{member}" in statement or any("${" in each for each in patterns)
    return Match.MAYBE if is_open else Match.NO


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rank(match: Match) -> int:
    return match.value
