"""Findings in, lines or JSON out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.finding import Verdict
from byocplan.view.clean import clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.style import Paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.model.finding import Finding
    from byocplan.view.style import Style

_PAINTS = {Verdict.OK: Paint.GREEN, Verdict.PROBLEM: Paint.RED, Verdict.UNKNOWN: Paint.YELLOW}
LONGEST = 600


def render_finding(finding: Finding, style: Style) -> str:
    """Return a line, and one with the mend where there is something to mend; what is to be pasted stands below."""
    verdict = style.paint(f"{finding.verdict.value:<7}", _PAINTS[finding.verdict])
    mend = f"         mend: {clean(finding.mend, LONGEST)}\n" if finding.mend else ""
    paste = "".join(f"{clean(line, LONGEST)}\n" for line in finding.paste.splitlines())
    return f"{verdict}  {clean(finding.subject)}: {clean(finding.detail, LONGEST)}\n{mend}{paste}"


def render_findings_json(findings: Sequence[Finding]) -> str:
    """Return JSON that follows ``schemas/v1/doctor.schema.json``."""
    plain = [
        {
            "subject": each.subject,
            "verdict": each.verdict.value,
            "detail": each.detail,
            "mend": each.mend or None,
            "paste": each.paste or None,
        }
        for each in findings
    ]
    return encode_json({"format_version": FORMAT_VERSION, "findings": plain})
