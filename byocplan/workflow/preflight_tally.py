"""Verdicts in, one report out: counts and first samples by rule; nothing grows with the tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.cog.judge import SAYINGS
from byocplan.model.preflight import PreflightReport, RuleCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.model.address import Address
    from byocplan.model.preflight import Finding, TileVerdict

MAX_SAMPLES = 20


@dataclass(slots=True)
class _Rule:
    """What one rule has been broken by so far."""

    is_advice: bool
    count: int = 0
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, texts: Sequence[str]) -> None:
        self.count += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples[name] = "; ".join(texts)


@dataclass(slots=True)
class PreflightTally:
    """Counts verdicts as they come, in order of path."""

    checked: int = 0
    refused: int = 0
    files: int = 0
    refused_files: int = 0
    largest_header_bytes: int = 0
    rules: dict[str, _Rule] = field(default_factory=dict)

    def add(self, verdicts: Iterable[TileVerdict]) -> None:
        """Count tiles and their files."""
        for tile in verdicts:
            self.checked += 1
            self.refused += tile.is_refused
            self.files += len(tile.files)
            self._add_findings(tile.path, tile.findings)
            for file in tile.files:
                self.refused_files += file.is_refused
                self.largest_header_bytes = max(self.largest_header_bytes, file.header_bytes)
                self._add_findings(file.key, file.findings)

    def make_report(self, address: Address, tiles: int, failures: tuple[str, ...]) -> PreflightReport:
        """Return what was counted; ``tiles`` are all there are."""
        counts = [
            RuleCount(name, SAYINGS[name], rule.count, rule.samples, rule.is_advice)
            for name, rule in self.rules.items()
        ]
        return PreflightReport(
            address,
            tiles,
            self.checked,
            self.refused,
            self.files,
            self.refused_files,
            self.largest_header_bytes,
            tuple(sorted(counts, key=lambda rule: (rule.is_advice, -rule.count, rule.rule))),
            failures,
        )

    def _add_findings(self, name: str, findings: Sequence[Finding]) -> None:
        """Count each rule once for a file or tile, however often it breaks it."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in findings:
            by_rule.setdefault(finding.rule, []).append(finding)
        for rule, broken in by_rule.items():
            counted = self.rules.setdefault(rule, _Rule(broken[0].is_advice))
            counted.add(name, [finding.text for finding in broken])
