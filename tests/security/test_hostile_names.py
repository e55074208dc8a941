"""Names from outside with escapes, bidirectional marks and commands, from the service and the bucket to the terminal.

Each view for itself: ``tests/unit/view/test_hostile_text.py``.
"""

import json
import re

from tests.security.conftest import Fronted
from tests.support.front import Fault
from tests.support.manifests import make_document
from tests.support.scripted_server import Asked, Reply
from tests.support.workspace import Run

HOSTILE = "::set-output name=a::b\x1b[2J\u202egpj\n::add-mask::x\r##[error]y <img src=x> [a](javascript:b) | `c`"
KEY = "::add-mask::\x1b[31m\u202e##[debug]/B02.tif"
MARKDOWN, HTML = ["--format", "markdown"], ["--format", "html"]
CAUSE = {"status": "FAILED", "additionalData": {"failedIngestionCause": HOSTILE}}


def assert_harmless(run: Run) -> None:
    for stream in (run.stdout, run.stderr):
        lines = stream.split("\n")
        assert all(line.isprintable() for line in lines), ascii(stream)
        assert not [line for line in lines if line.lstrip().startswith("::")], stream
        assert not re.search(r"##[A-Za-z]*\[", stream), stream


def test_hostile_keys_of_the_bucket_are_harmless_in_every_view(fronted: Fronted) -> None:
    workspace = fronted.workspace
    for key in (KEY, KEY.replace("B02", "B03")):
        workspace.put(key, b"II*\0")
    workspace.put("2019/1/1/\x1b]0;x\x07/B02.tif", b"II*\0")
    workspace.write("s3.yaml", make_document("s3", workspace.bucket, tiles=[{"pattern": "{name}/(BAND).tif"}]))

    runs = [
        fronted.run("-vv", *arguments)
        for arguments in (
            ["explain", KEY],
            ["discover"],
            ["discover", "--format", "json"],
            ["plan"],
            ["plan", "--format", "json"],
            ["plan", "--format", "markdown"],
            ["plan", "--format", "html"],
        )
    ]
    fronted.run("plan", "--out", "plan.byocplan", code=0)
    select = ("show", "plan.byocplan", "--select", "action=create")
    runs += [fronted.run("-vv", *arguments, code=0) for arguments in (select, [*select, "--format", "json"])]
    runs.append(fronted.run("-vv", "apply", "--auto-approve", "--json"))

    assert [number for number, run in enumerate(runs) if "add-mask" not in run.text] == []
    for run in runs:
        assert_harmless(run)


def test_hostile_names_and_causes_of_the_service_are_harmless(fronted: Fronted) -> None:
    fronted.run("apply", "--auto-approve")

    def spoil(asked: Asked) -> Reply:
        body = json.loads(fronted.api._pass_on(asked).body)
        data = body["data"] if isinstance(body["data"], list) else [body["data"]]
        for each in data:
            each.update(CAUSE if "/tiles" in asked.path else {"name": HOSTILE})
        return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    fronted.api.fault = Fault(lambda asked: asked.method == "GET", spoil)
    runs = [fronted.run("-vv", "plan", *arguments) for arguments in ([], ["--format", "json"], MARKDOWN, HTML)]

    assert all("set-output" in run.stdout for run in runs)
    for run in runs:
        assert_harmless(run)


def test_a_hostile_refusal_is_harmless(fronted: Fronted) -> None:
    error = json.dumps({"error": {"message": HOSTILE, "errors": [HOSTILE]}}).encode()
    fronted.api.fault = Fault(lambda asked: asked.method == "GET", lambda _asked: Reply(400, error))

    run = fronted.run("-vv", "plan", code=1)

    assert "set-output" in run.stderr
    assert_harmless(run)


def test_a_hostile_manifest_is_harmless(fronted: Fronted) -> None:
    fronted.workspace.write("s2.yaml", "::add-mask::x: 1\n##[error]: &a [*a\nkind: '\u202e\u2066'\n")

    forms = ("text", "json", "sarif", "junit")
    runs = [fronted.run("-vv", "validate", "--format", form, code=3) for form in forms]

    for run in runs:
        assert_harmless(run)


def test_a_hostile_manifest_gives_github_no_command_but_ours(fronted: Fronted) -> None:
    name = "a,line=9::b%0A::error::c\u202e\x1b[2J.yaml"
    fronted.workspace.write(name, "::add-mask::x: 1\n##[error]: 2\nkind: '::add-mask::y'\n")

    run = fronted.run("validate", "--format", "github", code=3)

    lines = run.stdout.splitlines()
    shown = "a%2Cline=9%3A%3Ab%250A%3A%3Aerror%3A%3Ac\\u202e\\x1b[2J.yaml"
    assert [line for line in lines if line.startswith(f"::error file={shown},line=")]
    assert not [line for line in lines if not line.startswith("::error file=")]
    assert all(line.isprintable() for line in lines)
    assert not re.search(r"##[A-Za-z]*\[", run.stdout)
