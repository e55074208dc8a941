"""What a command to type next says of how manifests are read: it reads the same, and shows no secret."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from byocplan.cli.apply import Choices
from byocplan.cli.options import Input, manifest_options
from byocplan.errors import ArgumentError

SECRET = "s3cr3t-of-the-client"


def read(*arguments: str) -> Input:
    """Return what a command is given by these arguments."""

    @click.command
    @manifest_options
    def command(given: Input) -> Input:
        return given

    given = command.main(arguments, standalone_mode=False)
    assert isinstance(given, Input)
    return given


ARGUMENTS = (
    ("--var", "year=2019"),
    ("--var", "a=x y", "--var", "b=it's $HOME; rm", "--var", "c=", "--var", "d=k=v", "maps", "more maps"),
    ("--allow-host", "SH.example.org", "--trust-stdin", "-"),
)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_what_is_to_be_typed_reads_the_same_once_a_shell_has_split_it(arguments: tuple[str, ...]) -> None:
    given = read(*arguments)

    again = read(*shlex.split(shlex.join(given.typed)))

    assert (again.variables, again.allow_hosts, again.trust_stdin) == (
        given.variables,
        given.allow_hosts,
        given.trust_stdin,
    )
    assert again.paths == given.paths


def test_hosts_that_the_environment_allows_are_not_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYOCPLAN_ALLOW_HOSTS", "sh.example.org")

    assert read("--allow-host", "other.example.org").typed == ("--allow-host", "other.example.org", ".")


@pytest.mark.parametrize(
    "text",
    [
        "api_token=abc",
        "PASSWORD=abc",
        f"run={SECRET}",
        f"run=x-{SECRET}-y",
        "url=https://x.example/k?X-Amz-Signature=0123456789abcdef0123",
        "pwd=x",
        "db-pwd=x",
        "passphrase=x",
        "apikey=x",
        "apiKey=x",
        "client_api_keys=x",
        "accesskey=x",
        "key=AKIAIOSFODNN7EXAMPLE",
        "auth=x",
        "oauth.clientSecret2=x",
        "header=Bearer eyJhbGciOiJub25lIn0",
        "url=https://user:topsecret@host/x",
        "url=https://topsecret@host",
    ],
)
def test_what_looks_like_a_secret_is_masked_and_the_mask_is_no_value(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SH_CLIENT_SECRET", SECRET)
    name = text.partition("=")[0]

    typed = read("--var", text, "--var", "year=2019").typed

    assert typed == ("--var", f"{name}=***", "--var", "year=2019", ".")
    with pytest.raises(ArgumentError) as caught:
        read(*typed)
    problem = caught.value.problems[0]
    assert problem.message == f"--var {name}=*** is no value"
    assert f"write the value of {name}" in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        "tokens_prefix=scenes/",
        "secretariat=x",
        "author=me",
        "monkey=x",
        "key_path=x",
        "url=https://host/a@b",
        "who=me@example.org",
        "note=bearer",
    ],
)
def test_what_only_resembles_a_secret_is_shown(text: str) -> None:
    assert read("--var", text).typed == ("--var", text, ".")


@pytest.mark.parametrize("name", ["SH_CLIENT_SECRET", "DB_PWD", "PGPASSWORD", "X_API_KEY"])
def test_paths_and_values_with_a_secret_of_the_environment_are_masked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, SECRET)

    given = read("--var", f"run={SECRET}", "maps", f"maps/{SECRET}/x.yaml")
    choices = Choices(auto_approve=False, acks=(), requests_per_minute=None, output="text", plan_file=Path(SECRET))

    assert given.typed == ("--var", "run=***", "maps", "***")
    assert choices.render_command(given).startswith("byocplan apply --plan '***' ")


def test_the_folder_that_the_shell_is_in_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PWD", "/home/someone")

    assert read("/home/someone/maps").typed == ("/home/someone/maps",)
