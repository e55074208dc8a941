"""A rehearsal that found nothing to do, as text or Markdown: that, and what it could not look at. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.markdown_danger import render_note
from byocplan.view.words import format_rest

if TYPE_CHECKING:
    from byocplan.model.plan import Plan

NOTHING = "The manifests change nothing against the base, so far as a rehearsal shows."
NOTES_SHOWN = 20


def render_unchanged(plan: Plan, *, as_markdown: bool) -> str:
    """Return the sentence and the plan's notes."""
    shown = plan.diagnostics[:NOTES_SHOWN]
    rest = format_rest(len(plan.diagnostics), len(shown), "note")
    if as_markdown:
        return (
            "\n".join([f"### byocplan: {NOTHING}", "", *(f"- {line}" for line in [*map(render_note, shown), *rest])])
            + "\n"
        )
    notes = [
        f"{clean(note.address, 80)}: {clean(note.summary)}" if note.address else clean(note.summary) for note in shown
    ]
    return "\n".join([*notes, *rest, "", NOTHING]) + "\n"
