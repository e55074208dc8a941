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
@click.pass_obj
def explain_command(
    terminal: Terminal,
    key: str,
    given: Input,
    output: str,
) -> None:
    """Tell which source takes the object key KEY, with every field; and where matching stopped in the others.

    Offline; leaves with 0 whether or not anything matches.
    """
    from byocplan.view.explained import render_explained, render_explained_json
    from byocplan.workflow.explain import explain

    answer = explain(key, given.paths, given.options)
    terminal.result(render_explained_json(answer) if output == "json" else render_explained(answer, terminal.style()))
