"""``byocplan import``."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import lease_option, manifest_options, refuse_path
from byocplan.errors import AccessError, BucketError, UnreachableError

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.manifest import Loaded
    from byocplan.workflow.plan import Surroundings


@click.command(
    "import",
    epilog="Example:  byocplan import collection/s2 017aa0ae-33a6-45d3-8548-0f7d1041b40c manifests/",
)
@click.argument("address")
@click.argument("collection_id", metavar="ID")
@manifest_options
@click.option("--no-plan", is_flag=True, help="Do not show what the next plan would do.")
@lease_option
@click.pass_obj
def import_command(
    terminal: Terminal, address: str, collection_id: str, given: Input, no_plan: bool, lease_timeout_s: float
) -> None:
    """Bind the live collection ID to ADDRESS of the manifests; writes the state and nothing else.

    Then shows what a plan of that collection would do. An id that is not live, lies on another bucket or is bound
    elsewhere is refused.
    """
    from byocplan.cli.wiring import make_run_id, open_bucket, open_reader, open_state, place_project, read_input
    from byocplan.state import LeaseTerms
    from byocplan.workflow.binding_live import ImportRequest, get_described, import_collection, only
    from byocplan.workflow.plan import Surroundings

    refuse_path(address, "import collection/NAME ID")
    loaded = read_input(given, terminal)
    collection, project = get_described(loaded, address), place_project(loaded.manifests.project)
    run_id, terms = make_run_id(), LeaseTerms(timeout_s=lease_timeout_s)
    with open_reader(project, run_id, given.allow_hosts) as client:
        state = open_state(project)
        request = ImportRequest(collection, collection_id, client, state, run_id, terms)
        binding, is_new = import_collection(request)
        terminal.result(f"{address} stands for {binding.id} {'now' if is_new else 'already'}.")
        if not no_plan:
            around = Surroundings(project, client, state, open_bucket, time.time_ns() // 1_000_000)
            _show_plan(terminal, given, around, only(loaded, collection))


def _show_plan(terminal: Terminal, given: Input, around: Surroundings, loaded: Loaded) -> None:
    """Show the plan; a bucket that cannot be read leaves the binding as it is."""
    from byocplan.sets import TileSets
    from byocplan.view.clean import clean
    from byocplan.view.plan_text import render_plan
    from byocplan.workflow.plan import compute_plan

    next_step = shlex.join(["byocplan", "apply", *given.typed])
    try:
        with TileSets() as sets:
            terminal.result(render_plan(compute_plan(loaded, around, sets), terminal.style(), next_step=next_step))
    except (AccessError, BucketError, UnreachableError) as error:
        terminal.note(f"What a plan would do is not known: {clean(str(error))}")
