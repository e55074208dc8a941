"""What a run needs, looked at one by one, through the installed command."""

import json
from typing import Any

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.s3_front import S3Front, make_refusal
from tests.support.scripted_server import Asked, Reply
from tests.support.workspace import Workspace

#: The service's own address, which without credentials is not asked.
AWAY = {"SH_BASE_URL": "", "SH_TOKEN_URL": "", "SH_CLIENT_ID": "", "SH_CLIENT_SECRET": ""}


@pytest.fixture
def ready(workspace: Workspace) -> Workspace:
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    return workspace


def examine(workspace: Workspace, code: int, **environment: str) -> dict[str, list[Any]]:
    """Return the findings by subject."""
    run = workspace.run("doctor", "--format", "json", code=code, environment=environment)
    found: dict[str, list[Any]] = {}
    for each in run.json()["findings"]:
        found.setdefault(each["subject"], []).append(each)
    return found


def test_all_is_well_on_the_emulator(ready: Workspace) -> None:
    ready.apply()

    text = ready.run("doctor", code=0).stdout
    found = examine(ready, 0)

    *others, policy = [each for subject in found.values() for each in subject]
    assert {each["verdict"] for each in others} == {"ok"}
    assert (policy["verdict"], policy["paste"]) == ("unknown", None)
    assert "whom its policy has to let in is not known" in policy["detail"]
    assert {"credentials", "service", "clock", "state", "bindings", "s3://imagery"} == found.keys()
    assert "ok       s3://imagery: a file in it can be read" in text
    assert ready.environment["SH_CLIENT_SECRET"] not in text


def test_missing_credentials_and_a_service_out_of_reach_are_problems_with_a_mend_and_never_shown(
    ready: Workspace,
) -> None:
    missing = examine(ready, 1, SH_CLIENT_ID="", SH_CLIENT_SECRET="")
    nobody = {"SH_TOKEN_URL": "http://127.0.0.1:9/oauth/token", "SH_CLIENT_SECRET": "not-the-secret-at-all"}
    wrong = ready.run("doctor", code=1, environment=nobody)

    assert missing["credentials"][0]["verdict"] == "problem"
    assert missing["credentials"][0]["mend"]
    assert missing["service"][0]["verdict"] == "unknown"
    assert "problem  service:" in wrong.stdout
    assert "not-the-secret-at-all" not in wrong.text


def test_a_bucket_that_is_missing_or_empty_below_the_pattern_is_a_problem(ready: Workspace) -> None:
    ready.write("a.yaml", make_document("a", "no-such-bucket-here"))
    ready.write(
        "b.yaml",
        make_document("b", ready.bucket, s3={"region": "us-east-1"}, tiles=[{"pattern": "no/{year}/(BAND).tif"}]),
    )

    found = examine(ready, 1)

    assert "there is no such bucket" in found["s3://no-such-bucket-here"][0]["detail"]
    assert any("no key that begins with 'no/'" in each["detail"] for each in found["s3://imagery"])


def test_a_state_and_bindings_that_do_not_fit_are_problems(ready: Workspace) -> None:
    ready.apply()
    live_id = ready.ask("")[0]["id"]
    ready.call("DELETE", f"/{live_id}")

    gone = examine(ready, 1)
    (ready.folder / "byocplan.lock.yaml").write_text("nonsense")
    damaged = examine(ready, 1)

    assert gone["bindings"][0]["verdict"] == "problem"
    assert damaged["state"][0]["verdict"] == "problem"


def judge_policy(workspace: Workspace, statement: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is said of the policy for the deployment of the Project."""
    workspace.s3.delete_bucket_policy(Bucket=workspace.bucket)
    if statement is not None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        workspace.s3.put_bucket_policy(Bucket=workspace.bucket, Policy=policy)
    (*_, found) = examine(workspace, 1, **AWAY)["s3://imagery"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("deployment", "account"),
    [("aws-eu-central-1", "614251495211"), ("cdse", "ddf4c98b5e6647f0a246f0624c8341d9")],
)
def test_the_policy_of_a_bucket_has_to_let_the_deployment_in(ready: Workspace, deployment: str, account: str) -> None:
    ready.write("byocplan.yaml", f"{ready.project}spec: {{deployment: {deployment}}}\n")

    none = judge_policy(ready, None)
    statement = json.loads(none["paste"])["Statement"][0]
    whole = judge_policy(ready, statement)
    half = judge_policy(ready, statement | {"Action": "s3:GetObject"})
    bound = judge_policy(ready, statement | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}})

    assert (none["verdict"], whole["verdict"]) == ("problem", "ok")
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    assert (half["verdict"], json.loads(half["paste"])) == ("problem", statement)
    assert f"does not allow Sentinel Hub's account {account} s3:ListBucket" in half["detail"]
    assert (bound["verdict"], bound["paste"]) == ("unknown", None)
    assert "conditions" in bound["detail"]
    assert "look yourself" in bound["mend"]


def test_what_is_to_be_pasted_stands_on_lines_of_its_own(ready: Workspace) -> None:
    text = ready.run("doctor", code=1, environment=AWAY).stdout

    begin = text.index('{"Version"')
    assert json.loads(text[begin:])["Statement"][0]["Effect"] == "Allow"
    assert "mend: give it this policy" in text[:begin]


def test_a_policy_that_nobody_shows_is_unknown(ready: Workspace) -> None:
    with S3Front(ready.environment["AWS_ENDPOINT_URL_S3"], refuse_policy) as front:
        found = examine(ready, 1, **AWAY, AWS_ENDPOINT_URL_S3=front.server.url)["s3://imagery"]

    assert "reading the policy of s3://imagery was denied (AccessDenied)" in found[-1]["detail"]
    assert found[-1]["verdict"] == "unknown"
    assert "s3:GetBucketPolicy" in found[-1]["mend"]


def refuse_policy(asked: Asked) -> Reply | None:
    return make_refusal() if "?policy" in asked.path else None
