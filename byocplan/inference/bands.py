"""Keys in, tile paths out: what varies from file to file of one tile becomes ``(BAND)``. Pure.

Tried are the last words of the file's name, then a word anywhere that is a known name of a band. The choice with few
bands that most tiles have all of is taken.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.inference.columns import CELL, GRID, split_words
from byocplan.model.tile import BAND, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_BANDS = 40
#: Of all files that tiles times bands would make, so many must be there.
MIN_FILL = 0.6
_KNOWN = re.compile(
    r"B[0-9]{1,2}A?|red|green|blue|nir|nir08|swir[0-9]*|rededge[0-9]*|coastal|pan|thermal|vv|vh|hh|hv|ndvi|evi|scl|aot|wvp"
    r"|tci|cld|snw|pvi|qa|sr|dem|dsm|map|mask|visual|datamask",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"[0-9]{4,}")

Cut = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FoldedKeys:
    """``files`` maps a tile path to its bands, in order of the keys; ``left`` are the keys that are no files of tiles.

    ``bands`` counts the tiles that have each band, most first.
    """

    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bands: Mapping[str, int] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def fold_keys(keys: Sequence[str]) -> FoldedKeys:
    """Return the tiles that keys are files of; keys of one depth and extension are folded alike."""
    groups: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    left: list[str] = []
    for key in keys:
        if key.lower().endswith(EXTENSIONS) and BAND not in key:
            groups[key.count("/"), key.rpartition(".")[2]].append(key)
        else:
            left.append(key)
    files: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for group in groups.values():
        for path, bands in _fold_group(group).items():
            files.setdefault(path, []).extend(bands)
            counts.update(band for band in bands if band)
    return FoldedKeys(files, dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))), tuple(left))


def _fold_group(keys: Sequence[str]) -> dict[str, list[str]]:
    best: tuple[tuple[float, ...], dict[str, list[str]]] | None = None
    for rank, cut in enumerate(CUTS):
        tiles = _fold_by(keys, cut)
        score = _weigh(tiles, rank) if tiles is not None else None
        if tiles is not None and score is not None and (best is None or score > best[0]):
            best = (score, tiles)
    return best[1] if best else {key: [""] for key in keys}


def _fold_by(keys: Sequence[str], cut: Callable[[str], Cut | None]) -> dict[str, list[str]] | None:
    """Return the bands of each tile path, None where a key cannot be cut so, or the text is a place or a date."""
    tiles: defaultdict[str, list[str]] = defaultdict(list)
    names: set[str] = set()
    for key in keys:
        found = cut(key)
        if found is None or not _is_bandlike(found[1]):
            return None
        tiles[found[0]].append(found[1])
        names.add(found[1])
        if len(names) > MAX_BANDS:
            return None
    numbers = sum(name.isdigit() for name in names)
    return dict(tiles) if numbers in {0, len(names)} else None


def _weigh(tiles: Mapping[str, Sequence[str]], rank: int) -> tuple[float, ...] | None:
    """Return how good a folding is: tiles with all bands, known names, short names; None where it is none."""
    names = {band for bands in tiles.values() for band in bands}
    fill = sum(len(bands) for bands in tiles.values()) / (len(tiles) * len(names))
    is_known = all(any(_KNOWN.fullmatch(word) for word in split_words(name)) for name in names)
    if fill < MIN_FILL and not is_known:
        return None
    if len(names) == 1 and not is_known:
        return None
    return (float(len(names) > 1 and fill >= MIN_FILL), float(is_known), round(fill, 1), -rank)


def _is_bandlike(text: str) -> bool:
    words = [word for word in split_words(text) if word.isalnum()]
    return bool(words) and not any(
        _LONG_NUMBER.search(word) or (GRID.fullmatch(word) and len(word) > 2) or CELL.fullmatch(word)  # noqa: PLR2004
        for word in words
    )


def _cut_tail(count: int) -> Callable[[str], Cut | None]:
    """Return what takes the last words of a file's name, the separators between them too."""

    def cut(key: str) -> Cut | None:
        folder, slash, name = key.rpartition("/")
        stem, dot, extension = name.rpartition(".")
        tokens = split_words(stem)
        at = len(tokens) - (2 * count - 1)
        if at < 0 or (at and tokens[at - 1] not in "_-. "):
            return None
        band = "".join(tokens[at:])
        return f"{folder}{slash}{''.join(tokens[:at])}{BAND}{dot}{extension}", band

    return cut


def _cut_whole(key: str) -> Cut | None:
    """Take the whole name of the file."""
    folder, slash, name = key.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    return f"{folder}{slash}{BAND}{dot}{extension}", stem


def _cut_known(key: str) -> Cut | None:
    """Take the last word of the path that is a known name of a band."""
    tokens = split_words(key)
    for at in range(len(tokens) - 3, -1, -1):
        if _KNOWN.fullmatch(tokens[at]):
            return "".join((*tokens[:at], BAND, *tokens[at + 1 :])), tokens[at]
    return None


#: In order of preference where two fold equally well.
CUTS: tuple[Callable[[str], Cut | None], ...] = (_cut_tail(1), _cut_whole, _cut_tail(2), _cut_known, _cut_tail(3))
