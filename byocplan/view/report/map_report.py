"""Live tiles of one collection in, their map out: an HTML page, or what a picture needs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.tile import Status
from byocplan.view.clean import clean, clean_html
from byocplan.view.report.causes import list_causes_tabs
from byocplan.view.report.data import make_report_data
from byocplan.view.report.markup import render_counts, render_tabs
from byocplan.view.report.page import Page, render_page
from byocplan.view.report.stage import make_tiles_tab, render_stage
from byocplan.view.report.tally import MapTile, TileTally
from byocplan.view.words import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.model.collection import LiveCollection
    from byocplan.model.tile import LiveTile


#: What a status is called that the documents do not know: names of ours alone become names of colours.
KNOWN, OTHER = frozenset(Status), "OTHER"
#: As ``byocplan status`` says it.
NO_CAUSE = "no cause given"


def tally_live(address: str, tiles: Iterable[LiveTile]) -> TileTally:
    """Return the tally of live tiles, by status; what FAILED says why."""
    tally = TileTally()
    for tile in tiles:
        status = tile.status if tile.status in KNOWN else OTHER
        if status == Status.FAILED:
            tally.causes.add((tile.cause or "").strip() or NO_CAUSE, tile.path)
        tally.add(MapTile(address, status, tile.path, tile.cause or "", tile.sensing_time_ms, tile.cover))
    return tally


def render_map_report(address: str, collection: LiveCollection, tally: TileTally) -> str:
    """Return one HTML file of bounded size."""
    total = format_count(tally.counts.total(), "live tile")
    tabs = [make_tiles_tab(tally, "status"), *list_causes_tabs({address: tally.causes.count_by_cause()})]
    page = Page(
        f"Map of {address}",
        f"{clean(collection.name, 80)}, {collection.id}",
        f"{clean(address, 80)}: {total}",
        _render_statuses(tally) + render_stage(tally, noun="status") + render_tabs(tabs),
        "coasts and borders: Natural Earth",
        make_report_data(tally),
    )
    return render_page(page)


def _render_statuses(tally: TileTally) -> str:
    shown = dict.fromkeys([Status.INGESTED.value, Status.FAILED.value, *tally.actions])
    return render_counts("Tiles by status", {clean_html(status): tally.counts[status] for status in shown})
