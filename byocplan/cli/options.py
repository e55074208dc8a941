"""Arguments and options that several commands share."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from byocplan.api.hosts import make_allowed_hosts
from byocplan.api.signed import MASK
from byocplan.errors import ArgumentError
from byocplan.model.address import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from byocplan.manifest import ReadOptions

R = TypeVar("R")

lease_option = click.option(
    "--lease-timeout",
    "lease_timeout_s",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait so long for an apply to end; by default, not at all.",
)

var_option = click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="K=V",
    allow_from_autoenv=False,
    help="Set ${K} in the manifests; over spec.vars.",
)

host_option = click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="Let manifests name this host, as BYOCPLAN_ALLOW_HOSTS does; unknown ones are refused.",
)


@dataclass(frozen=True, slots=True)
class Output:
    """Where tiles are written and as what; ``path`` None is standard output, which takes text alone."""

    form: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Input:
    """Where a command's manifests are and how they are to be read.

    ``paths`` is never empty: the current folder where none ``is_given``. ``typed_hosts`` are those of ``allow_hosts``
    that options name.
    """

    paths: tuple[str, ...]
    variables: Mapping[str, str]
    allow_hosts: frozenset[str]
    trust_stdin: bool
    is_given: bool = True
    typed_hosts: tuple[str, ...] = ()

    def at(self, paths: tuple[str, ...]) -> Input:
        """Return the same for other paths: an address is none of them."""
        return replace(self, paths=paths)

    @property
    def host_options(self) -> tuple[str, ...]:
        """The options that allow the same hosts."""
        return tuple(text for host in self.typed_hosts for text in ("--allow-host", host))

    @property
    def typed(self) -> tuple[str, ...]:
        """Options and paths of a command to type that reads the same in the same way, fit to be shown.

        Nothing marks a variable as secret, and none should be: values go into texts of manifests, which plans show.
        What looks like a secret all the same is masked, for a CI system that masks its secrets in a log looks for their
        plain text, and quoting for the shell changes it.
        """
        from byocplan.cli.hiding import mask_secret

        pairs = ((name, mask_secret(value, os.environ, name)) for name, value in self.variables.items())
        variables = (text for name, value in pairs for text in ("--var", f"{name}={value}"))
        trust = ("--trust-stdin",) if self.trust_stdin else ()
        return (*variables, *self.host_options, *trust, *(mask_secret(path, os.environ) for path in self.paths))

    @property
    def options(self) -> ReadOptions:
        """The same, in the words of the manifest reader."""
        from byocplan.manifest import ReadOptions

        return ReadOptions(
            variables=self.variables,
            allow_hosts=self.allow_hosts,
            trust_stdin=self.trust_stdin,
            stdin=sys.stdin.buffer,
        )


def manifest_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add PATHS and all that steers how manifests are read; the command gets them as one ``given``."""

    @click.argument("paths", nargs=-1, metavar="[PATHS]...")
    @var_option
    @host_option
    @click.option(
        "--trust-stdin",
        is_flag=True,
        help="Let standard input choose the deployment, the state and the AWS profile.",
    )
    @wraps(command)
    def wrapped(*args: Any, paths: tuple[str, ...], **options: Any) -> R:
        variables = _parse_variables(options.pop("variables"))
        typed = options.pop("allow_hosts")
        hosts = make_allowed_hosts(os.environ, typed)
        given = Input(paths or (".",), variables, hosts, options.pop("trust_stdin"), bool(paths), typed)
        return command(*args, given=given, **options)

    return wrapped


def project_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--project`` and how it is read, as one ``given``: for a command whose arguments are no paths."""

    @click.option(
        "--project",
        "folder",
        type=click.Path(exists=True),
        default=".",
        metavar="DIR",
        show_default=True,
        help="Where the Project's manifests are.",
    )
    @var_option
    @host_option
    @wraps(command)
    def wrapped(*args: Any, folder: str, variables: tuple[str, ...], allow_hosts: tuple[str, ...], **options: Any) -> R:
        hosts = make_allowed_hosts(os.environ, allow_hosts)
        given = Input((folder,), _parse_variables(variables), hosts, trust_stdin=False)
        return command(*args, given=given, **options)

    return wrapped


def output_options(formats: Sequence[str], default: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Add ``--format`` and ``--out``, which the command gets as one ``output``: a place that may be written."""

    def decorate(command: Callable[..., R]) -> Callable[..., R]:
        @click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            help=f"By default what the ending of --out says, or else {default}.",
        )
        @click.option(
            "--out",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write there, to a new file or in place of one of this format.",
        )
        @wraps(command)
        def wrapped(*args: Any, form: str | None, out: Path | None, **options: Any) -> R:
            return command(*args, output=_make_output(form, out, formats, default), **options)

        return wrapped

    return decorate


def _make_output(form: str | None, out: Path | None, formats: Sequence[str], default: str) -> Output:
    from byocplan.cli.writing import check_out, find_format

    chosen = form or find_format(out, formats, default)
    if out is not None:
        check_out(out, chosen)
    elif chosen == "parquet":
        raise ArgumentError("parquet is no text", hint="say where with --out FILE")
    return Output(chosen, out)


def split_address(paths: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return the address that ``paths`` begins with, if it does, and the paths after it."""
    first, rest = paths[0], paths[1:]
    if first.startswith(PREFIX) and not Path(first).exists():
        return first, rest or (".",)
    return None, paths


def refuse_path(address: str, command: str) -> None:
    """Raise ArgumentError for a file or folder where a command takes an address first."""
    if not address.startswith(PREFIX) and Path(address).exists():
        hint = f"name one before the paths: byocplan {command} manifests/"
        raise ArgumentError(f"no address is given: {address} is a path", hint)


def _parse_variables(texts: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in texts]
    for text, (name, equals, _) in zip(texts, pairs, strict=True):
        if not name or not equals:
            raise ArgumentError(f"--var {text!r} is not K=V", hint="write for example --var year=2019")
    variables = {name: value for name, _, value in pairs}
    masked = [name for name, value in variables.items() if value == MASK]
    if masked:
        hint = f"write the value of {masked[0]}, which was not shown since it looks like a secret"
        raise ArgumentError(f"--var {masked[0]}={MASK} is no value", hint=hint)
    return variables
