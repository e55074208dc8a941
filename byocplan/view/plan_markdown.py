"""A plan in, Markdown for a pull request out: ranked, cut from the bottom to what the host takes. Pure.

The first line is a comment by which a bot finds its own comment and updates it in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.view.clean import clean, clean_code
from byocplan.view.cut import count_units, cut_pieces
from byocplan.view.headline import render_drift_headline, render_headline
from byocplan.view.json_text import encode_json_line
from byocplan.view.markdown import make_paragraph
from byocplan.view.markdown_danger import list_danger
from byocplan.view.markdown_details import list_details
from byocplan.view.words import format_count, format_minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.plan import Plan
    from byocplan.view.cut import Piece


HASH_LIMIT = 64
#: What could end or open a comment, as JSON escapes.
MARKUP = {"<": "\\u003c", ">": "\\u003e", "--": "-\\u002d"}


@dataclass(frozen=True, slots=True)
class Host:
    """What a host of pull requests takes: ``limit`` characters a comment; ``folds`` where it knows ``<details>``."""

    limit: int
    folds: bool = True


#: Source: the documentation of each host. GitHub takes 65,536; the rest is for the line that the action adds.
HOSTS = {
    "github": Host(65_000),
    "gitlab": Host(1_000_000),
    "azure": Host(150_000),
    "bitbucket": Host(32_768, folds=False),
}
CUT_NOTE = "**Cut here**: a comment may have {limit:,} characters. `byocplan show` on a plan file has the rest."


def render_plan_markdown(plan: Plan, host: Host) -> str:
    """Return the plan as Markdown that the host takes, characters counted in UTF-16.

    Whether it was cut is told in the first line and in the last but one. The limit has to leave room for these.
    """
    return _render(plan, host, f"byocplan: {render_headline(plan)}")


def render_drift_markdown(plan: Plan, host: Host) -> str:
    """Return the same of a plan narrowed to what was changed outside."""
    return _render(plan, host, f"byocplan drift: {render_drift_headline(plan)}")


def _render(plan: Plan, host: Host, title: str) -> str:
    end = _render_end(plan)
    body, is_cut = cut_pieces(
        _list_pieces(plan, host, title), host.limit - count_units(_render_marker(plan, is_cut=False) + end)
    )
    marker = _render_marker(plan, is_cut=is_cut)
    if not is_cut:
        return marker + body + end
    note = f"\n{CUT_NOTE.format(limit=host.limit)}\n\n"
    body, _ = cut_pieces(_list_pieces(plan, host, title), host.limit - count_units(marker + note + end))
    return marker + body + note + end


def _render_marker(plan: Plan, *, is_cut: bool) -> str:
    """Return the first line, which tells the comments of several projects apart; nothing in it can end the comment."""
    hashes = {"plan_hash": plan.plan_hash, "guard_hash": plan.guard_hash}
    values = {"project": plan.project, **hashes, "truncated": is_cut}
    cleaned = {name: clean(value, HASH_LIMIT) if isinstance(value, str) else value for name, value in values.items()}
    text = encode_json_line(cleaned).replace(", ", ",").replace(": ", ":")
    for sign, shown in MARKUP.items():
        text = text.replace(sign, shown)
    return f"<!-- byocplan:{text} -->\n"


def _render_end(plan: Plan) -> str:
    hashes = [("plan", plan.plan_hash), ("guard", plan.guard_hash)]
    shown = [f"{word} {clean_code(text, HASH_LIMIT)}" for word, text in hashes if text]
    return f"{' · '.join(shown)}\n" if shown else ""


def _list_pieces(plan: Plan, host: Host, title: str) -> Iterator[Piece]:
    """Yield the document, what matters most first."""
    yield make_paragraph(f"### {title}")
    yield make_paragraph(
        f"Project {clean_code(plan.project, 80)} on {clean_code(plan.deployment, 80)}.{_render_cost(plan)}"
    )
    yield from list_danger(plan)
    yield from list_details(plan, folds=host.folds)


def _render_cost(plan: Plan) -> str:
    estimate = plan.estimate
    if estimate.minutes is None or not plan.has_changes:
        return ""
    requests = format_count(estimate.writes + estimate.reads, "request")
    return f" Estimate: {requests}, {format_minutes(estimate.minutes)}."
