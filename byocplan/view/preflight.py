"""What preflight found in, text or JSON out: a verdict a collection, the rules broken, and by which files. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.style import Paint
from byocplan.view.words import format_count, format_rest, indent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.preflight import PreflightReport, RuleCount
    from byocplan.view.style import Style

SHOWN = 5
FAILURES_SHOWN = 10
NOTES_SHOWN = 10
PAINTS = {"passed": Paint.GREEN, "refused": Paint.RED, "incomplete": Paint.RED, "empty": Paint.YELLOW}


def render_preflight(reports: Sequence[PreflightReport], style: Style) -> str:
    """Return a block an address."""
    if not reports:
        return "No collections.\n"
    return "\n\n".join("\n".join(_list_block(report, style)) for report in reports) + "\n"


def render_preflight_json(reports: Sequence[PreflightReport]) -> str:
    """Return a JSON object whose ``collections`` are keyed by address."""
    return encode_json(
        {
            "format_version": FORMAT_VERSION,
            "passed": all(report.is_passed for report in reports),
            "collections": {report.address: _make_document(report) for report in reports},
        }
    )


def _list_block(report: PreflightReport, style: Style) -> list[str]:
    head = "   ".join(
        [
            style.paint(clean(report.address, 80), Paint.BOLD),
            style.paint(report.verdict, PAINTS[report.verdict]),
            *_list_counts(report),
        ]
    )
    lines = [line for rule in report.rules for line in _list_rule(rule, style)]
    failures = [
        style.paint(f"listing not complete: {clean(text)}", Paint.RED) for text in report.failures[:FAILURES_SHOWN]
    ]
    notes = [f"{style.paint('note   ', Paint.YELLOW)}  {clean(text)}" for text in report.notes[:NOTES_SHOWN]]
    lines += [*failures, *format_rest(len(report.failures), len(failures), "listing")]
    lines += [*notes, *format_rest(len(report.notes), len(notes), "note")]
    return [head, *indent(lines)]


def _list_counts(report: PreflightReport) -> list[str]:
    if not report.checked:
        return ["no tiles to check"]
    part = "all of " if report.checked == report.tiles else f"{report.checked:,} of "
    counts = [f"{part}{format_count(report.tiles, 'tile')} checked, {format_count(report.files, 'file')}"]
    if report.refused:
        tiles, files = format_count(report.refused, "tile"), format_count(report.refused_files, "file")
        counts.append(f"{tiles} would fail by {files}" if report.refused_files else f"{tiles} would fail")
    return counts


def _list_rule(rule: RuleCount, style: Style) -> list[str]:
    word = style.paint("advice ", Paint.YELLOW) if rule.is_advice else style.paint("refused", Paint.RED)
    samples = [f"{clean(key, 160)}   {clean(text)}" for key, text in list(rule.samples.items())[:SHOWN]]
    rest = format_rest(rule.count, len(samples), "like this", "like this")
    return [f"{word}  {rule.rule}  {rule.count:,}   rule: {rule.says}", *indent(samples + rest, 9)]


def _make_document(report: PreflightReport) -> dict[str, object]:
    return {
        "verdict": report.verdict,
        "tiles": report.tiles,
        "checked": report.checked,
        "refused": report.refused,
        "files": report.files,
        "refused_files": report.refused_files,
        "largest_header_bytes": report.largest_header_bytes,
        "rules": [_make_rule(rule) for rule in report.rules],
        "failures": list(report.failures),
        "notes": list(report.notes),
    }


def _make_rule(rule: RuleCount) -> dict[str, object]:
    return {
        "rule": rule.rule,
        "says": rule.says,
        "advice": rule.is_advice,
        "count": rule.count,
        "samples": [{"key": key, "text": text} for key, text in rule.samples.items()],
    }
