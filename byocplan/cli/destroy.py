"""``byocplan destroy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from byocplan.cli.acks import parse_acks
from byocplan.cli.apply import Choices, check_approval, run_apply
from byocplan.cli.approval import ack_option, approve_option, expect_option, output_options, rate_option
from byocplan.cli.narrowing import bound_options
from byocplan.cli.options import lease_option, manifest_options

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan destroy --ack collectionDeletes@collection/s2=1")
@manifest_options
@approve_option
@ack_option
@expect_option("Go on only if the plan has this plan hash.")
@bound_options
@lease_option
@rate_option
@output_options
@click.pass_obj
def destroy_command(terminal: Terminal, /, given: Input, acks: tuple[str, ...], **options: object) -> int:
    """Delete all collections that are bound, with all their tiles; shows the plan and asks.

    PATHS have to be the whole project, Project document included. Nothing is destroyed while any collection has
    preventDestroy; collections with `onRemove: retain` are forgotten and stay live, and so does what is not bound.
    Files in buckets are never touched. `byocplan plan --destroy` shows the same plan and writes nothing.
    """
    from byocplan.cli.wiring import read_input
    from byocplan.workflow.apply import apply
    from byocplan.workflow.plan import check_whole

    choices = Choices(acks=parse_acks(acks), destroys=True, **options)  # type: ignore[arg-type]
    check_approval(choices)
    loaded = read_input(given, terminal)
    check_whole(loaded)
    return run_apply(terminal, given, choices, loaded, apply)
