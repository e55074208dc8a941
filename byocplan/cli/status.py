"""``byocplan status``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address
from byocplan.cli.targets import target_options
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.targets import Targets


@click.command(epilog="Example:  byocplan status collection/s2 manifests/ --watch")
@manifest_options
@target_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--watch", is_flag=True, help="Look again until no tile is being ingested; json is then an object a line."
)
@click.option(
    "--interval",
    "interval_s",
    type=click.FloatRange(min=0.1),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: look so often.",
)
@click.pass_obj
def status_command(
    terminal: Terminal, given: Input, targets: Targets, output: str, watch: bool, interval_s: float
) -> None:
    """Show what is live: tiles by status, failures by cause, extent, times and gaps.

    Of every collection that is described or bound, or with an address (collection/NAME) before the PATHS, of that one.
    Reads the service alone; the bucket is not asked.
    """
    from byocplan.cli.wiring import make_run_id, open_reader, open_state, place_project, read_input
    from byocplan.view.live_status import render_status, render_status_json
    from byocplan.workflow.status import look_at_status

    address, paths = split_address(given.paths)
    if targets.has_paths:
        raise ArgumentError("status counts collections as wholes", hint="leave the part after `:` away")
    if address is not None and not targets.is_all:
        raise ArgumentError(f"{address} is one collection", hint="say --target alone, or the address alone")
    loaded = read_input(given.at(paths), terminal)
    project = place_project(loaded.manifests.project)
    state = open_state(project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client:
        while True:
            found, unbound = look_at_status(loaded, state, client, address, targets)
            text = render_status(found, terminal.style(), unbound) if output == "text" else ""
            terminal.result(text or render_status_json(found, unbound, is_line=watch))
            if not watch or not any(each.pending for each in found):
                return
            time.sleep(interval_s)
