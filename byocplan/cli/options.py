"""Arguments and options that several commands share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from byocplan.manifest import ReadOptions

F = TypeVar("F", bound="Callable[..., object]")

paths_argument = click.argument("paths", nargs=-1, metavar="[PATHS]...")
var_option = click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="K=V",
    allow_from_autoenv=False,
    help="Set ${K} in the manifests; over spec.vars.",
)
allow_host_option = click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="Let manifests name this host; others than Sentinel Hub's, AWS's and loopback are refused.",
)
trust_stdin_option = click.option(
    "--trust-stdin", is_flag=True, help="Let a Project document on standard input choose the deployment and the state."
)


def manifest_options(command: F) -> F:
    """Add PATHS and everything that steers how manifests are read."""
    for decorate in (trust_stdin_option, allow_host_option, var_option, paths_argument):
        command = decorate(command)
    return command


def make_read_options(variables: tuple[str, ...], allow_hosts: tuple[str, ...], *, trust_stdin: bool) -> ReadOptions:
    """Return the options for reading manifests; ArgumentError when a ``--var`` is not K=V."""
    from byocplan.manifest import ReadOptions

    return ReadOptions(
        variables=_parse_variables(variables),
        allow_hosts=frozenset(allow_hosts),
        trust_stdin=trust_stdin,
        stdin=sys.stdin.buffer,
    )


def _parse_variables(texts: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in texts]
    for text, (name, equals, _) in zip(texts, pairs, strict=True):
        if not name or not equals:
            raise ArgumentError(f"--var {text!r} is not K=V", hint="write for example --var year=2019")
    return {name: value for name, _, value in pairs}
