"""A source and paths that it must not take in, the same source narrowed by ``where`` until it does not out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.inference.values import Inference, Inferred, SeenTile
from byocplan.model.pattern import DateRange, Where
from byocplan.model.source import SensingKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.model.pattern import Match

#: So many texts of a field at most are listed in ``where``.
MAX_TEXTS = 60


@dataclass(slots=True)
class _Parts:
    """What came of one source."""

    source: Inferred
    sources: list[Inferred] = field(default_factory=list)
    rest: list[SeenTile] = field(default_factory=list)

    def part(
        self, rows: Sequence[tuple[SeenTile, Match]], foreign: Sequence[Match], chosen: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Take the tiles whose text in one field no foreign path has, and go on with the others in another field."""
        if not rows:
            return
        if not foreign:
            self._add(rows, chosen)
            return
        best = _choose_field(rows, foreign, chosen)
        if best is None:
            self.rest.extend(tile for tile, _ in rows)
            return
        name, clean, dirty = best
        self._add([row for row in rows if row[1].fields[name] in clean], {**chosen, name: tuple(sorted(clean))})
        left = [row for row in rows if row[1].fields[name] in dirty]
        near = [match for match in foreign if match.fields.get(name) in dirty]
        self.part(left, near, {**chosen, name: tuple(sorted(dirty))})

    def _add(self, rows: Sequence[tuple[SeenTile, Match]], chosen: Mapping[str, tuple[str, ...]]) -> None:
        before = self.source.where
        where = Where(before.date if before else None, dict(chosen), before.time_name if before else None)
        tiles = [tile for tile, _ in rows]
        self.sources.append(replace(self.source, tiles=tiles, where=where, where_fields=dict(chosen)))


def narrow_source(source: Inferred, foreign_paths: Sequence[str]) -> Inference:
    """Return sources that give the tiles of ``source`` and none of the foreign paths, and tiles that none can give."""
    matches = [match for path in foreign_paths if (match := source.pattern.match_tile(path)) is not None]
    if not matches:
        return Inference((source,))
    rows = [(tile, match) for tile in source.tiles if (match := source.pattern.match_tile(tile.path)) is not None]
    in_time = _narrow_by_time(source, rows, matches)
    if in_time is not None:
        return Inference((in_time,))
    parts = _Parts(source)
    parts.part(rows, matches, {})
    return Inference(tuple(parts.sources), tuple(parts.rest))


def _narrow_by_time(
    source: Inferred, rows: Sequence[tuple[SeenTile, Match]], foreign: Sequence[Match]
) -> Inferred | None:
    """Return the source with a range of dates, where every foreign path is before or after all tiles."""
    name = source.pattern.one_time()
    if name is None or source.sensing.kind is not SensingKind.AUTO:
        return None
    times = [match.times[name] for _, match in rows if name in match.times]
    if len(times) < len(rows) or not times:
        return None
    first, last = min(times), max(times)
    if any(name in match.times and first <= match.times[name] <= last for match in foreign):
        return None
    return replace(source, where=Where(DateRange(first, last)))


def _choose_field(
    rows: Sequence[tuple[SeenTile, Match]], foreign: Sequence[Match], chosen: Mapping[str, tuple[str, ...]]
) -> tuple[str, set[str], set[str]] | None:
    """Return the field in which most tiles differ from all foreign paths: its name, their texts, the other texts."""
    best: tuple[int, str, set[str], set[str]] | None = None
    for name in rows[0][1].fields:
        texts = {match.fields.get(name, "") for _, match in rows}
        clean = texts - {match.fields.get(name) for match in foreign}
        if "#" in name or name in chosen or not clean or not _is_listable(texts, clean):
            continue
        count = sum(match.fields.get(name) in clean for _, match in rows)
        if best is None or count > best[0]:
            best = (count, name, clean, texts - clean)
    return None if best is None else best[1:]


def _is_listable(texts: set[str], clean: set[str]) -> bool:
    """Tell whether ``where`` can list the texts: not too many, none empty or with a wildcard."""
    few = len(clean) <= MAX_TEXTS and len(texts - clean) <= MAX_TEXTS
    return few and not any(not text or "*" in text or "?" in text for text in texts)
