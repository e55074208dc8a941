"""What a run needs, looked at one by one, through the installed command."""

from typing import Any

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace


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

    assert {each["verdict"] for subject in found.values() for each in subject} == {"ok"}
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
