"""Scopes: what a source could ask for, and so what it owns. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.model.pattern import PathPattern, Where


@dataclass(frozen=True, slots=True)
class PatternScope:
    """Every tile path that ``pattern`` and ``where`` take, with ``(BAND)`` literal."""

    pattern: PathPattern
    where: Where
    prune: bool = True

    def owns(self, path: str) -> bool:
        """Tell whether the tile path lies in this scope."""
        match = self.pattern.match_tile(path)
        return match is not None and self.where.accepts(match)


@dataclass(frozen=True, slots=True)
class PathScope:
    """Exactly the listed tile paths."""

    paths: frozenset[str]
    prune: bool = True

    def owns(self, path: str) -> bool:
        """Tell whether the tile path lies in this scope."""
        return path in self.paths


Scope = PatternScope | PathScope
