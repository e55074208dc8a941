"""Path patterns: the text of one in, a value that matches keys and formats paths out. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from byocplan.errors import FormatError
from byocplan.model.pattern.alternatives import Alternative, make_alternatives
from byocplan.model.pattern.parse import parse_nodes
from byocplan.model.pattern.pieces import BAND_TEXT, Again, Literal, Piece
from byocplan.model.pattern.prefixes import make_prefixes
from byocplan.model.pattern.regex import bind_band, make_regex
from byocplan.model.pattern.times import make_time
from byocplan.model.pattern.values import Field, Match, Miss
from byocplan.model.pattern.walk import walk_key
from byocplan.model.pattern.where import Where

_TILE_BAND = frozenset({BAND_TEXT})
_EXTENSIONS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A compiled path pattern; two are equal when their texts are."""

    text: str
    fields: tuple[Field, ...] = field(compare=False, repr=False)
    alternatives: tuple[Alternative, ...] = field(compare=False, repr=False)

    @property
    def first_field(self) -> str | None:
        """The name of the first field, None when the pattern has none."""
        return self.fields[0].name if self.fields else None

    @property
    def has_band(self) -> bool:
        """Whether ``(BAND)`` stands in it; without, each key is a tile of one file."""
        return any(piece.field == BAND_TEXT for piece in self.alternatives[0].pieces)

    @property
    def time_names(self) -> tuple[str, ...]:
        """The names of its times; ``time`` is the one of ``{year}`` and its like."""
        return tuple(dict.fromkeys(each.time for each in self.fields if each.time))

    def one_time(self) -> str | None:
        """Return the name of its time if it has exactly one; see ``time_names`` for the others."""
        return self.time_names[0] if len(self.time_names) == 1 else None

    def match(self, key: str, bands: Collection[str] | None = None) -> Match | None:
        """Return the match of a key, or None. With ``bands``, ``(BAND)`` takes only these texts."""
        if BAND_TEXT in key:
            return None
        return _match(self, key, None if bands is None else frozenset(bands))

    def match_tile(self, path: str) -> Match | None:
        """Return the match of a tile path, in which ``(BAND)`` stands for the band."""
        if path.count(BAND_TEXT) != int(self.has_band):
            return None
        return _match(self, path, _TILE_BAND)

    def explain(self, key: str, bands: Collection[str] | None = None) -> Match | Miss:
        """Return the match of a key, or where and why matching stopped (of all options, the one that came furthest)."""
        found = self.match(key, bands)
        if found is not None:
            return found
        at = key.find(BAND_TEXT)
        if at >= 0:
            return Miss(at, "a key", f"{BAND_TEXT} cannot be part of a key")
        walks = [walk_key(pieces, key) for pieces in _bind(self, None if bands is None else frozenset(bands))]
        return max(walks, key=lambda walk: walk.stopped_at).make_miss()

    def count_steps(self, key: str, bands: Collection[str] | None = None) -> int:
        """Return the characters looked at by matching, counted once for each look, over all options."""
        return sum(walk_key(pieces, key).steps for pieces in _bind(self, None if bands is None else frozenset(bands)))

    def prefixes(self, where: Where | None = None) -> tuple[str, ...]:
        """Return what to list so that no key that matches and is accepted is left out.

        At most 400, in order, none the beginning of another; empty when nothing can be accepted.
        """
        asked = where or Where()
        time_name = asked.time_name or self.one_time()
        return make_prefixes([each.pieces for each in self.alternatives], asked, time_name if asked.date else None)

    def find_where_problems(self, where: Where) -> tuple[str, ...]:
        """Return what the where asks that the pattern does not have, each with what to write instead."""
        return tuple(_list_where_problems(self, where))

    def format(self, values: "Match | Mapping[str, str]", band: str | None = None) -> str:
        """Return the key with these captured texts; without a band, the tile path.

        Raises FormatError for values that the pattern could not have captured.
        """
        if isinstance(values, Match):
            return self._format_match(values)
        wanted = dict(values)
        for alternative in self.alternatives:
            if {piece.field for piece in alternative.pieces if piece.field} - {BAND_TEXT} == wanted.keys():
                return self._format_alternative(alternative, wanted, band)
        expected = ", ".join(each.name + (" (optional)" if each.optional else "") for each in self.fields) or "none"
        raise FormatError(
            self.text, f"the fields given are {', '.join(wanted) or 'none'}, those of the pattern {expected}"
        )

    def _format_match(self, match: Match) -> str:
        chosen = [each for each in self.alternatives if each.options == match.options]
        if not chosen:
            raise FormatError(self.text, "the match is of another pattern")
        return self._format_alternative(chosen[0], match.fields, match.band)

    def _format_alternative(self, alternative: Alternative, fields: Mapping[str, str], band: str | None) -> str:
        path = _join_texts(alternative.pieces, {**fields, BAND_TEXT: band or BAND_TEXT})
        again = self.match_tile(path) if band is None else self.match(path, {band} if self.has_band else None)
        if again is None:
            raise FormatError(self.text, f"it does not take {path!r}, which these values give")
        for name, text in fields.items():
            if again.fields.get(name) != text:
                raise FormatError(self.text, f"the field {name} could not have captured {text!r}")
        return path


def _list_where_problems(pattern: PathPattern, where: Where) -> Iterator[str]:
    names = [each.name for each in pattern.fields]
    for name in where.fields:
        if name not in names:
            yield f"the pattern has no field {name!r}: it has {', '.join(names) or 'none'}"
    times = ", ".join(pattern.time_names)
    if where.time_name is not None and where.time_name not in pattern.time_names:
        yield f"the pattern has no time {where.time_name!r}: it has {times or 'none'}"
    elif where.date and not times:
        yield "the pattern has no time for `date` to test: write {year}/{month}/{day} or {t:%Y%m%d} where it stands"
    elif where.date and where.time_name is None and pattern.one_time() is None:
        first = pattern.time_names[0]
        yield f'the pattern has the times {times}: say which one `date` tests with sensingTime: "{{{first}}}"'


def compile_pattern(text: str) -> PathPattern:
    """Return the pattern, or raise PatternError with the position of what is wrong and what to write instead."""
    fields, alternatives = make_alternatives(text, parse_nodes(text))
    return PathPattern(text, fields, alternatives)


@dataclass(frozen=True, slots=True)
class _Matcher:
    """One alternative ready to match: captures as (name, first group, last group), times as (name, units, groups)."""

    regex: re.Pattern[str]
    pieces: tuple[Piece, ...]
    options: tuple[bool, ...]
    captures: tuple[tuple[str, str, str], ...]
    times: tuple[tuple[str, str, tuple[str, ...]], ...]
    band: str | None


def _match(pattern: PathPattern, key: str, bands: frozenset[str] | None) -> Match | None:
    if not key.lower().endswith(_EXTENSIONS):
        return None
    for matcher in _make_matchers(pattern, bands):
        found = matcher.regex.match(key)
        if found is not None and (match := _make_match(matcher, found)) is not None:
            return match
    return None


def _make_match(matcher: _Matcher, found: "re.Match[str]") -> Match | None:
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


@lru_cache(maxsize=256)
def _bind(pattern: PathPattern, bands: frozenset[str] | None) -> tuple[tuple[Piece, ...], ...]:
    return tuple(bind_band(each.pieces, bands) for each in pattern.alternatives)


@lru_cache(maxsize=256)
def _make_matchers(pattern: PathPattern, bands: frozenset[str] | None) -> tuple[_Matcher, ...]:
    bound = _bind(pattern, bands)
    return tuple(_make_matcher(each, pieces) for each, pieces in zip(pattern.alternatives, bound, strict=True))


def _make_matcher(alternative: Alternative, pieces: tuple[Piece, ...]) -> _Matcher:
    places: dict[str, list[int]] = {}
    times: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.field:
            places.setdefault(piece.field, []).append(index)
        if piece.time and piece.unit:
            times.setdefault(piece.time, []).append(index)
    band = places.pop(BAND_TEXT, None)
    return _Matcher(
        re.compile(make_regex(pieces)),
        pieces,
        alternative.options,
        tuple((name, f"g{indexes[0]}", f"g{indexes[-1]}") for name, indexes in places.items()),
        tuple(
            (name, "".join(pieces[at].unit or "" for at in ats), tuple(f"g{at}" for at in ats))
            for name, ats in times.items()
        ),
        f"g{band[0]}" if band else None,
    )


def _join_texts(pieces: tuple[Piece, ...], texts: Mapping[str, str]) -> str:
    """Join literals and texts; a time of several pieces has one text."""
    parts: list[str] = []
    last = None
    for piece in pieces:
        match piece.atom:
            case Again(name, _):
                parts.append(texts[name])
            case Literal(text) if piece.field is None:
                parts.append(text)
            case _ if piece.field and piece.field != last:
                parts.append(texts[piece.field])
        last = piece.field
    return "".join(parts)
