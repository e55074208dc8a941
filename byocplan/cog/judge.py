"""Verdicts: functions that read files in, what the service would say of them out. Touches only those functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.cog.header import read_header
from byocplan.cog.rules import RULES, check_header
from byocplan.cog.tile_rules import TILE_RULES, check_tile
from byocplan.errors import FileError
from byocplan.model.preflight import FileVerdict, Finding, TileVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from byocplan.cog.header import Header
    from byocplan.cog.window import Piece
    from byocplan.model.preflight import BandNeed

#: Every rule in words, by name.
SAYINGS: Mapping[str, str] = {
    **{rule.name: rule.says for rule in RULES},
    **TILE_RULES,
    "header-size": "the header has no more than one megabyte",
    "unreadable": "the file can be read",
}


def judge_file(key: str, read: Callable[[int, int], Piece]) -> tuple[FileVerdict, Header | None]:
    """Return the verdict on one file, and its header if there is one. Whatever else ``read`` raises comes through."""
    try:
        header = read_header(read)
    except FileError as failure:
        return FileVerdict(key, (Finding(failure.rule, failure.what),)), None
    return FileVerdict(key, check_header(header), header.header_bytes), header


def judge_tile(
    path: str, files: Mapping[str, tuple[FileVerdict, Header | None]], bands: Sequence[BandNeed]
) -> TileVerdict:
    """Return the verdict on a tile from those on its files, by the text for ``(BAND)``.

    The files are compared only where each alone would pass: what else is wrong would follow from that.
    """
    verdicts = tuple(verdict for _, (verdict, _) in sorted(files.items()))
    headers = {source: header for source, (_, header) in files.items() if header is not None}
    if any(verdict.is_refused for verdict in verdicts):
        return TileVerdict(path, verdicts)
    return TileVerdict(path, verdicts, check_tile(headers, bands))
