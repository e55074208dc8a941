"""Bad input: a clear message with the mend and its exit code; no traceback, nothing written."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Case:
    """``prepare`` spoils the workspace and returns environment variables; ``says`` is what the message must hold."""

    name: str
    prepare: Callable[[Workspace], dict[str, str]]
    code: int
    says: tuple[str, ...]


def change_environment(**changes: str) -> Callable[[Workspace], dict[str, str]]:
    return lambda _workspace: changes


def write_file(name: str, text: str) -> Callable[[Workspace], dict[str, str]]:
    def prepare(workspace: Workspace) -> dict[str, str]:
        workspace.write(name, text)
        return {}

    return prepare


def misplace_token_url(workspace: Workspace) -> dict[str, str]:
    return {"SH_TOKEN_URL": f"{workspace.environment['SH_BASE_URL']}/nope"}


def name_missing_bucket(workspace: Workspace) -> dict[str, str]:
    workspace.write("s2.yaml", make_document("s2", "no-such-bucket-anywhere"))
    return {}


def halve_lock_file(workspace: Workspace) -> dict[str, str]:
    workspace.apply()
    lock = workspace.folder / "byocplan.lock.yaml"
    lock.write_text(lock.read_text()[: len(lock.read_text()) // 2])
    return {}


def empty_lock_file(workspace: Workspace) -> dict[str, str]:
    workspace.apply()
    (workspace.folder / "byocplan.lock.yaml").write_text("")
    return {}


def empty_folder(workspace: Workspace) -> dict[str, str]:
    for path in workspace.folder.glob("*.yaml"):
        path.unlink()
    return {}


TWENTY = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: Not A Label}
spec:
  s3bucket: x
  nodata: 0
  noData: many
  storageIdentifier: [1]
  adopt: NO
  bands:
    B1: {bitDepth: 12}
    B2: {bitDepth: 16, sampleFormat: UNIT}
    B3: {bitDepth: 16, bandIndex: 0}
    B4: {bitDepth: 16, sauce: B4}
  lifecycle: {replace: maybe, onRemove: keep, preventDestroy: 1}
  rails: {maxDeletePercent: 200, maxDeletes: -1}
  acks: [{rule: delete, atMost: 1}]
  tiles:
    - {pattern: "{a}{b}/(BAND).tif"}
    - {path: "/lead/(BAND).tif"}
    - {path: "x/(BAND).jp2"}
    - {path: "x/(BAND).tif", sensingTime: "2019-13-01"}
    - {path: "y/(BAND).tif", sensingTime: "2019-01-01T00:00:00.123456Z"}
    - {patern: "{a}/(BAND).tif"}
"""

CASES = (
    Case("no client id", change_environment(SH_CLIENT_ID=""), 4, ("SH_CLIENT_ID", "SH_CLIENT_SECRET")),
    Case(
        "no address of the API",
        change_environment(SH_BASE_URL="nonsense"),
        3,
        ("SH_BASE_URL: error: 'nonsense' is no http address",),
    ),
    Case(
        "no address of tokens",
        change_environment(SH_TOKEN_URL="nonsense/token"),
        3,
        ("SH_TOKEN_URL: error: 'nonsense/token' is no",),
    ),
    Case("token address is another", misplace_token_url, 1, ("/nope: it answered 404", "which SH_TOKEN_URL gives")),
    Case("API unreachable", change_environment(SH_BASE_URL=NOWHERE), 1, ("cannot reach", NOWHERE)),
    Case("token server unreachable", change_environment(SH_TOKEN_URL=f"{NOWHERE}/token"), 1, ("cannot reach", NOWHERE)),
    Case("S3 unreachable", change_environment(AWS_ENDPOINT_URL_S3=NOWHERE), 1, ("cannot reach", NOWHERE)),
    Case("no such bucket", name_missing_bucket, 1, ("no-such-bucket-anywhere", "there is no such bucket")),
    Case("twenty mistakes", write_file("s2.yaml", TWENTY), 3, ("s2.yaml:5:", "s3Bucket", "did you mean", "problems")),
    Case("not YAML", write_file("s2.yaml", "kind: [unclosed\n"), 3, ("s2.yaml:",)),
    Case("not text", write_file("s2.yaml", "kind: \x00\x01\n"), 3, ("s2.yaml",)),
    Case(
        "unknown deployment",
        write_file(
            "byocplan.yaml",
            "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: t}\nspec: {deployment: aws-eu-central1}\n",
        ),
        3,
        ("aws-eu-central-1", "did you mean"),
    ),
    Case(
        "foreign host",
        write_file(
            "byocplan.yaml",
            "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: t}\n"
            "spec: {deployment: {baseUrl: https://evil.example, tokenUrl: https://evil.example/t}}\n",
        ),
        3,
        ("evil.example", "--allow-host"),
    ),
    Case("half a lock file", halve_lock_file, 1, ("byocplan.lock.yaml",)),
    Case("an empty lock file", empty_lock_file, 1, ("byocplan.lock.yaml",)),
    Case("an empty folder", empty_folder, 3, ("kind: Collection",)),
)


@pytest.fixture
def ready(workspace: Workspace) -> Workspace:
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    return workspace


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_gives_a_message_a_code_and_writes_nothing(ready: Workspace, case: Case, command: str) -> None:
    environment = case.prepare(ready)
    before = describe(ready)

    run = ready.run(command, *(["--auto-approve"] if command == "apply" else []), environment=environment)

    assert run.code == case.code, run.text
    for words in case.says:
        assert words in run.text
    assert describe(ready) == before
    assert "any-secret" not in run.text


def describe(workspace: Workspace) -> tuple[object, ...]:
    """Return what is live and what the lock file says."""
    lock = workspace.folder / "byocplan.lock.yaml"
    return (lock.read_text() if lock.exists() else None, workspace.ask(""), workspace.ask_paths())


def test_a_collection_deleted_behind_our_back_is_told_and_created_again(ready: Workspace) -> None:
    ready.apply()
    (collection,) = ready.ask("")
    ready.call("DELETE", f"/{collection['id']}")

    plan = ready.plan()
    told = ready.run("plan", code=0)
    ready.apply()

    assert ready.count(plan) == {"collection create": 1, "tile create": 1}
    assert collection["id"] in told.text
    assert ready.is_settled()


def test_an_unknown_command_names_the_nearest(ready: Workspace) -> None:
    run = ready.run("aply", code=3)

    assert "'apply'" in run.text


def test_a_wrong_option_is_an_argument_error(ready: Workspace) -> None:
    run = ready.run("plan", "--fromat", "json", code=3)

    assert "--format" in run.text


def test_an_ack_that_names_nothing_is_refused(ready: Workspace) -> None:
    run = ready.apply("--ack", "everything", code=3)

    assert "RULE" in run.text


def test_apply_without_a_terminal_asks_for_auto_approve(ready: Workspace) -> None:
    run = ready.run("apply", code=3)

    assert "--auto-approve" in run.text
    assert ready.ask("") == []
