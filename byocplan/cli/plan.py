"""``byocplan plan``."""

from __future__ import annotations

import os
import shlex
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from byocplan.cli.looks import look_options, render_look
from byocplan.cli.narrowing import refresh_option, selection_options
from byocplan.cli.options import manifest_options
from byocplan.cli.steps import write_step_outputs, write_step_summary
from byocplan.cli.writing import check_out
from byocplan.errors import ArgumentError
from byocplan.model.refresh import RefreshMode

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient
    from byocplan.cli.looks import Look
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.manifest import Loaded
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.model.selection import Selection
    from byocplan.sets import TileSets
    from byocplan.workflow.plan import Surroundings

    class Chosen(TypedDict):
        """What a plan is made of."""

        selection: Selection
        refresh: RefreshMode
        destroys: bool
        offline: bool


PENDING_CHANGES = 2


@click.command(epilog="Example:  byocplan plan manifests/ --detailed-exitcode")
@manifest_options
@look_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the plan to a file, for `byocplan show FILE` and `byocplan apply --plan FILE`.",
)
@selection_options
@refresh_option
@click.option(
    "--offline",
    is_flag=True,
    help="Ask neither the service nor a bucket: what the manifests change of what was live when it was last listed.",
)
@click.option("--destroy", "destroys", is_flag=True, help="Show what `byocplan destroy` would do.")
@click.option("--detailed-exitcode", is_flag=True, help="Leave with 2 when there are changes, 0 when there are none.")
@click.pass_obj
def plan_command(
    terminal: Terminal,
    /,
    given: Input,
    look: Look,
    out: Path | None,
    detailed_exitcode: bool,
    **chosen: Unpack[Chosen],
) -> int:
    """Show what apply would do; changes nothing.

    Reads the manifests below PATHS, lists the buckets and the live tiles, and prints the differences as sets: the
    output does not grow with the number of tiles. In GitHub Actions the step's outputs are set, and --format markdown
    is appended to the job's summary.
    """
    from byocplan.cli.hiding import mask_secret
    from byocplan.cli.wiring import make_run_id, open_reader, place_project, read_input
    from byocplan.planfile import write_plan_file
    from byocplan.sets import TileSets
    from byocplan.workflow.plan import compute_plan

    if out is not None:
        check_out(out, "plan")
    check_chosen(out, **chosen)
    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with ExitStack() as opened:
        sets = opened.enter_context(TileSets())
        if chosen["offline"]:
            plan = _plan_offline(loaded, project, chosen["selection"], sets)
        else:
            client = opened.enter_context(open_reader(project, make_run_id(), given.allow_hosts))
            around = replace(
                make_surroundings(project, client),
                selection=chosen["selection"],
                refresh=chosen["refresh"],
                destroys=chosen["destroys"],
                holds_covers=look.form == "html",
            )
            plan = compute_plan(loaded, around, sets)
        if out is not None:
            write_plan_file(out, plan)
        by_file = shlex.join(["byocplan", "apply", "--plan", mask_secret(str(out), os.environ), *given.host_options])
        text = _render(plan, look, terminal, f"{plan.command} {shlex.join(given.typed)}" if out is None else by_file)
    terminal.result(text)
    if out is not None:
        terminal.note(f"Written to {out}: plan hash {plan.plan_hash}, guard hash {plan.guard_hash}.")
    write_step_outputs(plan)
    if look.form == "markdown":
        write_step_summary(text)
    if plan.is_errored:
        return 1
    return PENDING_CHANGES if detailed_exitcode and plan.has_changes else 0


def check_chosen(out: Path | None, **chosen: Unpack[Chosen]) -> None:
    """Raise ArgumentError for options that do not go together."""
    if chosen["offline"]:
        if out is not None:
            hint = "leave --out out; --format json or markdown keeps the plan for readers"
            raise ArgumentError("a plan made --offline cannot be applied, so it has no plan file", hint=hint)
        if chosen["destroys"] or chosen["refresh"] is not RefreshMode.FULL:
            raise ArgumentError("--offline asks nobody", hint="leave --destroy and --refresh out")
    if chosen["destroys"] and not (chosen["selection"].is_all and chosen["refresh"] is RefreshMode.FULL):
        raise ArgumentError(
            "--destroy is about everything that is bound", hint="leave --only, --status and --refresh out"
        )


def _plan_offline(loaded: Loaded, project: Project, selection: Selection, sets: TileSets) -> Plan:
    from byocplan.cli.wiring import open_inventory, open_state
    from byocplan.workflow.offline import Memory, check_local, compute_offline_plan

    check_local(project)
    now_ms = time.time_ns() // 1_000_000
    memory = Memory(project, open_state(project), open_inventory(project), now_ms, selection)
    return compute_offline_plan(loaded, memory, sets)


def make_surroundings(project: Project, client: ReadClient) -> Surroundings:
    """Return what a whole plan of a placed project reads from."""
    from byocplan.cli.wiring import open_bucket, open_inventory, open_settled, open_state
    from byocplan.model.project import LOCAL
    from byocplan.workflow.plan import Surroundings

    return Surroundings(
        project,
        client,
        open_state(project),
        open_bucket,
        time.time_ns() // 1_000_000,
        inventory=open_inventory(project),
        # The cache of a state that others share is not written by a command that only reads.
        keeps_inventory=project.state == LOCAL,
        settled=open_settled(project),
    )


def _render(plan: Plan, look: Look, terminal: Terminal, next_step: str) -> str:
    """Return the plan as it is asked for; ``next_step`` is the command to type next."""
    from byocplan.view.plan_json import render_plan_json
    from byocplan.view.plan_text import render_plan

    match look.form:
        case "text":
            return render_plan(plan, terminal.style(), next_step=next_step)
        case "json":
            return render_plan_json(plan)
        case _:
            return render_look(plan, look)
