"""``byocplan drift``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from byocplan.cli.looks import PRESETS, Look
from byocplan.cli.options import manifest_options
from byocplan.cli.plan import PENDING_CHANGES, make_surroundings
from byocplan.cli.steps import write_step_outputs, write_step_summary

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.plan import Plan

FORMATS = ("text", "json", "markdown")


@click.command(epilog="Example:  byocplan drift manifests/")
@manifest_options
@click.option("--format", "output", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option(
    "--limit-preset",
    "preset",
    type=click.Choice(PRESETS),
    default=PRESETS[0],
    show_default=True,
    help="Cut Markdown to what a comment may have there.",
)
@click.pass_obj
def drift_command(terminal: Terminal, /, given: Input, output: str, preset: str) -> int:
    """Show what was changed outside: live state that differs though no manifest and no file changed.

    The part of a plan whose origin is live; what manifests and buckets ask for anew is no drift, nor are unmanaged
    tiles. Reads all that a plan reads and keeps nothing. Leaves with 2 when something drifted, 0 when nothing did. In
    GitHub Actions the step's outputs are set, and --format markdown is appended to the job's summary.
    """
    from byocplan.cli.wiring import make_run_id, open_reader, place_project, read_input
    from byocplan.sets import TileSets
    from byocplan.workflow.drift import compute_drift

    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client, TileSets() as sets:
        drift = compute_drift(loaded, make_surroundings(project, client), sets)
        text = _render(drift, Look(output, preset), terminal, shlex.join(["byocplan", "apply", *given.typed]))
    terminal.result(text)
    write_step_outputs(drift)
    if output == "markdown":
        write_step_summary(text)
    if drift.is_errored:
        return 1
    return PENDING_CHANGES if drift.has_drift else 0


def _render(drift: Plan, look: Look, terminal: Terminal, next_step: str) -> str:
    from byocplan.view.drift_text import render_drift
    from byocplan.view.plan_json import render_plan_json
    from byocplan.view.plan_markdown import render_drift_markdown

    match look.form:
        case "text":
            return render_drift(drift, terminal.style(), next_step=next_step)
        case "json":
            return render_plan_json(drift)
        case _:
            return render_drift_markdown(drift, look.host)
