"""Secrets are canaries; every command under every fault at full verbosity; none is found in any output or file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.security.conftest import Fronted
from tests.support.canaries import make_canaries, make_canary
from tests.support.front import Fault, make_echo
from tests.support.scripted_server import TOKEN_PATH, Asked, Reply

AT: dict[str, Callable[[Asked], bool]] = {
    "token": lambda asked: asked.path == TOKEN_PATH,
    "read": lambda asked: asked.method == "GET",
    "write": lambda asked: asked.method != "GET" and asked.path != TOKEN_PATH,
}
DROPS = {"drop before": Reply(drop="before"), "drop in the middle": Reply(body=b"{" * 100, drop="middle")}
#: A repeat after a fault takes seconds; these are not repeated.
QUICK = [
    ("read", "401 json"),
    ("read", "403 html"),
    ("token", "400 text"),
    ("write", "400 json"),
    ("s3", "403 xml"),
]
COMMANDS = {
    "token": ("plan", "apply"),
    "read": ("plan", "apply"),
    "write": ("apply",),
    "s3": ("discover", "plan", "apply"),
}
KINDS = {
    "token": ("400 text", "401 json", "403 html", "500 json", "200 cut", "200 text", "302"),
    "read": ("401 json", "403 html", "404 json", "409 json", "418 text", "500 json", "503 html", "200 cut", "200 text", "302"),
    "write": ("400 json", "401 json", "403 html", "404 json", "409 json", "500 json", "200 cut", "302"),
    "s3": ("403 xml", "404 xml", "400 xml", "500 xml", "503 text", "200 html", "302"),
}  # fmt: skip


def set_fault(fronted: Fronted, place: str, fault: str) -> None:
    status, _, kind = fault.partition(" ")
    presigned = f"https://x.example/k?X-Amz-Signature={fronted.canaries.presigned}&X-Amz-Security-Token=t"

    def reply(asked: Asked) -> Reply:
        if fault in DROPS:
            return DROPS[fault]
        if status == "302":
            return Reply(302, b"", {"Location": presigned})
        return make_echo(int(status), kind, presigned)(asked)

    front = fronted.s3 if place == "s3" else fronted.api
    front.fault = Fault(AT.get(place, lambda _asked: True), reply)


def run_command(fronted: Fronted, command: str) -> list[str]:
    """Run a command as loudly as it can be and return the leaks; it must not have crashed."""
    approve = ["--auto-approve", "--no-wait"] if command == "apply" else []
    run = fronted.run("-vv", command, *approve)
    assert run.code != 0, run.text
    assert "bug in byocplan" not in run.text, run.text
    return fronted.find_leaks(run)


@pytest.mark.parametrize(("place", "fault"), QUICK, ids=str)
def test_a_fault_that_quotes_the_request_shows_no_secret(fronted: Fronted, place: str, fault: str) -> None:
    set_fault(fronted, place, fault)

    leaks = run_command(fronted, COMMANDS[place][-1])

    assert leaks == []


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("place", "fault"), [(place, fault) for place, kinds in KINDS.items() for fault in (*kinds, *DROPS)], ids=str
)
def test_no_command_shows_a_secret_under_any_fault(fronted: Fronted, place: str, fault: str) -> None:
    set_fault(fronted, place, fault)

    leaks = {command: run_command(fronted, command) for command in COMMANDS[place]}

    assert leaks == {command: [] for command in COMMANDS[place]}


def test_no_command_that_works_shows_or_keeps_a_secret(fronted: Fronted) -> None:
    runs = [
        fronted.run("-vv", *arguments)
        for arguments in (
            ["validate"],
            ["explain", "2019/1/1/28V/B02.tif"],
            ["discover", "--format", "json"],
            ["plan", "--out", "plan.byocplan"],
            ["show", "plan.byocplan"],
            ["apply", "--auto-approve", "--json"],
            ["state", "list"],
            ["plan", "--format", "json"],
        )
    ]

    assert [run.code for run in runs] == [0, 0, 0, 0, 0, 10, 0, 0]
    assert [fronted.find_leaks(run) for run in runs] == [[]] * len(runs)
    assert (fronted.workspace.folder / "byocplan.lock.yaml").exists()
    assert (fronted.workspace.folder / "plan.byocplan").exists()


@pytest.mark.sweep
def test_a_proxy_that_does_not_answer_shows_no_password(fronted: Fronted) -> None:
    for name in ("SH_BASE_URL", "SH_TOKEN_URL", "AWS_ENDPOINT_URL_S3"):
        del fronted.workspace.environment[name]

    leaks = {command: run_command(fronted, command) for command in ("discover", "plan")}

    assert leaks == {"discover": [], "plan": []}


@pytest.mark.parametrize("wrap", ["{}", "Bearer {}", "https://x.example/?X-Amz-Signature={}", "a\n{}\nb"])
def test_the_search_itself_finds_every_spelling(tmp_path: Path, wrap: str) -> None:
    canaries = make_canaries()
    (tmp_path / "left.txt").write_text(wrap.format(canaries.token))

    found = [
        canaries.find(wrap.format(text)) for text in (canaries.token, f"{canaries.token[:9]}\n  {canaries.token[9:]}")
    ]

    assert found == [["token"], ["token"]]
    assert canaries.find_in_files(tmp_path) == ["left.txt: token"]
    assert canaries.find(make_canary()) == []
