"""What bucket policies allow the account of a deployment."""

import json
from typing import Any

import pytest

from byocplan.workflow.bucket_policy import LIST, READ, judge_policy, render_statement

ACCOUNT, BUCKET, KEY = "614251495211", "imagery", "2019/1/1/28V/B02.tif"
ARN = f"arn:aws:s3:::{BUCKET}"
GOOD = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": [LIST, READ],
    "Resource": [ARN, f"{ARN}/*"],
}


def judge(*statements: dict[str, Any]) -> tuple[list[str], list[str]]:
    access = judge_policy(json.dumps({"Statement": statements}), ACCOUNT, BUCKET, KEY)
    assert access is not None
    return list(access.lacking), list(access.unsure)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["arn:aws:iam::1:root", ACCOUNT]}},
        {"Action": "*"},
        {"Action": ["S3:Get*", "s3:list?ucket"]},
        {"Resource": "*"},
        {"Resource": [ARN, f"{ARN}/2019/*.tif"]},
        {"Resource": "arn:aws:s3:::ima*"},
    ],
)
def test_a_statement_that_fits_allows_both(change: dict[str, Any]) -> None:
    assert judge(GOOD | change) == ([], [])


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"Effect": "Deny"}, [LIST, READ]),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, [LIST, READ]),
        ({"Principal": {"Service": "*"}}, [LIST, READ]),
        ({"Principal": 5}, [LIST, READ]),
        ({"Action": READ}, [LIST]),
        ({"Action": []}, [LIST, READ]),
        ({"Resource": ARN}, [READ]),
        ({"Resource": f"{ARN}/*"}, [LIST]),
        ({"Resource": [ARN, f"{ARN}/2020/*"]}, [READ]),
        ({"Resource": [ARN, f"{ARN}/[2]*"]}, [READ]),
        ({"Resource": f"{ARN}-other*"}, [LIST, READ]),
    ],
)
def test_what_no_statement_allows_is_lacking(change: dict[str, Any], lacking: list[str]) -> None:
    assert judge(GOOD | change) == (lacking, [])


@pytest.mark.parametrize(
    "statement",
    [
        GOOD | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        GOOD | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader"}},
        GOOD | {"Principal": {"CanonicalUser": "79a59df900b949e5"}},
        GOOD | {"Resource": "arn:aws:s3:::${aws:PrincipalTag/bucket}*"},
        {name: value for name, value in GOOD.items() if name != "Principal"} | {"NotPrincipal": {"AWS": "1"}},
        {name: value for name, value in GOOD.items() if name != "Action"} | {"NotAction": "s3:Put*"},
    ],
)
def test_what_hangs_on_more_than_is_looked_at_is_unsure(statement: dict[str, Any]) -> None:
    assert judge(statement) == ([], [LIST, READ])


def test_a_deny_makes_unsure_only_what_it_speaks_of() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{ARN}/*", "Condition": {"Bool": {}}}

    assert judge(GOOD, deny) == ([], [READ])
    assert judge(GOOD, deny | {"Action": "s3:PutObject"}) == ([], [])
    assert judge(GOOD, deny | {"Principal": {"AWS": "1"}}) == ([], [])
    assert judge(deny) == ([LIST, READ], [])


def test_one_statement_that_allows_outweighs_one_that_may() -> None:
    assert judge(GOOD | {"Condition": {"x": {}}}, GOOD) == ([], [])


@pytest.mark.parametrize(
    "policy",
    ["", "{", "[]", "5", '{"Statement": [5]}', '{"Id": "x"}', "[" * 90_000, f'{{"Statement": []}}{" " * 100_000}'],
)
def test_what_is_no_policy_is_not_judged(policy: str) -> None:
    assert judge_policy(policy, ACCOUNT, BUCKET, KEY) is None


def test_patterns_of_many_wildcards_are_matched_at_once() -> None:
    assert judge(GOOD | {"Resource": [f"{ARN}/{'*a' * 5000}b", ARN]}) == ([READ], [])


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_statement_to_paste_allows_both(*, is_whole: bool) -> None:
    text = render_statement(ACCOUNT, BUCKET, is_whole=is_whole)

    pasted = json.loads(text)
    assert judge(*(pasted["Statement"] if is_whole else [pasted])) == ([], [])
    assert 5 < len(text.splitlines()) < 9
