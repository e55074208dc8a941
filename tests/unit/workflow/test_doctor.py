"""What single answers mean for a run."""

import pytest

from byocplan.model.deployment import DEPLOYMENTS
from byocplan.model.finding import Verdict
from byocplan.workflow.doctor import _judge_clock, _judge_region

DATE = "Wed, 27 Nov 2019 10:00:00 GMT"
NOON_S = 1_574_848_800


@pytest.mark.parametrize(
    ("now_s", "verdict", "said"),
    [
        (NOON_S + 30, Verdict.OK, "agree"),
        (NOON_S + 600, Verdict.PROBLEM, "600 s ahead of"),
        (NOON_S - 600, Verdict.PROBLEM, "600 s behind"),
    ],
)
def test_a_clock_that_is_off_is_a_problem(now_s: float, verdict: Verdict, said: str) -> None:
    found = _judge_clock(DATE, now_s)

    assert found.verdict is verdict
    assert said in found.detail


def test_a_service_without_a_clock_proves_nothing() -> None:
    assert _judge_clock(None, NOON_S).verdict is Verdict.UNKNOWN
    assert _judge_clock("soon", NOON_S).verdict is Verdict.UNKNOWN
    assert _judge_clock("Fri, 31 Dec 99999999999 10:00:00 GMT", NOON_S).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("region", "deployment", "verdict"),
    [
        ("eu-central-1", "aws-eu-central-1", Verdict.OK),
        ("us-west-2", "aws-eu-central-1", Verdict.PROBLEM),
        (None, "aws-eu-central-1", Verdict.OK),
        ("waw3-1", "cdse", Verdict.OK),
    ],
)
def test_the_region_of_a_bucket_has_to_suit_the_deployment(
    region: str | None, deployment: str, verdict: Verdict
) -> None:
    assert _judge_region("s3://b", region, DEPLOYMENTS[deployment]).verdict is verdict
