"""``byocplan explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan explain 2019/11/27/28V/B02.tif manifests/")
@click.argument("key")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--live", is_flag=True, help="Ask the service how the tile is that KEY is a file of.")
@click.pass_obj
def explain_command(
    terminal: Terminal,
    key: str,
    given: Input,
    output: str,
    live: bool,
) -> None:
    """Tell which source takes the object key KEY, with every field; and where matching stopped in the others.

    Offline unless --live is said; leaves with 0 whether or not anything matches.
    """
    from byocplan.view.explained import render_explained, render_explained_json
    from byocplan.workflow.explain import explain

    answer = _explain_live(terminal, key, given) if live else explain(key, given.paths, given.options)
    terminal.result(render_explained_json(answer) if output == "json" else render_explained(answer, terminal.style()))


def _explain_live(terminal: Terminal, key: str, given: Input) -> dict[str, object]:
    from byocplan.cli.wiring import make_run_id, open_reader, open_state, place_project, read_input
    from byocplan.workflow.explain import explain_live

    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client:
        return explain_live(key, loaded, open_state(project), client)
