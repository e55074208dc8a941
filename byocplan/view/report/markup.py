"""Building blocks of HTML: tables, sections, tabs. Pure.

What comes in as ``html`` is safe already: words of our own, or text through ``clean_html``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Rows that a table without a search has at most; the JSON has all.
MAX_ROWS = 1000
NONE = ' class="none"'
WORD = '<span class="word">{}</span>'


@dataclass(frozen=True, slots=True)
class Tab:
    """A panel behind a tab; ``name`` is its id, ``title`` what is written on the tab."""

    name: str
    title: str
    html: str


def render_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; columns whose head ends in ``:`` are numbers. Rows are at most ``MAX_ROWS``."""
    classes = [' class="number"' if name.endswith(":") else "" for name in head]
    names = [name.removesuffix(":") for name in head]
    top = "".join(f'<th scope="col"{each}>{name}</th>' for each, name in zip(classes, names, strict=True))
    more = f'<p class="muted">and {len(rows) - MAX_ROWS:,} more, in --format json</p>' if len(rows) > MAX_ROWS else ""
    body = "".join(
        f"<tr>{''.join(f'<td{each}>{cell}</td>' for each, cell in zip(classes, row, strict=True))}</tr>\n"
        for row in rows[:MAX_ROWS]
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>{more}'


def render_section(title: str, html: str, kind: str = "") -> str:
    """Return a section with a heading."""
    name = f' class="{kind}"' if kind else ""
    return f"<section{name}><h2>{title}</h2>\n{html}</section>\n"


def render_tabs(tabs: Sequence[Tab]) -> str:
    """Return the tabs and their panels. Without scripts all panels are shown."""
    if not tabs:
        return ""
    heads = "".join(
        f'<button type="button" role="tab" id="tab-{tab.name}" aria-controls="{tab.name}">{tab.title}</button>'
        for tab in tabs
    )
    panels = "".join(
        f'<div role="tabpanel" id="{tab.name}" aria-labelledby="tab-{tab.name}" tabindex="-1">{tab.html}</div>\n'
        for tab in tabs
    )
    return f'<section aria-label="Details"><div role="tablist" aria-label="Details">{heads}</div>\n{panels}</section>\n'


def render_swatch(action: str, text: str) -> str:
    """Return the colour of an action beside a text."""
    return f'<span class="swatch a-{action}"></span> {text}'


def render_counts(label: str, counts: Mapping[str, int]) -> str:
    """Return counts by action as a row of figures; names are safe already."""
    items = [
        f"<li{'' if count else NONE}><b>{count:,}</b>{render_swatch(name, WORD.format(name))}</li>"
        for name, count in counts.items()
    ]
    return f'<ul class="totals" aria-label="{label}">{"".join(items)}</ul>\n'
