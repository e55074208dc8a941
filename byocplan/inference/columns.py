"""Paths of one group in, columns of their words out. Pure.

A path is cut at every character that is no letter or digit. Where all paths of a group are cut alike in a folder, each
word is a column; where they are not (free text), the whole folder name is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.tile import BAND, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_TOKEN = re.compile(rf"\(BAND\)|(?<![0-9A-Za-z]){_UUID}(?![0-9A-Za-z])|[A-Za-z0-9]+|[^A-Za-z0-9]")
_RUN = re.compile(r"[0-9]+|[A-Za-z]+")
#: Squares of a grid (28V, 33UXP, T45WWS) and corners of a cell (N45E006): one thing, however it is cut.
GRID = re.compile(r"T?[0-9]{1,2}[A-Z]{1,3}")
CELL = re.compile(r"[NSns][0-9]+[EWew][0-9]+|[EWew][0-9]+[NSns][0-9]+")


@dataclass(frozen=True, slots=True)
class Column:
    """The texts of one place, one a path. ``is_fixed``: a separator or ``(BAND)``, which is never a field."""

    values: Sequence[str]
    is_fixed: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether all paths have the same text here."""
        return len(set(self.values)) == 1

    @property
    def is_number(self) -> bool:
        """Whether all texts are digits."""
        return not self.is_fixed and all(value.isascii() and value.isdigit() for value in self.values)

    @property
    def width(self) -> int | None:
        """How long all texts are, None where that differs."""
        widths = {len(value) for value in self.values}
        return widths.pop() if len(widths) == 1 else None

    @property
    def is_padded(self) -> bool:
        """Whether numbers are filled with zeros to one width."""
        return self.width is not None and any(value.startswith("0") for value in self.values)


def split_words(text: str) -> list[str]:
    """Return words (an UUID and ``(BAND)`` are one) and what stands between them."""
    return _TOKEN.findall(text)


def is_word(token: str) -> bool:
    """Tell whether a token is a word, not a separator or the band."""
    return token[:1].isascii() and token[:1].isalnum()


def make_skeleton(text: str) -> str:
    """Return how a text is cut: ``w`` for a word, all else as it is."""
    return "".join("w" if is_word(token) else token for token in split_words(text))


def make_columns(paths: Sequence[str]) -> list[Column]:
    """Return the columns of paths with equally many folders; slashes are columns too."""
    columns: list[Column] = []
    for texts in zip(*(path.split("/") for path in paths), strict=True):
        if columns:
            columns.append(Column(("/",) * len(paths), is_fixed=True))
        columns.extend(_cut_folder(texts))
    return columns


def _cut_folder(texts: Sequence[str]) -> Iterator[Column]:
    if len({make_skeleton(text) for text in texts}) == 1:
        for words in zip(*(split_words(text) for text in texts), strict=True):
            yield from _cut_word(words) if is_word(words[0]) else (Column(words, is_fixed=True),)
    elif all(text.count(BAND) == 1 for text in texts):
        before, after = zip(*(text.split(BAND) for text in texts), strict=True)
        yield from (Column(before), Column((BAND,) * len(texts), is_fixed=True), Column(after))
    else:
        stems, dots, endings = zip(*(text.rpartition(".") for text in texts), strict=True)
        is_file = len(set(endings)) == 1 and all(stems) and f".{endings[0].lower()}" in EXTENSIONS
        yield from (Column(stems), Column(dots), Column(endings)) if is_file else (Column(texts),)


def _cut_word(words: Sequence[str]) -> Iterator[Column]:
    """Cut ``20180716T004042`` and ``h30v10`` at letters that are the same in all; leave squares of a grid whole."""
    runs = [_RUN.findall(word) for word in words] if all(word.isalnum() for word in words) else []
    is_whole = any(GRID.fullmatch(word) or CELL.fullmatch(word) for word in words)
    if not runs or is_whole or len({tuple(run[:1].isdigit() for run in each) for each in runs}) > 1:
        yield Column(words)
        return
    parts = [Column(part) for part in zip(*runs, strict=True)]
    yield from parts if all(part.is_number or part.is_constant for part in parts) else (Column(words),)
