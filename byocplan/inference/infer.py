"""Tiles in, the sources that give them out: one pattern a shape, each tried on every tile. Pure.

A pattern is guessed from a sample of a group. It holds only if, compiled, it takes every tile of the group, gives each
its sensing time, and takes no other tile. A group for which none holds is parted: by how its paths are cut, then by
what their words are, then by their first folder. Linear in the number of tiles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.errors import PatternError
from byocplan.inference.columns import is_word, make_columns, make_skeleton, split_words
from byocplan.inference.dates import choose_known, choose_likely, find_agreeing
from byocplan.inference.narrow import narrow_source
from byocplan.inference.render import render_pattern
from byocplan.inference.values import Inference, Inferred
from byocplan.model.pattern import compile_pattern
from byocplan.model.seen import UNKNOWN, TileList
from byocplan.model.source import SensingKind, SensingTime
from byocplan.model.tile import BAND

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from byocplan.inference.columns import Column
    from byocplan.inference.dates import Span
    from byocplan.inference.tiles import Tiles
    from byocplan.model.seen import SeenTile

#: Tiles that a guess is made from, and how many are added when it does not fit all.
SAMPLE, MORE = 400, 100
ROUNDS = 4
#: A pattern stands for so many tiles at least; single paths say it better otherwise.
MIN_TILES = 2
#: With more patterns than this a manifest says less than a list.
MAX_SOURCES = 60
#: So many guesses are tried on all tiles: where so many do not hold, the paths follow no rule, and time is linear.
MAX_TRIES = 2 * MAX_SOURCES
#: So many groups are looked at, of which the smallest have no sample that a guess is made from.
MAX_GROUPS = 1_000


def infer_sources(tiles: Tiles, min_tiles: int = MIN_TILES) -> Inference:
    """Return patterns that give exactly these tiles, in order of their text, and the tiles left for single paths."""
    work = _Work(tiles, min_tiles, {_get_shape(group.spread(1)[0]): group for group in tiles.part(_get_shape, 1)})
    for group in tiles.part(_get_outline, min_tiles):
        work.fold(group, 0)
    sources = sorted(work.sources, key=lambda each: (each.pattern.text, sorted(each.where_fields.items())))
    return Inference(tuple(sources), tiles.without(source.tiles for source in sources))


@dataclass(slots=True)
class _Work:
    """``by_shape`` has all tiles that a pattern of one shape could take. What no source has in the end is left."""

    tiles: Tiles
    min_tiles: int
    by_shape: dict[Hashable, Tiles]
    sources: list[Inferred] = field(default_factory=list)
    tries: int = 0
    groups: int = 0

    def fold(self, group: Tiles, level: int) -> None:
        """Find the sources of a group, of its parts where one does not do."""
        if len(self.sources) >= MAX_SOURCES or self.tries >= MAX_TRIES or self.groups >= MAX_GROUPS:
            return
        self.groups += 1
        guess = _guess_well(group)
        if guess is not None and not self._takes_foreign(guess):
            self.sources.append(guess)
        elif level < len(LEVELS):
            for part in group.part(LEVELS[level], self.min_tiles):
                self.fold(part, level + 1)
        else:
            self._fold_what_fits(group)

    def _fold_what_fits(self, group: Tiles) -> None:
        """Take the part of a group that the guess from its sample fits, narrowed to that part."""
        guess = _guess(group.spread(SAMPLE))
        if guess is None:
            return
        fitting = group.select(guess.fits)
        if len(fitting) >= self.min_tiles:
            source = Inferred(guess.pattern, guess.sensing, fitting)
            self.sources.extend(narrow_source(source, self._find_foreign(source)))

    def _takes_foreign(self, guess: Inferred) -> bool:
        """Tell whether the pattern takes tiles that are not of its group."""
        others = self._get_alike(guess).iter_without(guess.tiles)
        return any(guess.pattern.match_tile(tile.path) is not None for tile in others)

    def _find_foreign(self, guess: Inferred) -> Tiles:
        """Return the tiles that the pattern takes and that are not of its group."""
        others = self._get_alike(guess).without([guess.tiles])
        return others.select(lambda tile: guess.pattern.match_tile(tile.path) is not None) if len(others) else others

    def _get_alike(self, guess: Inferred) -> Tiles:
        """Return the tiles that the pattern is to be tried on, and count the try."""
        self.tries += 1
        return self.by_shape.get(_get_shape(guess.tiles.spread(1)[0]), self.tiles)


def _guess_well(group: Tiles) -> Inferred | None:
    """Return a pattern that fits the whole group, None where none was found."""
    sample = group.spread(SAMPLE)
    for _ in range(ROUNDS):
        guess = _guess(sample)
        if guess is None:
            return None
        failing = _thin_out((tile for tile in group if not guess.fits(tile)), MORE)
        if not failing:
            return Inferred(guess.pattern, guess.sensing, group)
        sample = [*sample, *failing]
    return None


def _thin_out(tiles: Iterable[SeenTile], count: int) -> list[SeenTile]:
    """Return ``count`` tiles or more, fewer than twice as many, from all over what comes; all where these are fewer."""
    kept: list[SeenTile] = []
    step = 1
    for number, tile in enumerate(tiles):
        if number % step:
            continue
        kept.append(tile)
        if len(kept) == 2 * count:
            kept, step = kept[::2], 2 * step
    return kept


def _guess(sample: Sequence[SeenTile]) -> Inferred | None:
    columns = make_columns([tile.path for tile in sample])
    found = _find_time(columns, [tile.sensing_time_ms for tile in sample])
    if found is None:
        return None
    sensing, spans = found
    try:
        text = render_pattern(columns, spans, is_sample=sample[0].sensing_time_ms is UNKNOWN)
        return Inferred(compile_pattern(text), sensing, TileList(sample))
    except PatternError:
        return None


def _find_time(columns: Sequence[Column], times: Sequence[object]) -> tuple[SensingTime, list[Span]] | None:
    """Return where the sensing times come from: places in the path, or one time for all; None where neither."""
    known = [time for time in times if isinstance(time, int)]
    if not known:
        likely = choose_likely(columns) if UNKNOWN in times else None
        sensing = SensingTime(SensingKind.KEEP if UNKNOWN in times else SensingKind.FIXED)
        return (sensing, []) if likely is None else (SensingTime(), [likely, *find_agreeing(columns, likely)])
    if len(known) < len(times):
        return None
    chosen = choose_known(columns, known)
    if chosen is not None:
        return SensingTime(), [chosen, *find_agreeing(columns, chosen)]
    return (SensingTime(SensingKind.FIXED, known[0]), []) if len(set(known)) == 1 else None


def _get_shape(tile: SeenTile) -> Hashable:
    """Return what no pattern without ``{**}`` reaches over."""
    return tile.path.count("/"), BAND in tile.path


def _get_outline(tile: SeenTile) -> Hashable:
    band = next((index for index, folder in enumerate(tile.path.split("/")) if BAND in folder), -1)
    return _get_shape(tile), band, tile.path.rpartition(".")[2], tile.sensing_time_ms is None


def _get_cuts(tile: SeenTile) -> Hashable:
    return make_skeleton(tile.path)


def _get_kinds(tile: SeenTile) -> Hashable:
    """Return how each word is made: digits and how many, letters, or both."""
    return tuple(_get_kind(token) for token in split_words(tile.path))


def _get_kind(token: str) -> str:
    if not is_word(token):
        return token
    if token.isdigit():
        return f"#{len(token)}" if len(token) > 2 else "#"  # noqa: PLR2004 - months and days come with and without 0
    return "a" if token.isalpha() else "x"


def _get_first_folder(tile: SeenTile) -> Hashable:
    return tile.path.partition("/")[0]


#: By what a group is parted that no pattern fits, one after the other.
LEVELS: tuple[Callable[[SeenTile], Hashable], ...] = (_get_cuts, _get_kinds, _get_first_folder)
