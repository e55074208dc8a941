"""``byocplan preflight``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal

DEFAULT_SAMPLE = 100
#: A check failed: the same code as when an apply ends with FAILED tiles.
REFUSED = 10


@click.command(epilog="Example:  byocplan preflight collection/s2-mosaic-120m manifests/ --sample 500")
@manifest_options
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Read so many tiles of each collection, spread over its groups.  [default: {DEFAULT_SAMPLE}]",
)
@click.option("--all", "is_all", is_flag=True, help="Read all tiles.")
@click.option(
    "--executor",
    default="local",
    show_default=True,
    metavar="local|dask:tcp://HOST:PORT",
    help="Where headers are read: here, or by the workers of a Dask scheduler.",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def preflight_command(
    terminal: Terminal, given: Input, sample: int | None, is_all: bool, executor: str, output: str
) -> int:
    """Judge the files of tiles by the rules of the service, before anything is ingested.

    Reads the headers of the files that the sources give, one request a file; of one collection with an address
    (collection/NAME) before the PATHS. The service is not asked. Leaves with 10 when a tile would fail.
    """
    from byocplan.cli.executors import open_executor
    from byocplan.cli.wiring import open_bucket, read_input, resolve_s3
    from byocplan.view.preflight import render_preflight, render_preflight_json
    from byocplan.workflow.discover import select_collections
    from byocplan.workflow.preflight import PreflightOptions, preflight

    if is_all and sample is not None:
        raise ArgumentError("--all and --sample exclude each other", hint="leave one of them out")
    address, paths = split_address(given.paths)
    loaded = read_input(given.at(paths), terminal)
    collections = select_collections(loaded.manifests.collections, address)
    with open_executor(executor, given.allow_hosts) as chosen:
        wanted = None if is_all else sample or DEFAULT_SAMPLE
        reports = preflight(
            collections, open_bucket, PreflightOptions(wanted, chosen, lambda s3: resolve_s3(s3, os.environ))
        )
    terminal.result(render_preflight_json(reports) if output == "json" else render_preflight(reports, terminal.style()))
    return 0 if all(report.is_passed for report in reports) else REFUSED
