"""``byocplan tiles``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from byocplan.cli.narrowing import parse_statuses
from byocplan.cli.options import manifest_options, output_options, refuse_path
from byocplan.model.tile import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.api.client import ReadClient
    from byocplan.cli.options import Input, Output
    from byocplan.cli.terminal import Terminal
    from byocplan.model.tile import LiveTile
    from byocplan.workflow.tiles import TileFilter

    class Choices(TypedDict):
        """Which tiles are meant, as typed."""

        statuses: str | None
        prefix: str
        limit: int | None


FORMATS = ("table", "json", "csv", "geojson", "parquet")


@click.command(epilog="Example:  byocplan tiles collection/s2 manifests/ --status FAILED --format csv")
@click.argument("address")
@manifest_options
@click.option(
    "--status",
    "statuses",
    metavar="STATUSES",
    help=f"Those with these statuses, of {', '.join(Status)}, parted by commas.",
)
@click.option("--prefix", default="", help="Those whose path begins so.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@output_options(FORMATS, "table")
@click.pass_obj
def tiles_command(
    terminal: Terminal, /, address: str, given: Input, output: Output, **choices: Unpack[Choices]
) -> None:
    """List the live tiles of ADDRESS, streamed in the order of their creation.

    geojson has the cover geometries in longitude and latitude; parquet needs --out. csv has paths as they are, but on a
    terminal or in the log of a CI system what these would obey is shown as escapes.
    """
    from byocplan.cli.wiring import make_run_id, open_reader, open_state, place_project, read_input
    from byocplan.cli.writing import write_text
    from byocplan.workflow.live_collections import find_live
    from byocplan.workflow.tiles import TileFilter

    refuse_path(address, "tiles collection/NAME")
    statuses = choices["statuses"]
    chosen = frozenset() if statuses is None else parse_statuses(statuses)
    wanted = TileFilter(chosen, choices["prefix"], choices["limit"])
    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client:
        live = find_live(loaded, open_state(project), client, address)[address]
        if output.form == "parquet" and output.path is not None:
            _write_parquet(terminal, (client, live.id), wanted, output.path)
            return
        shown = "shown_csv" if output.form == "csv" and output.path is None and terminal.is_obeyed() else output.form
        write_text(terminal, output.path, _iter_text(terminal, (client, live.id), wanted, shown))


def _write_parquet(terminal: Terminal, asked: tuple[ReadClient, str], wanted: TileFilter, out: Path) -> None:
    from byocplan.outfile import write_whole
    from byocplan.workflow.tiles import write_parquet

    with write_whole(out) as file:
        if not write_parquet(*asked, wanted, file):
            terminal.note(_tell_none(wanted))
    terminal.note(f"Written to {out}.")


def _iter_text(terminal: Terminal, asked: tuple[ReadClient, str], wanted: TileFilter, form: str) -> Iterator[str]:
    from byocplan.view.live_tiles import iter_csv, iter_geojson, iter_json, iter_shown_csv, iter_table
    from byocplan.workflow.tiles import iter_tiles

    renderers = {
        "table": iter_table,
        "csv": iter_csv,
        "shown_csv": iter_shown_csv,
        "json": iter_json,
        "geojson": iter_geojson,
    }
    return renderers[form](_watch(terminal, iter_tiles(*asked, wanted), wanted))


def _watch(terminal: Terminal, tiles: Iterator[LiveTile], wanted: TileFilter) -> Iterator[LiveTile]:
    """Yield the tiles, and say so where there is none: silence could mean anything."""
    is_empty = True
    for tile in tiles:
        is_empty = False
        yield tile
    if is_empty:
        terminal.note(_tell_none(wanted))


def _tell_none(wanted: TileFilter) -> str:
    return "No live tile fits." if wanted.statuses or wanted.prefix else "No tile is live."
