"""The map, the timeline and the table of tiles as HTML, for the scripts to fill. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean_html
from byocplan.view.report.markup import Tab
from byocplan.view.words import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.view.report.tally import TileTally

COLUMNS = (("path", "Path"), ("time", "Sensed"), ("reason", "Why"), ("collection", "Collection"))


def render_stage(tally: TileTally, notes: Sequence[str] = (), noun: str = "action") -> str:
    """Return the section of the map; ``notes`` (HTML) say what it does not show, ``noun`` what tells tiles apart."""
    lines = "".join(f"<li>{note}</li>" for note in [*notes, *_list_notes(tally)])
    return f"""<section class="map" aria-label="Map">
<div class="stage">
<canvas id="map" tabindex="0" role="application" \
aria-label="Map of tile footprints. Arrow keys move it, plus and minus zoom, 0 shows all."></canvas>
<div class="zoom"><button type="button" id="zoom-in" aria-label="Zoom in">+</button>\
<button type="button" id="zoom-out" aria-label="Zoom out">−</button>\
<button type="button" id="zoom-all" aria-label="Show all">◻</button></div>
<div id="tip" role="status" hidden></div>
</div>
<div class="below">
<fieldset id="legend" aria-label="Shown by {noun}">{_render_legend(tally)}</fieldset>
<div id="timeline">
<div class="row"><h2>Sensing dates</h2><span id="span" class="muted grow" role="status"></span>\
<span id="most" class="muted"></span><button type="button" id="all-time">All dates</button></div>
<svg id="bars" role="img" aria-label="Tiles by sensing date" preserveAspectRatio="none"></svg>
<div class="handles"><label>From <input type="range" id="from" min="0" value="0"></label>\
<label>To <input type="range" id="to" min="0" value="0"></label></div>
</div>
<ul class="notes">{lines}</ul>
</div>
</section>
"""


def make_tiles_tab(tally: TileTally, noun: str = "action") -> Tab:
    """Return the tab with the table of tiles; ``noun`` is what tells them apart."""
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-sort="{key}">{name}</button></th>'
        for key, name in (("action", noun.capitalize()), *COLUMNS)
    )
    html = f"""<div class="row"><input type="search" id="search" placeholder="Search path, {noun}, why, date" \
aria-label="Search tiles"><span id="found" class="muted grow" role="status"></span>\
<button type="button" id="previous">Previous</button><span id="page" class="muted"></span>\
<button type="button" id="next">Next</button></div>
<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody id="rows"></tbody></table></div>"""
    return Tab("tiles", f"Tiles <small>{tally.counts.total():,}</small>", html)


def _render_legend(tally: TileTally) -> str:
    return "".join(
        f'<label><input type="checkbox" value="{clean_html(action)}" checked>'
        f'<span class="swatch a-{clean_html(action)}"></span>{clean_html(action)} '
        f"<small>{tally.counts[action]:,}</small></label>"
        for action in tally.actions
    )


def _list_notes(tally: TileTally) -> list[str]:
    """Say what is not on the map, and why."""
    notes = []
    missing = [f"{count:,} {clean_html(action)}" for action, count in tally.count_unplaced().items()]
    if missing:
        notes.append(
            f"Not on the map, since no cover geometry is known before ingestion or asked for: {', '.join(missing)}."
        )
    gridded = [action for action, is_whole in tally.choose_whole().items() if not is_whole]
    if gridded:
        words = ", ".join(clean_html(action) for action in gridded)
        side = format_count(tally.cells.side, "degree")
        notes.append(f"Too many to draw one by one, and shown as cells of {side}, by month: {words}. Some are listed.")
    return notes
