"""What Python shows of plans and errors, with a service that is hostile: notebooks are committed with their outputs."""

import json
import os
import subprocess
import sys

from tests.security.conftest import Fronted
from tests.security.test_hostile_names import HOSTILE, assert_harmless
from tests.support.front import Fault
from tests.support.scripted_server import Asked, Reply
from tests.support.workspace import CLEAN, Run


def run(fronted: Fronted, script: str) -> Run:
    workspace = fronted.workspace
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    done = subprocess.run(
        [sys.executable, "-c", f"import byocplan\n{script}"],
        cwd=workspace.folder,
        env={**held, **workspace.environment, "HOME": str(workspace.folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def test_a_hostile_refusal_is_harmless_in_a_traceback(fronted: Fronted) -> None:
    error = json.dumps({"error": {"message": HOSTILE, "errors": [HOSTILE]}}).encode()
    fronted.api.fault = Fault(lambda asked: asked.method == "GET", lambda _asked: Reply(400, error))

    done = run(fronted, "byocplan.plan()")

    assert "ApiError" in done.stderr
    assert "set-output" in done.stderr
    assert_harmless(done)


def test_a_secret_that_the_service_tells_back_is_in_no_traceback(fronted: Fronted) -> None:
    secret = fronted.workspace.environment["SH_CLIENT_SECRET"]
    error = json.dumps({"error": {"message": f"who is {secret}?"}}).encode()
    fronted.api.fault = Fault(lambda asked: asked.method == "GET", lambda _asked: Reply(400, error))

    done = run(fronted, "byocplan.plan()")

    assert "who is ***?" in done.stderr
    assert fronted.find_leaks(done) == []


def test_what_led_to_an_error_is_not_told(fronted: Fronted) -> None:
    fronted.workspace.environment["SH_BASE_URL"] = "http://127.0.0.1:9"

    done = run(fronted, "byocplan.plan()")

    assert "UnreachableError" in done.stderr
    assert done.stderr.count("Traceback") == 1
    assert "urllib3" not in done.stderr


def test_hostile_names_of_the_service_are_harmless_in_a_plan(fronted: Fronted) -> None:
    fronted.run("apply", "--auto-approve")

    def spoil(asked: Asked) -> Reply:
        body = json.loads(fronted.api._pass_on(asked).body)
        for each in body["data"] if isinstance(body["data"], list) else [body["data"]]:
            each.update({"name": HOSTILE})
        return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    fronted.api.fault = Fault(lambda asked: asked.method == "GET" and "/tiles" not in asked.path, spoil)
    done = run(fronted, "plan = byocplan.plan()\nprint(plan, plan.__repr__(), 'CELL', plan._repr_html_())")

    assert "set-output" in done.stdout
    assert "<img" not in done.stdout.partition("CELL")[2]
    assert_harmless(done)
