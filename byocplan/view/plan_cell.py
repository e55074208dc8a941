"""A plan in, a fragment of HTML for the cell of a notebook out: of bounded size, however many tiles. Reads its style.

No script, no link, no name that others could use: it asks no host for anything and can be shown many times on a page. A
notebook that does not trust it takes the style away; then it is plain tables.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action, TileAction
from byocplan.view.cell_map import render_cell_map
from byocplan.view.clean import LONG, clean_html
from byocplan.view.headline import rank_parts, render_headline
from byocplan.view.report.markup import Tab, render_swatch, render_table
from byocplan.view.report.plan_sections import list_plan_tabs, render_rails, render_totals
from byocplan.view.set_text import render_groups, render_months, render_reasons
from byocplan.view.style import Style
from byocplan.view.words import REASONS, format_count, format_minutes, format_rest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.model.change import SetChange
    from byocplan.model.plan import CollectionPlan, Plan

ROWS_SHOWN = 40
HASH_SHOWN = 12
HEAD = ("Collection", "Action", "Tiles:", "Sensed", "Groups", "Why")
STYLE = Style()
#: Tabs of the report that are folded here; its table of collections is not, for the sets say the same.
FOLDED = frozenset({"fields", "failures", "notes"})


def render_plan_cell(plan: Plan, covers: Mapping[TileAction, Sequence[str]] | None = None) -> str:
    """Return the fragment; ``covers`` are cover geometries (GeoJSON texts) to draw, by action."""
    return (
        f'<div class="byocplan-cell"><style>{_read_style()}</style>\n'
        f'<p class="brand"><b>byocplan</b> {clean_html(plan.project, 80)} on {clean_html(plan.deployment, 80)}</p>\n'
        f'<p class="headline">{clean_html(render_headline(plan))}</p>\n'
        f"{render_totals(plan)}{render_rails(plan)}{_render_sets(plan)}{render_cell_map(covers or {})}"
        f"{''.join(map(_render_folded, list_plan_tabs(plan)))}"
        f'<p class="foot">{_render_foot(plan)}</p></div>\n'
    )


def _render_sets(plan: Plan) -> str:
    """Return a row for each collection that changes itself and for each of its tile sets, what is dangerous first."""
    parts = [part for part in rank_parts(plan.collections, plan) if part.is_changed]
    rows = [row for part in parts for row in _iter_rows(part)]
    if not rows:
        return ""
    rest = format_rest(len(rows), ROWS_SHOWN, "change")
    more = "".join(f'<p class="muted">{line}: see <code>to_dict()</code></p>' for line in rest)
    return render_table(HEAD, rows[:ROWS_SHOWN]) + more


def _iter_rows(part: CollectionPlan) -> Iterator[Sequence[str]]:
    change = part.change
    name = f"<code>{clean_html(part.address, 80)}</code>"
    if change.blocked:
        yield name, '<span class="alarm-text">blocked</span>', "", "", "", clean_html(change.blocked, LONG)
    elif change.action is not Action.KEEP:
        why = (
            f"field{'s' if len(change.fields) > 1 else ''} below"
            if change.fields
            else clean_html(REASONS.get(change.reason, change.reason.value))
        )
        yield name, f"{change.action.value} collection", "", "", "", why
    for each in part.sets:
        if each.count and each.action in {*WRITES, TileAction.INCOMPLETE}:
            yield _make_row(name, each)


def _make_row(name: str, change: SetChange) -> Sequence[str]:
    months = render_months(change.groups.get("month", {}), change.count, STYLE)
    groups = render_groups(change.groups.get("prefix", {}), change.count, STYLE)
    why = render_reasons(change, STYLE) if change.reasons else ""
    action = render_swatch(change.action.value, change.action.value)
    return name, action, f"{change.count:,}", *map(clean_html, (months, groups, why))


def _render_folded(tab: Tab) -> str:
    return f"<details><summary>{tab.title}</summary>{tab.html}</details>\n" if tab.name in FOLDED else ""


def _render_foot(plan: Plan) -> str:
    estimate = plan.estimate
    words = [
        f"plan <code>{clean_html(plan.plan_hash[:HASH_SHOWN])}</code>" if plan.plan_hash else "",
        f"guard <code>{clean_html(plan.guard_hash[:HASH_SHOWN])}</code>" if plan.guard_hash else "",
        f"{format_count(estimate.writes + estimate.reads, 'request')}, {format_minutes(estimate.minutes)}"
        if plan.has_changes and estimate.minutes is not None
        else "",
        "" if plan.is_applyable else "an apply would be blocked",
    ]
    return " · ".join(word for word in words if word)


@cache
def _read_style() -> str:
    return files("byocplan.view").joinpath("html", "cell.css").read_text(encoding="utf-8")
