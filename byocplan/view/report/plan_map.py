"""A plan in, a map of the tiles that it writes out: a tally for a picture, an HTML page. Reads the plan's tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action
from byocplan.view.clean import clean, clean_html
from byocplan.view.headline import render_headline
from byocplan.view.report.data import make_report_data
from byocplan.view.report.markup import render_counts, render_tabs
from byocplan.view.report.page import Page, render_page
from byocplan.view.report.plan_report import render_footer, render_subtitle, tally_plan
from byocplan.view.report.stage import make_tiles_tab, render_stage
from byocplan.view.words import format_count

if TYPE_CHECKING:
    from byocplan.model.plan import CollectionPlan, Plan
    from byocplan.view.report.tally import TileTally

GOING = frozenset({Action.DELETE, Action.REPLACE})


def tally_planned(plan: Plan) -> TileTally:
    """Return the tally of the tiles that the plan creates, updates, reingests or deletes."""
    return tally_plan(plan, WRITES)


def render_planned_map(title: str, plan: Plan, tally: TileTally) -> str:
    """Return one HTML file of bounded size."""
    tabs = [make_tiles_tab(tally)] if tally.counts else []
    notes = [clean_html(note) for note in list_lost(plan)]
    page = Page(
        f"Map of {title}",
        render_subtitle(plan),
        render_headline(plan),
        render_counts("Tiles by action", {action.value: tally.counts[action.value] for action in WRITES})
        + (render_stage(tally, notes) if tally.counts else _render_notes(notes))
        + render_tabs(tabs),
        render_footer(plan),
        make_report_data(tally),
    )
    return render_page(page)


def render_map_summary(tally: TileTally) -> str:
    """Return the tiles by action, and how many of them are nowhere on a map."""
    counts = _write_counts({action: tally.counts[action] for action in tally.actions})
    unplaced = _write_counts(tally.count_unplaced())
    rest = f"; not on the map, since no cover geometry is known: {unplaced}" if unplaced else ""
    return f"{counts or 'no tile'}{rest}"


def list_lost(plan: Plan) -> list[str]:
    """Return a sentence for each collection that goes with tiles which the plan does not list."""
    going = [part for part in plan.collections if part.change.action in GOING and not part.change.blocked]
    return [_write_lost(part) for part in going if part.live_tiles]


def _write_lost(part: CollectionPlan) -> str:
    tiles = format_count(part.live_tiles, "live tile")
    return f"{clean(part.address)}: {part.change.action.value}, and its {tiles} go with it; they are not on the map."


def _write_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {action}" for action, count in counts.items())


def _render_notes(notes: list[str]) -> str:
    return f"<section><ul>{''.join(f'<li>{note}</li>' for note in notes)}</ul></section>" if notes else ""
