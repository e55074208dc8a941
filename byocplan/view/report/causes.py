"""Causes of failure in, the tab that says them out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean_html, share_room
from byocplan.view.report.markup import MAX_ROWS, Tab, render_table

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters of all causes together; a thousand causes have 300 each.
MAX_TEXT = 300_000


def list_causes_tabs(causes: Mapping[str, Mapping[str, int]]) -> list[Tab]:
    """Return the tab of how many tiles FAILED for which cause, by address of their collection; none without causes."""
    counts = [(count, cause, address) for address, each in causes.items() for cause, count in each.items()]
    if not counts:
        return []
    limit = share_room(MAX_TEXT, min(len(counts), MAX_ROWS))
    rows = [
        [f"{count:,}", clean_html(cause, limit), f"<code>{clean_html(address, 80)}</code>"]
        for count, cause, address in sorted(counts, key=lambda each: (-each[0], each[1], each[2]))
    ]
    table = render_table(["FAILED tiles:", "Cause", "Collection"], rows)
    return [Tab("failures", f"Failures <small>{len(counts):,}</small>", table)]
