"""A plan narrowed to what was changed outside in, text out: blocks as in a plan, notes, one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.headline import render_drift_headline
from byocplan.view.plan_text import list_plan_blocks, list_plan_notes
from byocplan.view.style import Paint
from byocplan.view.typed import render_typed

if TYPE_CHECKING:
    from byocplan.model.plan import Plan
    from byocplan.view.style import Style


def render_drift(plan: Plan, style: Style, *, next_step: str) -> str:
    """Return the drift as text; ``next_step`` is the command that mends it."""
    headline = render_drift_headline(plan)
    summary = [style.paint(headline, Paint.BOLD), f"Next:  {render_typed(next_step)}"] if plan.has_drift else [headline]
    paragraphs = [*list_plan_blocks(plan, style), list_plan_notes(plan, style), summary]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"
