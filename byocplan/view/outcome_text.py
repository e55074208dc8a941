"""An outcome in, text out: what was done, what ingestion made of it, what failed, and the ids to use. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.change import WRITES, Action
from byocplan.view.clean import clean
from byocplan.view.style import PLAIN, Paint
from byocplan.view.words import format_count, format_rest, format_seconds, indent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.outcome import Outcome
    from byocplan.view.style import Style

CAUSES_SHOWN = 6
OUTPUTS_SHOWN = 20

DONE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "adopt": "adopted",
    "reingest": "reingested",
    "delete": "deleted",
    "forget": "forgotten",
}
NEXT = {
    7: "A part is not done: run {command} again; what is done stays done.",
    9: "Ingestion goes on at the service: `byocplan plan` shows how far it is.",
    10: "Mend the files and run {command} again: a newer file is reingested.",
}


def render_outcome(outcome: Outcome, style: Style, command: str = "`byocplan apply`") -> str:
    """Return the outcome of a command as text, at most some 50 lines; ``command`` is how to run it again."""
    code = 7 if outcome.signal else outcome.exit_code
    advice = [NEXT[code].format(command=command)] if code in NEXT else []
    paragraphs = [
        [_render_head(outcome, style), *indent([*_list_judged(outcome, style), *_list_ingestion(outcome, style)])],
        _list_outputs({str(address): value for address, value in outcome.outputs.items()}),
        advice,
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def render_outcome_line(outcome: Outcome) -> str:
    """Return the outcome on one line, for where there is no room for more."""
    counts = {
        "satisfied": outcome.satisfied,
        "conflict": outcome.conflict,
        "failed": outcome.failed,
        "skipped": outcome.skipped,
        "INGESTED": outcome.ingested,
        "pending": outcome.pending,
        "FAILED": outcome.ingestion_failed,
    }
    told = [f"{count:,} {word}" for word, count in counts.items() if count]
    return "; ".join([_render_head(outcome, PLAIN).partition(".   ")[0].removesuffix("."), *told])


def _render_head(outcome: Outcome, style: Style) -> str:
    parts = [text for text in (_render_done(outcome, "collection"), _render_done(outcome, "tile")) if text]
    stopped = f"Stopped early{f' ({clean(outcome.stopped_by)})' if outcome.stopped_by else ''}; applied"
    head = f"{stopped if outcome.is_stopped else 'Applied'}: {'; '.join(parts) or 'nothing'}."
    paint = Paint.GREEN if outcome.exit_code == 0 else Paint.YELLOW
    cost = f"{format_count(outcome.requests, 'request')} in {format_seconds(outcome.elapsed_s)}"
    return style.paint(head, paint) + (f"   {cost}" if outcome.requests else "")


def _render_done(outcome: Outcome, noun: str) -> str:
    """Return ``12 tiles created, 3 deleted``."""
    actions = WRITES if noun == "tile" else tuple(Action)
    counted = [(DONE.get(action.value, ""), outcome.applied.get(f"{noun}.{action.value}", 0)) for action in actions]
    words = [(word, count) for word, count in counted if word and count]
    if not words:
        return ""
    (first_word, first_count), *others = words
    head = f"{format_count(first_count, noun)} {first_word}"
    return ", ".join([head, *(f"{count:,} {word}" for word, count in others)])


def _list_judged(outcome: Outcome, style: Style) -> list[str]:
    """Return what was not written, and why."""
    lines = []
    if outcome.satisfied:
        lines.append(f"satisfied  {outcome.satisfied:,} were so already")
    if outcome.conflict:
        lines.append(
            style.paint(f"conflict   {outcome.conflict:,} changed since the plan and were left alone", Paint.RED)
        )
    if outcome.skipped:
        lines.append(style.paint(f"skipped    {outcome.skipped:,} not begun", Paint.YELLOW))
    if outcome.failed:
        lines.append(style.paint(f"failed     {format_count(outcome.failed, 'change')} refused", Paint.RED))
    return [*lines, *indent(_list_counted(outcome.errors, outcome.examples, "error"), 11)]


def _list_ingestion(outcome: Outcome, style: Style) -> list[str]:
    """Return what became of the tiles handed to ingestion, and the causes of those that FAILED."""
    if not (outcome.ingested or outcome.pending or outcome.ingestion_failed):
        return []
    words = [f"{outcome.ingested:,} INGESTED"]
    if outcome.pending:
        words.append(f"{outcome.pending:,} pending")
    if outcome.ingestion_failed:
        words.append(style.paint(f"{outcome.ingestion_failed:,} FAILED", Paint.RED))
    waited = "" if outcome.is_waited else " (not waited for)"
    return [
        f"ingestion  {', '.join(words)}{waited}",
        *indent(_list_counted(outcome.by_cause, outcome.examples, "cause"), 11),
    ]


def _list_counted(counts: Mapping[str, int], examples: Mapping[str, str], noun: str) -> list[str]:
    """Return a line a text with its count, and one example each; the most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:CAUSES_SHOWN]
    lines = []
    for text, count in ranked:
        lines.append(f"{count:,}  {clean(text)}")
        if examples.get(text):
            lines.append(f"   e.g. {clean(examples[text])}")
    return lines + format_rest(len(counts), len(ranked), noun)


def _list_outputs(outputs: Mapping[str, str]) -> list[str]:
    """Return address, id and the name other Sentinel Hub services know the collection by, in columns."""
    if not outputs:
        return []
    rows = [(clean(address, 80), clean(value, 60)) for address, value in sorted(outputs.items())[:OUTPUTS_SHOWN]]
    width = max(len(address) for address, _ in rows)
    lines = [f"{address:<{width}}  {value}  byoc-{value}" for address, value in rows]
    return ["Outputs", *indent(lines + format_rest(len(outputs), len(rows), "collection"))]
