"""Which tiles of a collection are meant, by the wildcards of their paths. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.pattern import compile_wildcards

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class TilePaths:
    """Canonical tile paths, ``(BAND)`` literal, that are like any of ``like`` (none: all) and like none of ``unlike``.

    ``*`` stands for any text, across ``/`` too, ``?`` for one character; case counts.
    """

    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether every path is taken."""
        return not self.like and not self.unlike

    def takes(self, path: str) -> bool:
        """Tell whether the tile of this path is meant."""
        return (not self.like or _is_like(path, self.like)) and not _is_like(path, self.unlike)

    def narrow_prefixes(self, prefixes: Iterable[str]) -> tuple[str, ...]:
        """Return listing prefixes that show all keys of meant tiles below ``prefixes``, none the beginning of another.

        A wildcard has a literal head; a key is like it up to where ``(BAND)`` may begin.
        """
        if not self.like:
            return tuple(prefixes)
        heads = {re.split(r"[*?(]", each)[0] for each in self.like}
        both = {max(head, each, key=len) for each in prefixes for head in heads if _is_beginning(head, each)}
        narrowed: list[str] = []
        for prefix in sorted(both):
            if not narrowed or not prefix.startswith(narrowed[-1]):
                narrowed.append(prefix)
        return tuple(narrowed)


def _is_like(path: str, wildcards: Iterable[str]) -> bool:
    return any(compile_wildcards(each).fullmatch(path) for each in wildcards)


def _is_beginning(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
