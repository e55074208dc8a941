"""``byocplan map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from byocplan.cli.options import manifest_options, split_address
from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from byocplan.cli.options import Input
    from byocplan.cli.terminal import Terminal
    from byocplan.model.collection import LiveCollection
    from byocplan.model.tile import LiveTile

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
@click.pass_obj
def map_command(terminal: Terminal, given: Input, out: Path) -> None:
    """Write a map of the live tiles of a collection.

    Takes an address (collection/NAME) and the PATHS of the manifests; lists the tiles of the service and changes
    nothing. HTML is interactive and opens from disk, PNG is a picture, GeoJSON has a feature for each tile.
    """
    from byocplan.cli.wiring import make_run_id, open_reader, open_state, place_project, read_input
    from byocplan.cli.writing import write_whole
    from byocplan.workflow.live_collections import find_live
    from byocplan.workflow.tiles import TileFilter, iter_tiles

    address, paths = split_address(given.paths)
    if address is None:
        raise ArgumentError("no address is given", "name one before the paths: byocplan map collection/NAME manifests/")
    render = _choose(out, address)
    loaded = read_input(given.at(paths), terminal)
    project = place_project(loaded.manifests.project)
    with open_reader(project, make_run_id(), given.allow_hosts) as client:
        live = find_live(loaded, open_state(project), client, address)[address]
        with write_whole(out) as whole, whole.open("xb") as file:
            file.writelines(render(live, iter_tiles(client, live.id, TileFilter())))
    terminal.note(f"Written to {out}.")


def _choose(out: Path, address: str) -> Callable[[LiveCollection, Iterable[LiveTile]], Iterator[bytes]]:
    """Return what makes the file of this ending. Raises ArgumentError, MissingExtraError."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise ArgumentError(f"--out {out} ends in none of {', '.join(ENDINGS)}", "name a file such as coverage.html")
    if out.is_dir() or not out.parent.is_dir():
        raise ArgumentError(f"--out {out} cannot be written", hint="name a file in a folder that is there")
    if ending == ".png":
        from byocplan.cli.extras import check_extra

        check_extra("map", "PIL")

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
