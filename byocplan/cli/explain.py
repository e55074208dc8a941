"""``byocplan explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from byocplan.cli.options import make_read_options, manifest_options

if TYPE_CHECKING:
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan explain 2019/11/27/28V/B02.tif manifests/")
@click.argument("key")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def explain_command(
    terminal: Terminal,
    key: str,
    paths: tuple[str, ...],
    variables: tuple[str, ...],
    allow_hosts: tuple[str, ...],
    trust_stdin: bool,
    output: str,
) -> None:
    """Tell which source takes the object key KEY, with every field; and where matching stopped in the others.

    Offline; leaves with 0 whether or not anything matches.
    """
    from byocplan.view.explained import render_explained, render_explained_json
    from byocplan.workflow.explain import explain

    answer = explain(key, paths or (".",), make_read_options(variables, allow_hosts, trust_stdin=trust_stdin))
    terminal.result(render_explained_json(answer) if output == "json" else render_explained(answer, terminal.style()))
