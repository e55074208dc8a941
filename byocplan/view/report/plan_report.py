"""A plan in, its report in HTML out; reads the plan's tiles one after the other. Pure but for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import TileAction
from byocplan.model.instant import format_instant
from byocplan.view.clean import clean, clean_html
from byocplan.view.headline import render_headline
from byocplan.view.report.data import make_report_data
from byocplan.view.report.markup import render_tabs
from byocplan.view.report.page import Page, render_page
from byocplan.view.report.plan_sections import list_plan_tabs, render_rails, render_totals
from byocplan.view.report.stage import make_tiles_tab, render_stage
from byocplan.view.report.tally import MapTile, TileTally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from byocplan.model.address import Address
    from byocplan.model.change import TileChange
    from byocplan.model.plan import Plan


def render_plan_report(plan: Plan) -> str:
    """Return one HTML file of bounded size.

    Tiles come from what the plan holds: all of them while its sets are open, those that change from a plan file. Their
    footprints are live covers, and covers that are asked for.
    """
    tally = tally_plan(plan)
    tabs = [make_tiles_tab(tally)] if tally.counts else []
    page = Page(
        f"Plan of {plan.project}",
        render_subtitle(plan),
        render_headline(plan),
        render_totals(plan)
        + render_rails(plan)
        + (render_stage(tally, _list_unlisted(plan, tally)) if tally.counts else "")
        + render_tabs([*tabs, *list_plan_tabs(plan)]),
        render_footer(plan),
        make_report_data(tally),
    )
    return render_page(page)


def tally_plan(plan: Plan, actions: Iterable[TileAction] = TileAction) -> TileTally:
    """Return the tally of the tiles that the plan holds, of some actions."""
    tally = TileTally()
    for part in plan.collections:
        for action in actions if part.tiles is not None else ():
            for each in part.tiles.iter_changes(action) if part.tiles is not None else ():
                tally.add(_make_map_tile(part.address, each))
    return tally


def _make_map_tile(address: Address, change: TileChange) -> MapTile:
    return MapTile(
        address,
        change.action.value,
        change.path,
        change.reason.value,
        change.sensing_time_ms,
        change.cover,
        change.live_sensing_time_ms,
        change.is_retimed,
    )


def render_subtitle(plan: Plan) -> str:
    """Return the project, where it is, and when the plan was made, as text."""
    made = plan.provenance.made_ms
    when = f", {format_instant(made)[:16].replace('T', ' ')} UTC" if made else ""
    return f"{clean(plan.project, 80)} on {clean(plan.deployment, 80)}{when}"


def _list_unlisted(plan: Plan, tally: TileTally) -> list[str]:
    """Say which tiles the plan counts and does not hold."""
    missing = {action: plan.count_tiles(action) - tally.counts[action.value] for action in TileAction}
    words = [f"{count:,} {action.value}" for action, count in missing.items() if count > 0]
    return [f"Counted, but not listed in this plan: {', '.join(words)}."] if words else []


def render_footer(plan: Plan) -> str:
    """Return what tells the plan from others, as HTML."""
    made = plan.provenance
    words = [
        f"plan <code>{clean_html(plan.plan_hash, 64)}</code>" if plan.plan_hash else "",
        f"guard <code>{clean_html(plan.guard_hash, 64)}</code>" if plan.guard_hash else "",
        f"commit <code>{clean_html(made.git_commit, 12)}</code>" if made.git_commit else "",
        "coasts and borders: Natural Earth",
    ]
    return " · ".join(word for word in words if word)
