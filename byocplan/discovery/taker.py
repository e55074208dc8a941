"""Keys of a page in, offered to every source that looks at them; tiles and what is left over out. Pure.

Where keys come from does not matter here: a listing, or a table that stands for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from byocplan.discovery.rule import get_first_folder, get_sensing_time
from byocplan.discovery.tile_buffer import FoundTile
from byocplan.model.pattern import KeyMatcher, Where

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from byocplan.discovery.left_over import LeftOver
    from byocplan.discovery.listing import ObjectPage
    from byocplan.discovery.progress import SourceProgress
    from byocplan.model.pattern import Match
    from byocplan.model.source import PatternSource

T = TypeVar("T")

#: Tile paths remembered before they are forgotten: more than a buffer holds, since some are not asked for.
MAX_REMEMBERED = 50_000
#: Stands for all tiles of which the service does not take the path.
REFUSED = FoundTile("", None, "")


class Taker:
    """One pattern source, ready to take keys. ``bands`` None takes any text for ``(BAND)``."""

    def __init__(self, source: PatternSource, progress: SourceProgress, bands: frozenset[str] | None) -> None:
        self.source, self.progress = source, progress
        self._is_asked = source.where != Where()
        self._first_field = source.pattern.first_field
        self._matcher = KeyMatcher(source.pattern.text, bands, self._judge)

    def take(self, page: ObjectPage) -> Sequence[object | None]:
        """Take the keys that are files of this source; the answer has None for each of the others."""
        tiles, bands = self._matcher.match_keys(page.keys)
        kept = 0
        for tile, first, end in iter_runs(tiles):
            if tile is not None and tile is not REFUSED:
                kept += end - first
                tile.add(bands[first:end], page.etags[first:end], page.modified_ms[first:end])
        self.progress.keys += kept
        if REFUSED in tiles or page.archived:
            self._count_others(page, tiles)
        if self.progress.tiles.is_full or self._matcher.count > MAX_REMEMBERED:
            self.flush()
        return tiles

    def flush(self) -> None:
        """Hand over what was taken."""
        self.progress.tiles.flush()
        self._matcher.forget()

    def _judge(self, match: Match) -> FoundTile | None:
        if self._is_asked and not self.source.where.accepts(match):
            return None
        if not is_tile_path(match.tile_path):
            return REFUSED
        first = self._first_field
        group = (match.fields.get(first) if first else None) or get_first_folder(match.tile_path)
        sensing_time_ms = get_sensing_time(self.source.options, match)
        return self.progress.tiles.start(FoundTile(match.tile_path, sensing_time_ms, group))

    def _count_others(self, page: ObjectPage, tiles: Sequence[FoundTile | None]) -> None:
        for key, tile in zip(page.keys, tiles, strict=True):
            if tile is REFUSED:
                self.progress.refused += 1
                # The least of all, for pages come in any order.
                self.progress.refused_sample = min(self.progress.refused_sample or key, key)
            elif tile is not None:
                self.progress.archived += key in page.archived


def offer_page(page: ObjectPage, takers: Sequence[Taker], taken: Collection[str], left_over: LeftOver) -> None:
    """Offer the keys to all takers and count those that none took; ``taken`` are keys taken elsewhere.

    Every source is asked, also after one took a key, so that two claiming one tile come to light.
    """
    takes = [taker.take(page) for taker in takers]
    if all(None in each for each in takes):
        for key, *tiles in zip(page.keys, *takes, strict=True):
            if all(tile is None for tile in tiles) and key not in taken:
                left_over.add(key)


def iter_runs(items: Sequence[T]) -> Iterator[tuple[T, int, int]]:
    """Yield items with where they begin and end; the same one several times in a row comes once, as a tile's do."""
    first, last = 0, items[0] if items else None
    for index, item in enumerate(items):
        if item is not last:
            yield items[first], first, index
            first, last = index, item
    if items:
        yield items[first], first, len(items)


def is_tile_path(path: str) -> bool:
    """Tell whether the service takes the path. Source: BYOC OpenAPI, BYOCTile.path, ``^([^/](/?[^/])*)?$``."""
    return not path.startswith("/") and not path.endswith("/") and "//" not in path
