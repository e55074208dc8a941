"""``byocplan discover``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal


@click.command(epilog="Example:  byocplan discover collection/s2-mosaic-120m manifests/")
@manifest_options
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def discover_command(
    terminal: Terminal,
    given: Input,
    output: str,
) -> None:
    """Show the tiles that the sources give, the keys left over by shape, and incomplete tiles.

    With an address (collection/NAME) before the PATHS, of that collection alone. Reads S3 only; the service is not
    asked.
    """
    from byocplan.cli.wiring import open_bucket
    from byocplan.view.discovered import render_discovered, render_discovered_json
    from byocplan.workflow.discover import discover

    address, paths = split_address(given.paths)
    found = discover(address, paths, given.options, open_bucket)
    terminal.result(render_discovered_json(found) if output == "json" else render_discovered(found, terminal.style()))
