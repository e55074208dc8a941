"""``byocplan map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address
from byocplan.cli.writing import check_out
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.collection import LiveCollection
    from byocplan.model.tile import LiveTile

    Renderer = Callable[[LiveCollection, Iterable[LiveTile]], Iterator[bytes]]

ENDINGS = (".html", ".png", ".geojson")


@click.command(epilog="Example:  byocplan map collection/s2-mosaic-120m manifests/ --out coverage.html")
@manifest_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to; its ending says as what: .html, .png or .geojson.",
)
@click.option("--planned", is_flag=True, help="Show the tiles that a plan of the manifests would write, by action.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Show the tiles that a plan file would write, by action; needs no PATHS and contacts nothing.",
)
@click.pass_obj
def map_command(terminal: Terminal, /, given: Input, out: Path, *, planned: bool, plan_file: Path | None) -> int:
    """Write a map of the tiles of a collection: those that are live, or those that a plan writes.

    Takes an address (collection/NAME) and the PATHS of the manifests; changes nothing. HTML is interactive and opens
    from disk, PNG is a picture, GeoJSON has a feature for each tile. With --planned or --plan, tiles are coloured by
    what becomes of them, and without an address those of all collections are shown; tiles without a known cover
    geometry are counted and named.
    """
    address, paths = split_address(given.paths)
    ending = _check_out(out)
    if planned or plan_file is not None:
        from byocplan.cli.map_planned import map_planned

        if plan_file is not None and (planned or (given.is_given and paths != (".",))):
            raise ArgumentError("--plan FILE has a plan already", "leave out --planned and the paths of manifests")
        return map_planned(terminal, given.at(paths), address, plan_file, out)
    if address is None:
        raise ArgumentError("no address is given", "name one before the paths: byocplan map collection/NAME manifests/")
    _map_live(terminal, given.at(paths), address, out, _choose(ending, address))
    return 0


def _map_live(terminal: Terminal, given: Input, address: str, out: Path, render: Renderer) -> None:
    from byocplan.cli.wiring import make_run_id, open_reader, open_state, place_project, read_input
    from byocplan.outfile import write_whole
    from byocplan.workflow.live_collections import find_live
    from byocplan.workflow.tiles import TileFilter, iter_tiles

    loaded = read_input(given, terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client:
        live = find_live(loaded, open_state(project), client, address)[address]
        with write_whole(out) as file:
            file.writelines(render(live, iter_tiles(client, live.id, TileFilter())))
    terminal.note(f"Written to {out}.")


def _check_out(out: Path) -> str:
    """Return the ending of the file. Raises ArgumentError, MissingExtraError."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise ArgumentError(f"--out {out} ends in none of {', '.join(ENDINGS)}", "name a file such as coverage.html")
    check_out(out, ending.removeprefix("."))
    if ending == ".png":
        from byocplan.cli.extras import check_extra

        check_extra("map", "PIL")
    return ending


def _choose(ending: str, address: str) -> Renderer:
    """Return what makes the file of this ending."""

    def render(collection: LiveCollection, tiles: Iterable[LiveTile]) -> Iterator[bytes]:
        if ending == ".geojson":
            from byocplan.view.live_tiles import iter_geojson

            yield from (piece.encode() for piece in iter_geojson(tiles))
            return
        from byocplan.view.report.map_report import render_map_report, tally_live

        tally = tally_live(address, tiles)
        if ending == ".html":
            yield render_map_report(address, collection, tally).encode()
            return
        from byocplan.view.report.picture import render_png

        yield render_png(address, tally)

    return render
