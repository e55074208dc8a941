"""``byocplan discover``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from byocplan.cli.options import make_read_options, manifest_options

if TYPE_CHECKING:
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan discover --address collection/s2-mosaic-120m manifests/")
@manifest_options
@click.option("--address", metavar="ADDRESS", help="Only this collection, e.g. collection/NAME.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def discover_command(
    terminal: Terminal,
    paths: tuple[str, ...],
    variables: tuple[str, ...],
    allow_hosts: tuple[str, ...],
    trust_stdin: bool,
    address: str | None,
    output: str,
) -> None:
    """Show the tiles that the sources give, the keys left over by shape, and incomplete tiles.

    Reads S3 only; the service is not asked.
    """
    from byocplan.cli.wiring import open_bucket
    from byocplan.view.discovered import render_discovered, render_discovered_json
    from byocplan.workflow.discover import discover

    options = make_read_options(variables, allow_hosts, trust_stdin=trust_stdin)
    found = discover(address, paths or (".",), options, open_bucket)
    terminal.result(render_discovered_json(found) if output == "json" else render_discovered(found, terminal.style()))
