"""What one entry of ``spec.tiles`` says of its tiles: rules, sensing times, its text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.source import OnContentChange, PatternSource, SensingKind, TableSource
from byocplan.model.tile import BAND, EXTENSIONS
from byocplan.sets import SourceRule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from byocplan.model.band import Band
    from byocplan.model.pattern import Match
    from byocplan.model.source import PathSource, TileOptions, TileSource

#: What a tile of one file requires: the one text that stands for "no band".
ONE_FILE = ("",)


def make_source_rules(sources: Sequence[TileSource], bands: Collection[str] | None) -> list[SourceRule]:
    """Return one rule a source, in order; ``bands`` are the texts for ``(BAND)``, None while none are configured."""
    return [make_source_rule(source, bands) for source in sources]


def make_source_rule(source: TileSource, bands: Collection[str] | None) -> SourceRule:
    """Return the rule of one source."""
    options = source.options
    # Whether a table has times is known once it is read.
    kept = {SensingKind.KEEP, SensingKind.AUTO} if isinstance(source, TableSource) else {SensingKind.KEEP}
    return SourceRule(
        place=source.place,
        required=_make_required(source, bands),
        sensing_managed=options.sensing_time.kind not in kept,
        cover=options.cover,
        reingest_on_change=options.on_content_change is OnContentChange.REINGEST,
        prune=options.prune,
    )


def get_band_texts(bands: Mapping[str, Band] | None) -> tuple[str, ...] | None:
    """Return the texts that take the place of ``(BAND)``, each once; None when the manifest configures no bands."""
    if bands is None:
        return None
    return tuple(sorted({band.source or band.name for band in bands.values()}))


def get_sensing_time(options: TileOptions, match: Match | None) -> int | None:
    """Return the sensing time (ms) of the tile a key belongs to, None for timeless. A path has no match."""
    sensing = options.sensing_time
    if sensing.kind is SensingKind.FIXED:
        return sensing.fixed_ms
    if match is None or sensing.kind is SensingKind.KEEP:
        return None
    if sensing.kind is SensingKind.FIELD:
        return match.times.get(sensing.field or "")
    return next(iter(match.times.values())) if len(match.times) == 1 else None


def get_text(source: TileSource) -> str:
    """Return what the manifest says: the pattern, the path or the table."""
    if isinstance(source, TableSource):
        return source.table
    return source.pattern.text if isinstance(source, PatternSource) else source.path


def is_folder(source: PathSource) -> bool:
    """Tell whether the path names a folder, so that its files must be looked up to know the tile path."""
    return BAND not in source.path and not source.path.lower().endswith(EXTENSIONS)


def get_first_folder(path: str) -> str:
    """Return the first folder of a path, empty for one at the root of the bucket."""
    return path.partition("/")[0] if "/" in path else ""


def _make_required(source: TileSource, bands: Collection[str] | None) -> tuple[str, ...] | None:
    if isinstance(source, TableSource):
        return None
    has_band = (
        source.pattern.has_band if isinstance(source, PatternSource) else BAND in source.path or is_folder(source)
    )
    if not has_band:
        return ONE_FILE
    return None if bands is None else tuple(sorted(set(bands)))
