"""Path patterns: the text of one in, a value that matches keys and formats paths out. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from byocplan.errors import FormatError
from byocplan.model.pattern.alternatives import Alternative, get_field_names, join_texts, read_pattern
from byocplan.model.pattern.matching import bind_alternatives, match_key
from byocplan.model.pattern.pieces import BAND_TEXT
from byocplan.model.pattern.prefixes import make_prefixes
from byocplan.model.pattern.values import Field, Match, Miss
from byocplan.model.pattern.walk import walk_key
from byocplan.model.pattern.where import Where

_TILE_BAND = frozenset({BAND_TEXT})


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A compiled path pattern; two are equal when their texts are."""

    text: str
    fields: tuple[Field, ...] = field(compare=False, repr=False)
    alternatives: tuple[Alternative, ...] = field(compare=False, repr=False)

    @property
    def first_field(self) -> str | None:
        """The name of the first field that is no time (times group by month already), else of the first; or None."""
        places = [each.name for each in self.fields if each.time is None]
        return next(iter([*places, *(each.name for each in self.fields)]), None)

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
        return match_key(self.text, key, None if bands is None else frozenset(bands))

    def match_tile(self, path: str) -> Match | None:
        """Return the match of a tile path, in which ``(BAND)`` stands for the band."""
        if path.count(BAND_TEXT) != int(self.has_band):
            return None
        return match_key(self.text, path, _TILE_BAND)

    def explain(self, key: str, bands: Collection[str] | None = None) -> Match | Miss:
        """Return the match of a key, or where and why matching stopped (of all options, the one that came furthest)."""
        found = self.match(key, bands)
        if found is not None:
            return found
        at = key.find(BAND_TEXT)
        if at >= 0:
            return Miss(at, "a key", f"{BAND_TEXT} cannot be part of a key")
        bound = bind_alternatives(self.text, None if bands is None else frozenset(bands))
        return max((walk_key(pieces, key) for pieces in bound), key=lambda walk: walk.stopped_at).make_miss()

    def prefixes(self, where: Where | None = None) -> tuple[str, ...]:
        """Return what to list so that no key that matches and is accepted is left out.

        At most 400, in order, none the beginning of another; empty when nothing can be accepted.
        """
        asked = where or Where()
        time_name = asked.time_name or self.one_time()
        return make_prefixes([each.pieces for each in self.alternatives], asked, time_name if asked.date else None)

    def format(self, values: Match | Mapping[str, str], band: str | None = None) -> str:
        """Return the key with these captured texts; without a band, the tile path.

        A match brings its own band and optional parts; for texts alone, the first alternative with these fields is
        taken. Raises FormatError for values that the pattern could not have captured.
        """
        fields = values.fields if isinstance(values, Match) else values
        options = values.options if isinstance(values, Match) else None
        band = values.band if isinstance(values, Match) else band
        for alternative in self.alternatives:
            if options in (None, alternative.options) and get_field_names(alternative) == fields.keys():
                path = join_texts(alternative, {**fields, BAND_TEXT: band or BAND_TEXT})
                self._check_path(path, fields, band)
                return path
        mine = ", ".join(each.name + (" (optional)" if each.optional else "") for each in self.fields) or "none"
        message = f"the fields given are {', '.join(fields) or 'none'}, those of the pattern {mine}"
        if options is not None:
            message = f"the match is of another pattern; {message}"
        raise FormatError(self.text, message)

    def _check_path(self, path: str, fields: Mapping[str, str], band: str | None) -> None:
        """Refuse values that the path does not give back."""
        match = self.match_tile(path) if band is None else self.match(path, {band})
        if match is None:
            raise FormatError(self.text, f"it does not take {path!r}, which these values give")
        for name, text in fields.items():
            if match.fields.get(name) != text:
                raise FormatError(self.text, f"the field {name} could not have captured {text!r}")


def compile_pattern(text: str) -> PathPattern:
    """Return the pattern, or raise PatternError with the position of what is wrong and what to write instead."""
    fields, alternatives = read_pattern(text)
    return PathPattern(text, fields, alternatives)
