"""Keys in, matches out, by one regular expression for each alternative of a pattern. Pure; expressions are cached."""

import re
from dataclasses import dataclass
from functools import lru_cache

from byocplan.model.pattern.alternatives import Alternative, read_pattern
from byocplan.model.pattern.pieces import BAND_TEXT, Piece
from byocplan.model.pattern.regex import bind_band, make_regex
from byocplan.model.pattern.times import make_time
from byocplan.model.pattern.values import Match

EXTENSIONS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class Matcher:
    """One alternative ready to match: captures as (name, first group, last group), times as (name, units, groups)."""

    regex: re.Pattern[str]
    options: tuple[bool, ...]
    captures: tuple[tuple[str, int, int], ...]
    times: tuple[tuple[str, str, tuple[int, ...]], ...]
    band: int | None


def match_key(text: str, key: str, bands: frozenset[str] | None) -> Match | None:
    """Return the match of a key, or None; the pattern is known by its text."""
    if not key.lower().endswith(EXTENSIONS):
        return None
    for matcher in make_matchers(text, bands):
        found = matcher.regex.match(key)
        if found is not None and (match := make_match(matcher, found)) is not None:
            return match
    return None


def make_match(matcher: Matcher, found: "re.Match[str]") -> Match | None:
    """Return what the expression of one alternative found as a match, None where a time does not exist."""
    times: dict[str, int] = {}
    for name, units, groups in matcher.times:
        time = make_time(units, tuple(found[group] for group in groups))
        if isinstance(time, str):
            return None
        times[name] = time
    key = found.string
    fields = {name: key[found.start(first) : found.end(last)] for name, first, last in matcher.captures}
    if matcher.band is None:
        return Match(key, fields, None, key, times, matcher.options)
    start, end = found.span(matcher.band)
    band = key[start:end]
    path = f"{key[:start]}{BAND_TEXT}{key[end:]}"
    return Match(key, fields, None if band == BAND_TEXT else band, path, times, matcher.options)


@lru_cache(maxsize=4096)
def bind_alternatives(text: str, bands: frozenset[str] | None) -> tuple[tuple[Piece, ...], ...]:
    """Return the pieces of each alternative, with the band as one of the sources if there are any."""
    return tuple(bind_band(each.pieces, bands) for each in read_pattern(text)[1])


@lru_cache(maxsize=4096)
def make_matchers(text: str, bands: frozenset[str] | None) -> tuple[Matcher, ...]:
    """Return one matcher for each alternative of a pattern, in the order tried."""
    bound = bind_alternatives(text, bands)
    return tuple(_make_matcher(each, pieces) for each, pieces in zip(read_pattern(text)[1], bound, strict=True))


def _make_matcher(alternative: Alternative, pieces: tuple[Piece, ...]) -> Matcher:
    places: dict[str, list[int]] = {}
    times: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.field:
            places.setdefault(piece.field, []).append(index)
        if piece.time and piece.unit:
            times.setdefault(piece.time, []).append(index)
    band = places.pop(BAND_TEXT, None)
    regex = re.compile(make_regex(pieces))
    groups = {index: regex.groupindex[f"g{index}"] for index, piece in enumerate(pieces) if piece.field}
    return Matcher(
        regex,
        alternative.options,
        tuple((name, groups[indexes[0]], groups[indexes[-1]]) for name, indexes in places.items()),
        tuple(
            (name, "".join(pieces[at].unit or "" for at in ats), tuple(groups[at] for at in ats))
            for name, ats in times.items()
        ),
        groups[band[0]] if band else None,
    )
