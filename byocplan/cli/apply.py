"""``byocplan apply``."""

from __future__ import annotations

import os
import shlex
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.acks import parse_acks
from byocplan.cli.approval import ack_option, approve_option, expect_option, output_options, rate_option
from byocplan.cli.narrowing import (
    Limits,
    limit_options,
    refresh_option,
    selection_options,
)
from byocplan.cli.options import manifest_options
from byocplan.errors import ArgumentError, BlockedError, StaleError
from byocplan.model.refresh import RefreshMode
from byocplan.model.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.client import WriteClient
    from byocplan.applier import StopFlag
    from byocplan.cli.options import Input
    from byocplan.cli.telling import Telling
    from byocplan.cli.terminal import Terminal
    from byocplan.manifest import Loaded
    from byocplan.model.event import Event
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.model.rail import Ack
    from byocplan.workflow.apply import ApplyRequest

    UseCase = Callable[[ApplyRequest, Callable[[Plan], bool], Callable[[Event], None]], Outcome | None]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options of an apply, or a destroy, say.

    ``timeout_s`` bounds the waiting for ingestion; None waits for its end.
    """

    auto_approve: bool
    acks: tuple[Ack, ...]
    requests_per_minute: float | None
    output: str
    wait: bool = True
    timeout_s: float | None = None
    parallelism: int = 8
    lease_timeout_s: float = 0.0
    plan_file: Path | None = None
    expect_plan: str | None = None
    selection: Selection = Selection()
    limits: Limits = Limits()
    json_lines: bool = False
    refresh: RefreshMode = RefreshMode.FULL
    destroys: bool = False

    @property
    def command(self) -> str:
        """The command these are of."""
        return "destroy" if self.destroys else "apply"

    def render_command(self, given: Input) -> str:
        """Return what to type to have the same planned, or the same file carried out, again."""
        from byocplan.cli.hiding import mask_secret

        what = ("--plan", mask_secret(str(self.plan_file), os.environ)) if self.plan_file else self.selection.options
        manifests = given.typed if given.is_given or not self.plan_file else given.host_options
        return shlex.join(["byocplan", self.command, *what, *manifests])

    @property
    def is_approved(self) -> bool:
        """Whether somebody has said yes already: to all, to this file, or to a plan with this hash."""
        return self.auto_approve or self.plan_file is not None or self.expect_plan is not None


@click.command(epilog="Example:  byocplan apply manifests/ --auto-approve")
@manifest_options
@approve_option
@ack_option
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Carry out this plan file, or what is left of it; asks nothing and needs no manifests.",
)
@expect_option("Go on only if the plan has this plan hash, or this guard hash: then imagery that came since may pass.")
@selection_options
@refresh_option
@limit_options
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the tiles are ingested.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait no longer.")
@click.option(
    "--lease-timeout",
    "lease_timeout_s",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait so long for another apply to end; by default, not at all.",
)
@click.option("--parallelism", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests at once.")
@rate_option
@output_options
@click.pass_obj
def apply_command(terminal: Terminal, /, given: Input, acks: tuple[str, ...], **options: object) -> int:
    """Show the plan, ask, and carry it out.

    Collections first, then tile creates, updates and reingests; then waits for ingestion; deletes last. With --format
    json the plan goes to stderr and the outcome, as JSON, to stdout, also that of a run that is refused.
    """
    choices = Choices(acks=parse_acks(acks), **options)  # type: ignore[arg-type]
    if choices.plan_file is not None and not choices.selection.is_all:
        said = " ".join(choices.selection.options)
        raise ArgumentError(f"{said} narrows a plan while it is made", hint="say it to `byocplan plan`")
    if choices.plan_file is not None and choices.refresh is not RefreshMode.FULL:
        raise ArgumentError("--refresh says how a plan is made", hint="say it to `byocplan plan`; the file knows it")
    check_approval(choices)
    return _apply(terminal, given, choices)


def check_approval(choices: Choices) -> None:
    """Raise ArgumentError where nobody has said yes and nobody can be asked."""
    if not choices.is_approved and not sys.stdin.isatty():
        ways = (
            "--auto-approve or --expect-plan HASH"
            if choices.destroys
            else "--auto-approve, --plan FILE or --expect-plan HASH"
        )
        raise ArgumentError(
            f"{choices.command} asks before it writes, and standard input is no terminal", hint=f"say {ways}"
        )


def _apply(terminal: Terminal, given: Input, choices: Choices) -> int:
    from byocplan.cli.wiring import read_input
    from byocplan.workflow.apply import apply

    if choices.plan_file is None:
        return run_apply(terminal, given, choices, read_input(given, terminal), apply)
    from byocplan.planfile import open_plan_file
    from byocplan.workflow.apply_file import apply_file, make_loaded

    with open_plan_file(choices.plan_file) as file:
        loaded = read_input(given, terminal) if given.is_given else make_loaded(file)
        return run_apply(terminal, given, choices, loaded, partial(apply_file, file))


def run_apply(terminal: Terminal, given: Input, choices: Choices, loaded: Loaded, use_case: UseCase) -> int:
    """Put together what an apply needs, let the use case do it, show the outcome and return the exit code."""
    from byocplan.applier import leave_abandoned, listen_for_signals
    from byocplan.cli.progress import open_progress
    from byocplan.cli.telling import Telling
    from byocplan.cli.wiring import make_last_words, make_run_id, open_writer, place_project

    project = place_project(loaded.manifests.project)
    project = replace(project, requests_per_minute=choices.requests_per_minute or project.requests_per_minute)
    run_id = make_run_id()
    telling = Telling(
        terminal, choices.render_command(given), choices.output == "json", choices.json_lines, choices.wait
    )
    write = telling.write_line if choices.json_lines else None
    with (
        telling,
        listen_for_signals() as stop,
        open_writer(project, run_id, given.allow_hosts, stop.sleep_or_raise) as client,
        open_progress(terminal, write) as show,
    ):
        stop.last_words, telling.client = make_last_words(project, run_id), client
        request = _make_request(choices, loaded, project, (client, stop), run_id)
        telling.state = request.state
        outcome = use_case(request, partial(_approve, telling, choices), telling.watch(show))
    code = telling.tell_declined() if outcome is None else telling.tell_outcome(outcome)
    if stop.is_abandoned:
        leave_abandoned(code)
    return code


def _make_request(
    choices: Choices, loaded: Loaded, project: Project, running: tuple[WriteClient, StopFlag], run_id: str
) -> ApplyRequest:
    """Return what is to be applied; the state and the journals of the project are opened for it."""
    from byocplan.applier import ApplyOptions, Budget
    from byocplan.cli.wiring import make_failpoint, open_bucket, open_inventory, open_journals, open_settled, open_state
    from byocplan.workflow.apply import ApplyRequest

    client, stop = running
    reach = make_failpoint()
    options = ApplyOptions(
        choices.parallelism,
        choices.wait,
        choices.timeout_s,
        stop,
        reach=reach,
        canary=choices.limits.canary,
        budget=Budget(choices.limits.end_s, choices.limits.requests),
    )
    return ApplyRequest(
        loaded,
        project,
        client,
        open_state(project, reach),
        open_bucket,
        run_id,
        time.time_ns() // 1_000_000,
        choices.acks,
        options,
        open_journals(project),
        lease_timeout_s=choices.lease_timeout_s,
        selection=choices.selection,
        refresh=choices.refresh,
        inventory=open_inventory(project),
        settled=open_settled(project),
        destroys=choices.destroys,
    )


def _approve(telling: Telling, choices: Choices, plan: Plan) -> bool:
    """Show the plan and ask, if there is anything to ask about. Raises BlockedError when it may not be applied."""
    from byocplan.view.headline import render_question

    asks = plan.is_applyable and plan.has_changes and not choices.is_approved
    telling.tell_plan(plan, asks=asks)
    if choices.expect_plan not in {None, plan.plan_hash, plan.guard_hash}:
        found = f"the plan has the plan hash {plan.plan_hash} and the guard hash {plan.guard_hash}"
        raise StaleError(f"--expect-plan {choices.expect_plan}", [found], "review the plan above")
    if plan.tripped:
        raise BlockedError("blocked; nothing was changed")
    if plan.is_errored:
        raise BlockedError("the plan has errors; nothing was changed")
    if plan.is_offline:
        raise BlockedError("the plan was made offline, from what was live once; nothing was changed")
    return click.confirm(render_question(plan), err=True) if asks else True
