"""Many keys of one pattern in, what is made of their tiles out. Pure; remembers tile paths.

The expression runs for every key, but its times and fields are read, and judged, once for each tile path: what stands
before and after the band is the same in all keys of a tile, and so is how the expression parts it. Where the pattern
does not promise that, or has no band, each key goes the long way, through ``match_key``.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from byocplan.model.pattern.matching import EXTENSIONS, Matcher, bind_alternatives, make_match, make_matchers, match_key
from byocplan.model.pattern.pieces import BAND_TEXT, Literal, Piece, get_literal, get_width
from byocplan.model.pattern.values import Match

if TYPE_CHECKING:
    import re

T = TypeVar("T")
_Match: TypeAlias = "Callable[[str], re.Match[str] | None]"

#: For a path that was not seen yet, and for one whose time does not exist: the next alternative is asked.
_UNSEEN, _NO_TIME = object(), object()


class KeyMatcher(Generic[T]):
    """Matches keys; ``judge`` makes of a match what is wanted of its tile, None where the match is not asked for.

    ``judge`` may look at fields, times and tile path alone, and is called once a path or more often.
    """

    def __init__(self, text: str, bands: Collection[str] | None, judge: Callable[[Match], T | None]) -> None:
        self._text, self._judge = text, judge
        self._bands = None if bands is None else frozenset(bands)
        self._is_plain = all(is_plain(pieces) for pieces in bind_alternatives(text, self._bands))
        matchers = make_matchers(text, self._bands) if self._is_plain else ()
        alternatives = bind_alternatives(text, self._bands)
        #: By alternative, what is known of each tile path; where all end alike, of what stands before the band.
        self._known: list[tuple[Matcher, _Match, int, bool, dict[str, Any]]] = [
            (matcher, matcher.regex.match, matcher.band or 0, has_same_end(pieces), {})
            for matcher, pieces in zip(matchers, alternatives, strict=False)
        ]

    @property
    def count(self) -> int:
        """How many tile paths are remembered."""
        return sum(len(known) for *_, known in self._known)

    def forget(self) -> None:
        """Forget the tile paths: the next key of each is judged anew."""
        for *_, known in self._known:
            known.clear()

    def match_keys(self, keys: Sequence[str]) -> tuple[list[T | None], list[str]]:
        """Return what was made of the tile of each key, None where it is not taken, and the texts of their bands."""
        if not self._is_plain or BAND_TEXT in "\n".join(keys):
            return self._match_each(keys)
        tiles: list[T | None] = []
        bands: list[str] = []
        for key in keys:
            for matcher, match, band, is_same_end, known in self._known:
                found = match(key)
                if found is None:
                    continue
                start, end = found.span(band)
                path = key[:start] if is_same_end else f"{key[:start]}{BAND_TEXT}{key[end:]}"
                tile = known.get(path, _UNSEEN)
                if tile is _UNSEEN:
                    tile = known[path] = self._judge_path(matcher, found)
                if tile is not _NO_TIME:
                    tiles.append(tile)
                    bands.append(key[start:end])
                    break
            else:
                tiles.append(None)
                bands.append("")
        return tiles, bands

    def _judge_path(self, matcher: Matcher, found: "re.Match[str]") -> T | object | None:
        match = make_match(matcher, found)
        return _NO_TIME if match is None else self._judge(match)

    def _match_each(self, keys: Iterable[str]) -> tuple[list[T | None], list[str]]:
        matches = [None if BAND_TEXT in key else match_key(self._text, key, self._bands) for key in keys]
        tiles = [None if match is None else self._judge(match) for match in matches]
        return tiles, ["" if match is None else match.band or "" for match in matches]


def is_plain(pieces: Sequence[Piece]) -> bool:
    """Tell whether keys with one tile path always part alike, whatever their band, and end as files of tiles do.

    A piece of no fixed width ends where its guard fits. Unless text or another such piece comes before the band, the
    guard looks at the band's own text.
    """
    band = next((index for index, piece in enumerate(pieces) if piece.field == BAND_TEXT), None)
    if band is None or not get_literal(pieces[-1]).lower().endswith(EXTENSIONS):
        return False
    return all(
        _has_stop(pieces[index + 1 : band + 1]) for index in range(band) if get_width(pieces[index].atom) is None
    )


def has_same_end(pieces: Sequence[Piece]) -> bool:
    """Tell whether all keys have the same text after their band."""
    band = next(index for index, piece in enumerate(pieces) if piece.field == BAND_TEXT)
    return all(isinstance(piece.atom, Literal) for piece in pieces[band + 1 :])


def _has_stop(pieces: Iterable[Piece]) -> bool:
    return any(isinstance(piece.atom, Literal) or get_width(piece.atom) is None for piece in pieces)
