"""What a command to type next says of how manifests are read: it reads the same, and shows no secret."""

from __future__ import annotations

import shlex

import click
import pytest

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
