"""``byocplan rehearse``."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from byocplan.cli.extras import check_extra
from byocplan.cli.options import manifest_options
from byocplan.cli.steps import write_step_summary

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.emulator import Emulator
    from byocplan.manifest import Loaded
    from byocplan.model.plan import Plan
    from byocplan.sets import TileSets

NEEDED = ("cheroot", "flask", "flask_cors", "moto", "rasterio")
#: No file is read by the emulator, so that it needs no S3.
NO_S3 = "http://127.0.0.1:9"


@click.command(epilog="Example:  byocplan rehearse manifests/ --base ../main/manifests")
@manifest_options
@click.option(
    "--base",
    "bases",
    multiple=True,
    required=True,
    metavar="PATH",
    help="Manifest file or folder to start from, such as those of a checkout of the target branch; may be repeated.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
@click.pass_obj
def rehearse_command(terminal: Terminal, given: Input, bases: tuple[str, ...], form: str) -> None:
    """Show what PATHS change against the manifests of --base, on an emulator; needs no credentials and uses none.

    An emulator is started on loopback and gets what the base asks for; then PATHS are planned against it. Buckets are
    read as anybody may read them; where one cannot be, its collection is compared without its tiles. For pull requests
    from forks: in GitHub Actions, --format markdown is appended to the job's summary.
    """
    check_extra("emulator", *NEEDED)
    from byocplan.cli.wiring import forget_aws_identity, read_input
    from byocplan.emulator import Emulator, EmulatorSettings
    from byocplan.manifest import has_manifests
    from byocplan.sets import TileSets

    forget_aws_identity()
    head = read_input(given, terminal)
    bases = tuple(path for path in bases if has_manifests((path,)))
    base = read_input(given.at(bases), terminal) if bases else None
    settings = EmulatorSettings(port=0, check="none", s3=NO_S3)
    with TemporaryDirectory(prefix="byocplan-") as folder, Emulator(settings) as stage, TileSets() as sets:
        text = _render(_rehearse(head, base, stage, Path(folder), sets), terminal, form)
    terminal.result(text)
    if form == "markdown":
        write_step_summary(text)


def _rehearse(head: Loaded, base: Loaded | None, emulator: Emulator, folder: Path, sets: TileSets) -> Plan:
    """Rehearse on a running emulator, with the state in a folder that goes."""
    from byocplan.api.settings import resolve_deployment
    from byocplan.cli.wiring import make_run_id, open_emulated, open_state, open_unsigned_bucket
    from byocplan.model.project import LOCAL
    from byocplan.workflow.rehearse import Rehearsal, rehearse

    project, run_id = head.manifests.project, make_run_id()
    deployment = resolve_deployment(project.deployment, emulator.exports())
    stage = replace(project, deployment=deployment, state=LOCAL, folder=str(folder), requests_per_minute=None)
    with open_emulated(deployment, emulator.exports(), run_id) as client:
        state, now_ms = open_state(stage), time.time_ns() // 1_000_000
        asked = Rehearsal(base, head, stage, client, state, open_unsigned_bucket, run_id, now_ms)
        return rehearse(asked, sets)


def _render(plan: Plan, terminal: Terminal, form: str) -> str:
    from byocplan.view.plan_markdown import HOSTS, render_plan_markdown
    from byocplan.view.plan_text import render_plan
    from byocplan.view.unchanged import render_unchanged

    if not plan.has_changes and plan.is_applyable:
        return render_unchanged(plan, as_markdown=form == "markdown")
    if form == "markdown":
        return render_plan_markdown(plan, HOSTS["github"])
    return render_plan(plan, terminal.style(), next_step="")
