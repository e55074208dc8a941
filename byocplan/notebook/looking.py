"""Manifests in, what is live, what the sources give or what is wrong out. Reads files, the state, the service, S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from byocplan.notebook.boundary import make_errors_plain, make_fault
from byocplan.notebook.reading import Paths, Reading, list_paths, make_bucket_opener, make_read_options, read_given
from byocplan.notebook.statuses import Statuses

if TYPE_CHECKING:
    from pandas import DataFrame

    from byocplan.model.discovered import Discovered
    from byocplan.model.tile import Status
    from byocplan.workflow.validate import Validation


def tiles(
    address: str,
    paths: Paths = ".",
    *,
    status: str | None = None,
    prefix: str = "",
    geometry: Literal["auto"] | bool = "auto",
    **reading: Unpack[Reading],
) -> DataFrame:
    """Return the live tiles of ``address`` (``collection/NAME``), one row a tile, in order of path.

    Columns: ``id path status sensingTime created cause``; times are UTC, NaT for timeless. With geopandas it is a
    GeoDataFrame, the cover geometries in EPSG:4326, cut at the antimeridian; ``geometry=True`` demands that, False
    leaves it. The service is asked for the ``status``, with one request a hundred tiles; ``prefix`` is looked at here.

    Raises MissingExtraError without pandas, and what ``plan`` raises.
    """
    from byocplan.cli.wiring import open_state
    from byocplan.notebook.frames import check_frames, make_live_frame
    from byocplan.sets import TileSets
    from byocplan.workflow.live_collections import find_live
    from byocplan.workflow.tiles import TileFilter, collect_tiles

    with make_errors_plain():
        has_geometry = check_frames(geometry=geometry)
        wanted = TileFilter(_choose_statuses(status), prefix)
        given = read_given(paths, **reading)
        with given.open_reader() as client, TileSets() as sets:
            live = find_live(given.loaded, open_state(given.project), client, address)[address]
            found = collect_tiles(client, live.id, wanted, sets, holds_covers=has_geometry)
            return make_live_frame(found, has_geometry=has_geometry)


def status(paths: Paths = ".", *, address: str | None = None, **reading: Unpack[Reading]) -> Statuses:
    """Return what is live of all that is described or bound, or of one ``address``: counts, causes, times, gaps.

    What is described, live and not bound yet is in ``unbound`` of the list, with what binds it.
    """
    from byocplan.cli.wiring import open_state
    from byocplan.workflow.status import look_at_status

    with make_errors_plain():
        given = read_given(paths, **reading)
        with given.open_reader() as client:
            return Statuses(*look_at_status(given.loaded, open_state(given.project), client, address))


def discover(paths: Paths = ".", *, address: str | None = None, **reading: Unpack[Reading]) -> list[Discovered]:
    """Return what the sources of all collections, or of one ``address``, give. Reads S3; the service is not asked."""
    from byocplan.workflow.discover import discover as discover_sources

    with make_errors_plain():
        options = make_read_options(**reading)
        return list(discover_sources(address, list_paths(paths), options, make_bucket_opener()))


def validate(paths: Paths = ".", **reading: Unpack[Reading]) -> Validation:
    """Return what is wrong with the manifests, all of it, instead of raising it; contacts nothing."""
    from byocplan.workflow.validate import validate as validate_manifests

    with make_errors_plain():
        return validate_manifests(list_paths(paths), make_read_options(**reading))


def _choose_statuses(status: str | None) -> frozenset[Status]:
    from byocplan.model.tile import Status

    if status is None:
        return frozenset()
    if status.upper() not in set(Status):
        raise make_fault("tiles", f"no status is called {status!r}", hint=f"name one of {', '.join(Status)}")
    return frozenset({Status(status.upper())})
