"""``byocplan plan``."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from byocplan.cli.narrowing import refresh_option, selection_options
from byocplan.cli.options import manifest_options
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.refresh import RefreshMode
    from byocplan.model.selection import Selection

    class Look(TypedDict):
        """What is looked at for a plan."""

        selection: Selection
        refresh: RefreshMode


PENDING_CHANGES = 2


@click.command(epilog="Example:  byocplan plan manifests/ --detailed-exitcode")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the plan to a file, for `byocplan show FILE` and `byocplan apply --plan FILE`.",
)
@selection_options
@refresh_option
@click.option("--detailed-exitcode", is_flag=True, help="Leave with 2 when there are changes, 0 when there are none.")
@click.pass_obj
def plan_command(
    terminal: Terminal,
    /,
    given: Input,
    output: str,
    out: Path | None,
    detailed_exitcode: bool,
    **look: Unpack[Look],
) -> int:
    """Show what apply would do; changes nothing.

    Reads the manifests below PATHS, lists the buckets and the live tiles, and prints the differences as sets: the
    output does not grow with the number of tiles.
    """
    from byocplan.cli.wiring import (
        make_run_id,
        open_bucket,
        open_inventory,
        open_reader,
        open_state,
        place_project,
        read_input,
    )
    from byocplan.model.project import LOCAL
    from byocplan.planfile import write_plan_file
    from byocplan.sets import TileSets
    from byocplan.view.plan_json import render_plan_json
    from byocplan.view.plan_text import render_plan
    from byocplan.workflow.plan import Surroundings, compute_plan

    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise ArgumentError(f"--out {out} cannot be written", hint="name a file in a folder that is there")
    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client, TileSets() as sets:
        now_ms = time.time_ns() // 1_000_000
        # The cache of a state that others share is not written by a command that only reads.
        around = Surroundings(
            project,
            client,
            open_state(project),
            open_bucket,
            now_ms,
            inventory=open_inventory(project),
            keeps_inventory=project.state == LOCAL,
            **look,
        )
        plan = compute_plan(loaded, around, sets)
        if out is not None:
            write_plan_file(out, plan)
    next_step = ["apply", "--plan", str(out)] if out is not None else ["apply", *given.paths]
    text = (
        render_plan_json(plan)
        if output == "json"
        else render_plan(plan, terminal.style(), next_step=f"byocplan {shlex.join(next_step)}")
    )
    terminal.result(text)
    if out is not None:
        terminal.note(f"Written to {out}: plan hash {plan.plan_hash}, guard hash {plan.guard_hash}.")
    if plan.is_errored:
        return 1
    return PENDING_CHANGES if detailed_exitcode and plan.has_changes else 0
