"""Options of commands that write: who says yes to what, how fast, and in which form the outcome is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import click

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

HASH = re.compile(r"[0-9a-f]{64}")


def check_hash(text: str | None) -> str | None:
    """Return the hash of a plan. Raises ArgumentError for a text that can be none."""
    if text is not None and not HASH.fullmatch(text):
        raise ArgumentError(
            f"--expect-plan {text!r} is no hash of a plan",
            hint="write all 64 characters, as `byocplan plan --out` and `--format json` print them",
        )
    return text


approve_option = click.option(
    "--auto-approve", is_flag=True, help="Do not ask; needed when standard input is no terminal."
)

ack_option = click.option(
    "--ack",
    "acks",
    multiple=True,
    metavar="RULE@ADDRESS=N",
    help="Let N of what a rail measures pass, as a blocked plan prints it.",
)

rate_option = click.option(
    "--requests-per-minute", type=click.FloatRange(min=0, min_open=True), help="Send no more; over the Project's."
)


def expect_option(help_text: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Return ``--expect-plan HASH``, checked to be a hash."""
    return click.option(
        "--expect-plan",
        type=click.UNPROCESSED,
        callback=lambda _context, _option, text: check_hash(text),
        metavar="HASH",
        help=help_text,
    )


def output_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add ``--format`` (``output``) and ``--json`` (``json_lines``)."""
    as_lines = click.option(
        "--json", "json_lines", is_flag=True, help="Tell everything on stdout, one JSON object a line."
    )
    as_whole = click.option(
        "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True
    )
    return as_whole(as_lines(command))
