"""``byocplan discover``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, output_options, split_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.cli.options import Input, Output
    from byocplan.cli.terminal import Terminal
    from byocplan.model.discovered import Discovered
    from byocplan.sets import FoundTiles, TileSets

FORMATS = ("text", "json", "csv", "geojson", "parquet")
#: The formats that count; the others list single tiles.
COUNTS = frozenset({"text", "json"})


@click.command(epilog="Example:  byocplan discover collection/s2-mosaic-120m manifests/ --format csv --out tiles.csv")
@manifest_options
@output_options(FORMATS, "text")
@click.pass_obj
def discover_command(terminal: Terminal, given: Input, output: Output) -> None:
    """Show the tiles that the sources give, the keys left over by shape, and incomplete tiles.

    With an address (collection/NAME) before the PATHS, of that collection alone. text and json count; csv, geojson and
    parquet (which needs --out) list every tile, with the bands that it lacks. Reads S3 only; the service is not asked.
    """
    from byocplan.cli.wiring import open_bucket
    from byocplan.cli.writing import write_text
    from byocplan.manifest import read_manifests
    from byocplan.sets import TileSets
    from byocplan.workflow.discover import discover, discover_tiles, select_collections

    address, paths = split_address(given.paths)
    if output.form in COUNTS:
        write_text(
            terminal, output.path, [_render(terminal, discover(address, paths, given.options, open_bucket), output)]
        )
        return
    collections = select_collections(read_manifests(paths, given.options).manifests.collections, address)
    with TileSets() as sets:
        reports, found = discover_tiles(collections, open_bucket, sets)
        _write_tiles(terminal, (found, sets), output)
    _tell(terminal, reports)


def _render(terminal: Terminal, found: Sequence[Discovered], output: Output) -> str:
    from byocplan.view.discovered import render_discovered, render_discovered_json
    from byocplan.view.style import PLAIN

    if output.form == "json":
        return render_discovered_json(found)
    return render_discovered(found, terminal.style() if output.path is None else PLAIN)


def _write_tiles(terminal: Terminal, tiles: tuple[FoundTiles, TileSets], output: Output) -> None:
    """Write every tile, as they come from the sets."""
    from byocplan.cli.writing import write_text
    from byocplan.outfile import write_whole
    from byocplan.view.found_tiles import iter_found_csv, iter_found_geojson, iter_shown_found_csv
    from byocplan.workflow.geo_parquet import write_geo_parquet

    (found, sets), form, out = tiles, output.form, output.path
    if form == "parquet" and out is not None:
        with write_whole(out) as file:
            write_geo_parquet(found.open_parquet(), sets, file)
        terminal.note(f"Written to {out}.")
        return
    shown = "shown_csv" if form == "csv" and out is None and terminal.is_obeyed() else form
    render = {"csv": iter_found_csv, "shown_csv": iter_shown_found_csv, "geojson": iter_found_geojson}[shown]
    write_text(terminal, out, render(found.iter_rows()))


def _tell(terminal: Terminal, reports: Sequence[Discovered]) -> None:
    """Say beside a list of tiles where it is not whole."""
    from byocplan.view.discovered import render_shortfalls

    for line in render_shortfalls(reports, terminal.style(sys.stderr)):
        terminal.complain(line)
