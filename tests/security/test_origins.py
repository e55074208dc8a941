"""Where credentials go: nowhere but to the origins that the operator or the list of known hosts names."""

import json

import pytest

from byocplan.discovery.s3_bucket import make_s3_bucket
from byocplan.errors import BucketError, ByocplanError
from byocplan.model.collection import S3Settings
from byocplan.state.objects import open_store
from tests.security.conftest import Fronted
from tests.support.front import Fault
from tests.support.manifests import make_document
from tests.support.outward import open_outward
from tests.support.scripted_server import TOKEN_PATH, Asked, Reply, ScriptedServer
from tests.support.workspace import PROJECT, Workspace

FOREIGN = "https://canary.example"
DEPLOYMENT = f"spec: {{deployment: {{baseUrl: {FOREIGN}, tokenUrl: {FOREIGN}/token}}}}\n"


def make_redirect(status: int, canary: ScriptedServer, **headers: str) -> Reply:
    return Reply(status, b"", {"Location": f"{canary.url}/stolen", **headers})


@pytest.mark.parametrize(
    "place", ["read", "write", *(pytest.param(place, marks=pytest.mark.sweep) for place in ("links", "token"))]
)
def test_the_service_cannot_lead_a_request_elsewhere(fronted: Fronted, place: str) -> None:
    with ScriptedServer() as canary:
        page = {"data": [{"id": "1", "name": "x", "s3Bucket": "imagery"}], "links": {"next": f"{canary.url}/next"}}
        hits = {
            "links": lambda asked: asked.method == "GET",
            "read": lambda asked: asked.method == "GET",
            "token": lambda asked: asked.path == TOKEN_PATH,
            "write": lambda asked: asked.method == "POST" and asked.path != TOKEN_PATH,
        }[place]
        answer = Reply(200, json.dumps(page).encode()) if place == "links" else make_redirect(308, canary)
        fronted.api.fault = Fault(hits, lambda _asked: answer)

        run = fronted.run("apply", "--auto-approve")

        assert run.code != 0
        assert canary.asked == []
        assert fronted.api.token_asked


@pytest.mark.parametrize("status", [301, pytest.param(302, marks=pytest.mark.sweep), 307])
def test_s3_cannot_lead_a_request_elsewhere(fronted: Fronted, status: int) -> None:
    with ScriptedServer() as canary:
        region = canary.url.removeprefix("http://") + "/"
        answer = make_redirect(status, canary, **{"x-amz-bucket-region": region})
        fronted.s3.fault = Fault(lambda _asked: True, lambda _asked: answer)

        run = fronted.run("discover")

        assert run.code != 0
        assert canary.asked == []
        assert fronted.s3.asked


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_an_s3_server_that_only_redirects_is_asked_a_few_times(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    with ScriptedServer() as server, ScriptedServer() as canary:
        server.otherwise = make_redirect(status, canary)
        bucket = make_s3_bucket("imagery", S3Settings(endpoint_url=server.url))
        store = open_store("imagery", "state", S3Settings(endpoint_url=server.url))

        with pytest.raises(BucketError, match="region"):
            list(bucket.iter_pages(""))
        with pytest.raises(ByocplanError):
            store.get("lock")

        assert 0 < len(server.asked) < 10
        assert canary.asked == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("byocplan.yaml", PROJECT + DEPLOYMENT),
        ("byocplan.yaml", f"{PROJECT}spec: {{s3: {{endpointUrl: {FOREIGN}}}}}\n"),
        ("s2.yaml", make_document("s2", "imagery", s3={"endpointUrl": FOREIGN})),
        (
            "s2.yaml",
            make_document("s2", "imagery", s3={"endpointUrl": "https://a.execute-api.eu-west-1.amazonaws.com"}),
        ),
        ("s2.yaml", make_document("s2", "imagery", s3={"endpointUrl": "http://169.254.169.254"})),
    ],
)
def test_a_manifest_cannot_name_a_host_that_nobody_allowed(workspace: Workspace, name: str, content: str) -> None:
    workspace.write(name, content)
    for variable in ("SH_BASE_URL", "SH_TOKEN_URL", "AWS_ENDPOINT_URL_S3"):
        del workspace.environment[variable]

    with open_outward() as (proxy, asked):
        run = workspace.run("plan", environment={"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy})

    assert run.code == 3
    assert "known host" in run.text or "must begin with https" in run.text
    assert asked == []


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["--allow-host", "canary.example"], {}), ([], {"BYOCPLAN_ALLOW_HOSTS": "other.example canary.example"})],
)
def test_a_host_that_the_operator_allows_may_be_named(
    workspace: Workspace, arguments: list[str], environment: dict[str, str]
) -> None:
    workspace.write("byocplan.yaml", PROJECT + DEPLOYMENT)

    workspace.run("validate", *arguments, environment=environment, code=0)
    workspace.run("validate", code=3)


@pytest.mark.sweep
def test_a_host_that_the_operator_allows_is_the_only_one_asked(workspace: Workspace) -> None:
    workspace.write("byocplan.yaml", PROJECT + DEPLOYMENT)
    for variable in ("SH_BASE_URL", "SH_TOKEN_URL"):
        del workspace.environment[variable]

    with open_outward() as (proxy, asked):
        workspace.run("plan", "--allow-host", "canary.example", environment={"HTTPS_PROXY": proxy}, code=1)

    assert set(asked) == {"canary.example:443"}


def test_only_the_token_is_posted_by_commands_that_read(fronted: Fronted) -> None:
    fronted.run("apply", "--auto-approve")
    written = [asked for asked in fronted.api.asked if asked.method != "GET"]
    fronted.api.asked.clear()
    fronted.s3.asked.clear()

    for arguments in (
        ["validate"],
        ["explain", "x"],
        ["discover"],
        ["plan", "--out", "p"],
        ["plan", "--format", "json"],
    ):
        fronted.run(*arguments, code=0)

    assert {method_of(asked) for asked in fronted.api.asked} == {"GET"}
    assert {method_of(asked) for asked in fronted.s3.asked} <= {"GET", "HEAD"}
    assert written
    assert {asked.method for asked in fronted.api.token_asked} == {"POST"}


def method_of(asked: Asked) -> str:
    return asked.method
