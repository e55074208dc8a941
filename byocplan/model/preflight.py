"""What preflight finds: verdicts on files and tiles, and the report on a tile set. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that a file or tile breaks, or advice that it does not follow; ``text`` says what about this one."""

    rule: str
    text: str
    is_advice: bool = False


@dataclass(frozen=True, slots=True)
class BandNeed:
    """What a configured band asks of its file; None asks for nothing. ``source`` takes the place of ``(BAND)``."""

    name: str
    source: str
    band_index: int = 1
    bit_depth: int | None = None
    sample_format: str | None = None


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """``header_bytes`` is 0 when the header could not be read."""

    key: str
    findings: tuple[Finding, ...] = ()
    header_bytes: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether the service would refuse the file."""
        return any(not finding.is_advice for finding in self.findings)


@dataclass(frozen=True, slots=True)
class TileVerdict:
    """``findings`` are those of the files together."""

    path: str
    files: tuple[FileVerdict, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the tile would be FAILED."""
        return bool(self.findings) or any(file.is_refused for file in self.files)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule is broken. ``samples`` map keys (or a tile's path) to what is wrong, the first of them in order.

    ``says`` is the rule itself.
    """

    rule: str
    says: str
    count: int
    samples: Mapping[str, str] = field(default_factory=dict)
    is_advice: bool = False


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """The verdict on one tile set. ``tiles`` are all complete desired tiles, of which ``checked`` were read.

    ``rules`` come with the most broken first, advice last. ``failures`` say which listings are not complete, ``notes``
    what discovery found worth knowing; they refuse nothing.
    """

    address: Address
    tiles: int
    checked: int = 0
    refused: int = 0
    files: int = 0
    refused_files: int = 0
    largest_header_bytes: int = 0
    rules: tuple[RuleCount, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``refused``, ``incomplete``, ``empty`` or ``passed``."""
        if self.refused:
            return "refused"
        if self.failures:
            return "incomplete"
        return "passed" if self.checked else "empty"

    @property
    def is_passed(self) -> bool:
        """Whether nothing was found that an ingestion would fail by."""
        return self.verdict in ("passed", "empty")
