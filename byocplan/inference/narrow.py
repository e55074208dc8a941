"""A source and tiles that it must not take in, the same source narrowed by ``where`` until it does not out. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from byocplan.model.pattern import DateRange, Where
from byocplan.model.source import SensingKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.inference.tiles import Tiles
    from byocplan.inference.values import Inferred
    from byocplan.model.pattern import Match, PathPattern
    from byocplan.model.seen import SeenTile

#: So many texts of a field at most are listed in ``where``.
MAX_TEXTS = 60


@dataclass(slots=True)
class _Parts:
    """What came of one source."""

    source: Inferred
    sources: list[Inferred] = field(default_factory=list)

    def part(self, rows: Tiles, foreign: Tiles, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Take the tiles whose text in one field no foreign path has, and go on with the others in another field."""
        if not len(rows):
            return
        if not len(foreign):
            self._add(rows, chosen)
            return
        best = _choose_field(self.source.pattern, rows, foreign, chosen)
        if best is None:
            return
        name, clean, dirty = best
        self._add(self._select(rows, name, clean), {**chosen, name: tuple(sorted(clean))})
        left, near = self._select(rows, name, dirty), self._select(foreign, name, dirty)
        self.part(left, near, {**chosen, name: tuple(sorted(dirty))})

    def _select(self, tiles: Tiles, name: str, texts: set[str]) -> Tiles:
        """Return the tiles that have one of the texts in a field."""

        def has_text(tile: SeenTile) -> bool:
            match = self.source.pattern.match_tile(tile.path)
            return match is not None and match.fields.get(name) in texts

        return tiles.select(has_text)

    def _add(self, rows: Tiles, chosen: Mapping[str, tuple[str, ...]]) -> None:
        before = self.source.where
        where = Where(before.date if before else None, dict(chosen), before.time_name if before else None)
        self.sources.append(replace(self.source, tiles=rows, where=where, where_fields=dict(chosen)))


def narrow_source(source: Inferred, others: Tiles) -> tuple[Inferred, ...]:
    """Return sources that give the tiles of ``source``, so far as any can, and none of the others."""
    foreign = others.select(lambda tile: source.pattern.match_tile(tile.path) is not None)
    if not len(foreign):
        return (source,)
    in_time = _narrow_by_time(source, foreign)
    if in_time is not None:
        return (in_time,)
    parts = _Parts(source)
    parts.part(source.tiles, foreign, {})
    return tuple(parts.sources)


def _narrow_by_time(source: Inferred, foreign: Tiles) -> Inferred | None:
    """Return the source with a range of dates, where every foreign path is before or after all tiles."""
    name = source.pattern.one_time()
    if name is None or source.sensing.kind is not SensingKind.AUTO:
        return None
    first = last = None
    for match in _iter_matches(source.pattern, source.tiles):
        if name not in match.times:
            return None
        time_ms = match.times[name]
        first, last = min(time_ms, time_ms if first is None else first), max(time_ms, time_ms if last is None else last)
    if first is None or last is None:
        return None
    if any(
        name in match.times and first <= match.times[name] <= last for match in _iter_matches(source.pattern, foreign)
    ):
        return None
    return replace(source, where=Where(DateRange(first, last)))


def _iter_matches(pattern: PathPattern, tiles: Tiles) -> Iterator[Match]:
    return (match for tile in tiles if (match := pattern.match_tile(tile.path)) is not None)


def _choose_field(
    pattern: PathPattern, rows: Tiles, foreign: Tiles, chosen: Mapping[str, tuple[str, ...]]
) -> tuple[str, set[str], set[str]] | None:
    """Return the field in which most tiles differ from all foreign paths: its name, their texts, the other texts."""
    counts = _count_texts(pattern, rows, chosen)
    shared: dict[str, set[str]] = {name: set() for name in counts}
    for match in _iter_matches(pattern, foreign):
        for name, texts in shared.items():
            text = match.fields.get(name)
            if text is not None and text in counts[name]:
                texts.add(text)
    best: tuple[int, str, set[str], set[str]] | None = None
    for name, each in counts.items():
        clean = each.keys() - shared[name]
        if not clean or not _is_listable(set(each), clean):
            continue
        count = sum(each[text] for text in clean)
        if best is None or count > best[0]:
            best = (count, name, clean, shared[name])
    return None if best is None else best[1:]


def _count_texts(pattern: PathPattern, rows: Tiles, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, Counter[str]]:
    """Return how many tiles have each text of each field, of fields whose texts ``where`` could list."""
    counts: dict[str, Counter[str]] | None = None
    for match in _iter_matches(pattern, rows):
        if counts is None:
            counts = {name: Counter() for name in match.fields if "#" not in name and name not in chosen}
        for name in list(counts):
            counts[name][match.fields.get(name, "")] += 1
            if len(counts[name]) > 2 * MAX_TEXTS:
                del counts[name]
    return counts or {}


def _is_listable(texts: set[str], clean: set[str]) -> bool:
    """Tell whether ``where`` can list the texts: not too many, none empty or with a wildcard."""
    few = len(clean) <= MAX_TEXTS and len(texts - clean) <= MAX_TEXTS
    return few and not any(not text or "*" in text or "?" in text for text in texts)
