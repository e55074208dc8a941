"""``byocplan discover``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.discovered import Discovered
    from byocplan.sets import FoundTiles, TileSets

FORMATS = ("text", "json", "csv", "geojson", "parquet")
#: The formats that count; the others list single tiles.
COUNTS = frozenset({"text", "json"})


@click.command(epilog="Example:  byocplan discover collection/s2-mosaic-120m manifests/ --format csv --out tiles.csv")
@manifest_options
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Without it the ending of --out says it, or it is text.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write there, to a new file or in place of one of this format.",
)
@click.pass_obj
def discover_command(terminal: Terminal, given: Input, output: str | None, out: Path | None) -> None:
    """Show the tiles that the sources give, the keys left over by shape, and incomplete tiles.

    With an address (collection/NAME) before the PATHS, of that collection alone. text and json count; csv, geojson and
    parquet (which needs --out) list every tile, with the bands that it lacks. Reads S3 only; the service is not asked.
    """
    from byocplan.cli.wiring import open_bucket
    from byocplan.cli.writing import check_out, find_format
    from byocplan.manifest import read_manifests
    from byocplan.sets import TileSets
    from byocplan.workflow.discover import discover, discover_tiles, select_collections

    form = output or find_format(out, FORMATS, "text")
    if out is not None:
        check_out(out, form)
    elif form == "parquet":
        raise ArgumentError("parquet is no text", hint="say where with --out FILE")
    address, paths = split_address(given.paths)
    if form in COUNTS:
        _write(terminal, out, [_render(terminal, discover(address, paths, given.options, open_bucket), form, out)])
        return
    collections = select_collections(read_manifests(paths, given.options).manifests.collections, address)
    with TileSets() as sets:
        reports, found = discover_tiles(collections, open_bucket, sets)
        _write_tiles(terminal, (found, sets), form, out)
    _tell(terminal, reports)


def _render(terminal: Terminal, found: Sequence[Discovered], output: str, out: Path | None) -> str:
    from byocplan.view.discovered import render_discovered, render_discovered_json
    from byocplan.view.style import PLAIN

    if output == "json":
        return render_discovered_json(found)
    return render_discovered(found, terminal.style() if out is None else PLAIN)


def _write_tiles(terminal: Terminal, tiles: tuple[FoundTiles, TileSets], form: str, out: Path | None) -> None:
    """Write every tile, as they come from the sets."""
    from byocplan.outfile import write_whole
    from byocplan.view.found_tiles import iter_found_csv, iter_found_geojson, iter_shown_found_csv
    from byocplan.workflow.geo_parquet import write_geo_parquet

    found, sets = tiles
    if form == "parquet" and out is not None:
        with write_whole(out) as file:
            write_geo_parquet(found.open_parquet(), sets, file)
        terminal.note(f"Written to {out}.")
        return
    shown = "shown_csv" if form == "csv" and out is None and terminal.is_obeyed() else form
    render = {"csv": iter_found_csv, "shown_csv": iter_shown_found_csv, "geojson": iter_found_geojson}[shown]
    _write(terminal, out, render(found.iter_rows()))


def _write(terminal: Terminal, out: Path | None, pieces: Iterable[str]) -> None:
    """Write text to stdout, or to a file as a whole."""
    from byocplan.outfile import write_whole

    if out is None:
        terminal.stream(pieces)
        return
    with write_whole(out) as file:
        file.writelines(piece.encode(errors="backslashreplace") for piece in pieces)
    terminal.note(f"Written to {out}.")


def _tell(terminal: Terminal, reports: Sequence[Discovered]) -> None:
    """Say beside a list of tiles where it is not whole."""
    from byocplan.view.discovered import render_shortfalls

    for line in render_shortfalls(reports, terminal.style(sys.stderr)):
        terminal.complain(line)
