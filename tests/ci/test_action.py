"""``action.yml``: its steps, taken from the file and run with bash, on the emulator and a fake GitHub."""

import os
import signal
import stat
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.ci.conftest import COMMIT, HEAD, HOSTILE, Repository, make_repository, put_tile
from tests.support.action_runner import ROOT, Job, evaluate, prepare_step, read_action, run_step
from tests.support.fake_github import BOT, FakeGitHub, make_comment
from tests.support.manifests import make_document
from tests.support.scripted_server import Reply, ScriptedServer, make_json
from tests.support.workspace import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN, APPLY = "Plan", "Apply"
PUT, WITHDRAW = "Put the plan into the pull request", "Withdraw the plan in the pull request"
LATER = "b" * 40
INSTALLED = Path(COMMAND).parent


def get_step(name: str) -> dict[str, object]:
    return next(step for step in read_action()["runs"]["steps"] if step["name"] == name)


@contextmanager
def start(command: list[str], folder: Path, environment: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a step; whatever is left of it ends with the test."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_no_script_of_the_action_holds_an_expression() -> None:
    scripts = [step["run"] for step in read_action()["runs"]["steps"]]

    assert not [script for script in scripts if "${{" in script]
    assert all("exec " in script for script in scripts if "byocplan-venv" in script)


@pytest.mark.parametrize(("command", "package"), [("plan", "."), ("rehearse", ".[emulator]")])
def test_byocplan_is_installed_from_the_action_with_its_pinned_versions(
    tmp_path: Path, command: str, package: str
) -> None:
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\nif [ "$3" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/pip"; fi\necho "$@" "$PWD" "$PIP_CONSTRAINT"\n'
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "work").mkdir()
    (tmp_path / "runner").mkdir()

    # -I: without it Python would run a venv.py of the checkout.
    done = run_step(
        get_step("Install byocplan"), Job(tmp_path / "work", {}), {"python": str(python), "command": command}
    )

    made, installed = done.stdout.splitlines()
    assert made.split()[:4] == ["-I", "-m", "venv", str(tmp_path / "runner" / "byocplan-venv")]
    assert installed.split()[-3:] == [package, str(ROOT), "constraints.txt"]


def test_a_plan_is_commented_once_and_updated_in_place(repository: Repository) -> None:
    others = [make_comment(1000 + n, "chatter\n<!-- byocplan:{} -->") for n in range(150)]
    repository.github.comments += others

    first = repository.run("plan")
    put_tile(repository.workspace, "2019/1/2/28V")
    second = repository.run("plan")

    assert (first.code, second.code) == (0, 0)
    [comment] = repository.github.comments[150:]
    marker, planned, _, body = comment["body"].split("\n", 3)
    assert (planned, body) == (f"Planned at {HEAD}.", second.summary.partition("\n")[2])
    assert [f'"{second.outputs[name]}"' in marker for name in ("plan-hash", "guard-hash")] == [True, True]
    assert "2 tiles to create" in comment["body"]
    assert [method for method, _ in repository.github.asked if method != "GET"] == ["POST", "PATCH"]
    assert repository.github.comments[:150] == others


def test_the_outputs_of_the_action_are_those_of_the_plan(repository: Repository) -> None:
    ended = repository.run("plan", comment="false")

    hashes = [ended.outputs.pop(name) for name in ("plan-hash", "guard-hash")]
    assert ended.outputs == {"has-changes": "true", "applyable": "true", "exitcode": "2"}
    assert all(f'"{each}"' in ended.summary.splitlines()[0] for each in hashes)
    assert repository.github.asked == []


@pytest.mark.parametrize("cause", ["no credentials", "wrong manifests", "no bucket"])
def test_a_commit_that_cannot_be_planned_withdraws_the_plan_of_an_older_one(repository: Repository, cause: str) -> None:
    repository.run("plan")
    repository.push(LATER)
    bucket = repository.workspace.bucket
    if cause == "no credentials":
        repository.job.environment = {**repository.job.environment, "SH_CLIENT_ID": "", "SH_CLIENT_SECRET": ""}
    wrong = make_document("s2", bucket, nodata=0) if cause == "wrong manifests" else make_document("s2", "no-such")
    repository.workspace.write("s2.yaml", make_document("s2", bucket) if cause == "no credentials" else wrong)

    ended = repository.run("plan")
    repository.merge()
    applied = repository.run("apply", "push")

    assert ended.code == {"no credentials": 4, "wrong manifests": 3, "no bucket": 1}[cause]
    assert ended.codes[WITHDRAW] == 0, ended.log
    [comment] = repository.github.comments
    assert f"could not be planned at {LATER}" in comment["body"]
    assert "hash" not in comment["body"]
    assert HEAD not in comment["body"]
    assert applied.code == (3 if cause == "wrong manifests" else 1)
    assert repository.workspace.ask("") == []


def test_a_withdrawn_plan_is_not_applied_and_makes_way_for_the_next(repository: Repository) -> None:
    repository.run("plan")
    repository.workspace.write("s2.yaml", "kind: Nothing")
    repository.run("plan")
    repository.workspace.write("s2.yaml", make_document("s2", repository.workspace.bucket))
    repository.merge()

    refused = repository.run("apply", "push")
    repository.run("plan")
    applied = repository.run("apply", "push")

    assert refused.codes["Find the reviewed plan"] == 1
    assert "pull request 7 has no plan of project test" in refused.log
    assert len(repository.github.comments) == 1
    assert applied.code == 0, applied.log


def test_a_failure_makes_no_comment_and_leaves_those_of_others(repository: Repository) -> None:
    forged = make_comment(1, '<!-- byocplan:{"project":"test"} -->\n', login="stranger")
    repository.run("plan", paths="s2.yaml\nbyocplan.yaml")
    other = repository.github.comments[0]["body"]
    repository.github.comments.append(forged)
    repository.workspace.write("s2.yaml", "kind: Nothing")

    ended = repository.run("plan")

    assert ended.codes == {"Check command and state": 3, WITHDRAW: 0}
    assert [each["body"] for each in repository.github.comments] == [other, forged["body"]]
    assert [method for method, _ in repository.github.asked].count("POST") == 1


def test_two_projects_have_a_comment_each(repository: Repository) -> None:
    repository.run("plan")
    repository.workspace.write(
        "byocplan.yaml", repository.workspace.project.replace("test", "second") + "spec: {state: 's3://imagery/x'}\n"
    )

    repository.run("plan")

    assert ['"project":"test"' in each["body"] for each in repository.github.comments] == [True, False]


def test_a_stranger_s_comment_is_neither_updated_nor_believed(repository: Repository) -> None:
    forged = (
        f'<!-- byocplan:{{"project":"test","plan_hash":"{"0" * 64}","guard_hash":"{"0" * 64}","truncated":false}} -->\n'
    )
    repository.github.comments.append(make_comment(1, forged, login="stranger"))

    repository.run("plan")
    repository.merge()
    applied = repository.run("apply", "push")

    assert [each["user"]["login"] for each in repository.github.comments] == ["stranger", BOT]
    assert repository.github.comments[0]["body"] == forged
    assert applied.code == 0, applied.log


def test_an_apply_on_merge_carries_out_the_reviewed_plan(repository: Repository) -> None:
    repository.run("plan")
    repository.merge()
    put_tile(repository.workspace, "2019/1/2/28V")  # imagery that came since passes

    ended = repository.run("apply", "push")

    assert ended.code == 0, ended.log
    assert list(ended.codes) == ["Check command and state", "Find the reviewed plan", APPLY]
    assert len(repository.workspace.ask_paths()) == 2
    assert repository.workspace.is_settled()


def test_an_apply_of_another_plan_than_the_reviewed_one_leaves_with_6(repository: Repository) -> None:
    repository.run("plan")
    repository.merge()
    repository.workspace.write("s2.yaml", make_document("s2", repository.workspace.bucket, name="renamed"))

    ended = repository.run("apply", "push")

    assert ended.code == 6
    assert repository.workspace.ask("") == []


@pytest.mark.parametrize(
    ("pulls", "says"),
    [
        ([], "no merged pull request"),
        ([{"number": 7, "merged_at": None, "merge_commit_sha": COMMIT}], "no merged pull request"),
        ([{"number": 7, "merged_at": "2024-06-01T00:00:00Z", "merge_commit_sha": "d" * 40}], "no merged pull request"),
        ([{"number": n, "merged_at": "2024-06-01T00:00:00Z", "merge_commit_sha": COMMIT} for n in (7, 8)], "several"),
    ],
)
def test_a_commit_without_one_merged_pull_request_is_not_applied(
    repository: Repository, pulls: list[dict[str, object]], says: str
) -> None:
    repository.run("plan")
    repository.github.pulls = pulls

    ended = repository.run("apply", "push")

    assert ended.codes == {"Check command and state": 0, "Find the reviewed plan": 1}
    assert says in ended.log
    assert "expect-plan" in ended.log
    assert repository.workspace.ask("") == []


def test_a_pull_request_without_a_plan_is_not_applied(repository: Repository) -> None:
    repository.merge()

    ended = repository.run("apply", "push")

    assert ended.code == 1
    assert "pull request 7 has no plan of project test" in ended.log


def test_a_given_hash_needs_no_pull_request(repository: Repository) -> None:
    planned = repository.run("plan", "workflow_dispatch")

    ended = repository.run("apply", "workflow_dispatch", expect_plan=planned.outputs["plan-hash"])
    refused = repository.run("apply", "workflow_dispatch", expect_plan="abc")

    assert ended.code == 0, ended.log
    assert repository.github.asked == []
    assert "no hash of a plan" in refused.log


def test_without_s3_state_or_a_committed_lock_file_nothing_runs(repository: Repository) -> None:
    repository.workspace.write("byocplan.yaml", repository.workspace.project)

    refused = [repository.run(command) for command in ("plan", "apply", "drift")]

    assert [ended.codes.pop(WITHDRAW, None) for ended in refused] == [0, None, None]
    assert repository.github.comments == []
    for ended in refused:
        assert ended.codes == {"Check command and state": 1}
        assert "byocplan.lock.yaml is not in Git" in ended.log
        assert "s3://bucket/prefix" in ended.log


def test_a_committed_lock_file_is_enough_until_an_apply_changes_it(repository: Repository) -> None:
    workspace = repository.workspace
    workspace.write("byocplan.yaml", workspace.project)
    workspace.apply()
    repository.git("add", ".")
    repository.git("commit", "-qm", "first apply")
    workspace.write("s3.yaml", make_document("s3", workspace.bucket, tiles=[{"pattern": "none/{name}_(BAND).tif"}]))
    planned = repository.run("plan")

    ended = repository.run("apply", "push", expect_plan=planned.outputs["plan-hash"])

    assert planned.code == 0, planned.log
    assert ended.codes[APPLY] == 0, ended.log
    assert ended.codes["See that the state is in Git"] == 1
    assert "collection/s3" in ended.summary
    assert ended.log.count("commit byocplan.lock.yaml") == 1


def test_drift_fails_the_job_with_a_summary(repository: Repository) -> None:
    repository.workspace.apply()
    settled = repository.run("drift", "schedule")
    live_id = repository.workspace.ask("")[0]["id"]
    live = repository.workspace.ask(f"/{live_id}")
    repository.workspace.call("PUT", f"/{live_id}", {**live, "name": "renamed by hand"})

    ended = repository.run("drift", "schedule")

    assert settled.code == 0, settled.log
    assert ended.codes == {"Check command and state": 0, PLAN: 2, "Say that something drifted": 0}
    assert "renamed by hand" in ended.summary
    assert "### byocplan drift: Changed outside: 1 collection to update" in ended.summary
    assert "::error title=byocplan::live state was changed outside" in ended.log


def test_imagery_that_nobody_applied_is_no_drift(repository: Repository) -> None:
    repository.workspace.apply()
    repository.workspace.put("2020/1/1/28V/B02.tif", b"new")
    repository.workspace.put("2020/1/1/28V/B03.tif", b"new")

    ended = repository.run("drift", "schedule")

    assert ended.code == 0, ended.log
    assert "No drift" in ended.summary
    assert "planned, but no drift: 1 create" in ended.summary


def test_validation_needs_no_secret_no_token_and_no_state(repository: Repository) -> None:
    repository.workspace.write("byocplan.yaml", repository.workspace.project)
    repository.workspace.write("s2.yaml", make_document("s2", "imagery", nodata=0))
    job = Job(repository.workspace.folder, {}, token="")
    fork = Repository(repository.workspace, job, repository.github)

    ended = fork.run("validate")

    assert ended.codes == {"Check command and state": 0, "Validate": 3}
    assert "::error file=s2.yaml,line=" in ended.log
    assert repository.github.asked == []


@pytest.mark.parametrize("command", ["plan", "validate"])
def test_pull_request_target_is_refused(repository: Repository, command: str) -> None:
    ended = repository.run(command, "pull_request_target")

    assert ended.codes == {"Check command and state": 1}
    assert "gives secrets to the code of strangers" in ended.log


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ["command", "paths", "args", "expect_plan", "comment", "bot"])
def test_hostile_inputs_are_inert(repository: Repository, name: str, hostile: str) -> None:
    if name == "args":
        hostile = hostile.replace("--out=pwned", "--no-such=pwned")
    before = sorted(path.name for path in repository.workspace.folder.iterdir())
    inputs = {"command": "plan" if name in {"bot", "comment"} else "apply", name: hostile}

    ended = repository.run(inputs.pop("command"), "pull_request", **inputs)

    assert ended.code or name in {"bot", "comment"}
    assert sorted(path.name for path in repository.workspace.folder.iterdir()) == before
    assert not list(repository.workspace.folder.parent.rglob("pwned"))


def test_a_hostile_branch_name_and_title_are_inert(repository: Repository) -> None:
    names = {"GITHUB_HEAD_REF": "$(touch pwned)", "GITHUB_REF_NAME": "`touch pwned`\n::add-mask::x"}
    repository.job.environment = {**repository.job.environment, **names}

    ended = repository.run("plan")

    assert ended.code == 0
    assert "touch pwned" not in ended.log + ended.summary
    assert not (repository.workspace.folder / "pwned").exists()


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (make_json({"message": "Resource not accessible by integration"}, 403), "pull-requests: write"),
        (make_json({"message": "Bad credentials"}, 401), "check the input `token`"),
        (Reply(404, b"<html>\n::add-mask::x"), "pull-requests: write"),
        (Reply(502, b""), "run the job again"),
        (Reply(307, b"", {"Location": "http://127.0.0.1:9/elsewhere"}), "refused with 307"),
        (Reply(201, b"no json"), "answered with no JSON"),
        (Reply(201, b"", drop="before"), "no answer"),
    ],
)
def test_a_comment_that_cannot_be_written_is_a_message(repository: Repository, refusal: Reply, says: str) -> None:
    repository.github.refusal = refusal

    ended = repository.run("plan")

    assert ended.codes["Put the plan into the pull request"] == 1
    assert says in ended.log
    assert "Traceback" not in ended.log
    assert "job-token" not in ended.log
    assert not [
        line for line in ended.log.splitlines() if line.startswith("::") and not line.startswith("::error title=")
    ]
    assert [method for method, _ in repository.github.asked].count("POST") == 1


def test_a_read_that_fails_in_passing_is_repeated(repository: Repository) -> None:
    repository.github.failures = [Reply(502), Reply(200, b"", drop="before")]

    ended = repository.run("plan")

    assert ended.code == 0, ended.log
    assert [method for method, _ in repository.github.asked] == ["GET", "GET", "GET", "POST"]


def test_no_redirect_is_followed(repository: Repository) -> None:
    with ScriptedServer(otherwise=make_json([])) as elsewhere:
        repository.github.failures = [Reply(302, b"", {"Location": f"{elsewhere.url}/repos/owner/mosaics"})]

        ended = repository.run("plan")

    assert "refused with 302" in ended.log
    assert elsewhere.asked == []


def test_a_comment_whose_lines_end_otherwise_is_found(repository: Repository) -> None:
    repository.run("plan")
    [comment] = repository.github.comments
    comment["body"] = comment["body"].replace("\n", "\r\n")

    repository.run("plan")

    assert [method for method, _ in repository.github.asked if method != "GET"] == ["POST", "PATCH"]


@pytest.mark.parametrize("url", ["http://api.example.org", "ftp://127.0.0.1", "file:///etc"])
def test_the_token_goes_to_no_address_without_tls(repository: Repository, url: str) -> None:
    repository.job.environment = {**repository.job.environment, "GITHUB_API_URL": url}

    ended = repository.run("plan")

    assert "is no https address" in ended.log
    assert repository.github.asked == []


def test_no_command_of_byocplan_sees_the_token() -> None:
    holders = [step["name"] for step in read_action()["runs"]["steps"] if "token" in str(step.get("env", {}))]

    assert holders == [PUT, WITHDRAW, "Find the reviewed plan"]


def test_a_cancelled_job_reaches_byocplan_itself(tmp_path: Path, github: FakeGitHub) -> None:
    with Emulator(EmulatorSettings(port=0, ingest="seconds:3600")) as slow:
        repository = make_repository(slow, tmp_path, github, INSTALLED)
        repository.job.steps["reviewed"] = {"expect_plan": repository.run("plan").outputs["guard-hash"]}
        command, environment = prepare_step(get_step(APPLY), repository.job, {"paths": ".", "args": ""})
        with start(command, repository.workspace.folder, environment) as process:
            while not (repository.workspace.ask("") and repository.workspace.ask_paths()):
                assert process.poll() is None
                time.sleep(0.1)

            os.kill(process.pid, signal.SIGINT)  # as a runner does: the first process of the step alone
            process.wait(timeout=60)

    assert process.returncode == 130


def test_every_expression_of_the_action_is_understood_by_these_tests() -> None:
    job = Job(ROOT, {})
    inputs = dict.fromkeys(read_action()["inputs"], "x")

    texts = [evaluate(str(step.get("env", "")), job, inputs) for step in read_action()["runs"]["steps"]]

    assert not [text for text in texts if "${{" in text]
