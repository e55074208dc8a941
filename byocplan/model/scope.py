"""Scopes: what a source could ask for, and so what it owns. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.path_set import PathSet
from byocplan.model.tile_paths import TilePaths

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from byocplan.model.pattern import PathPattern, Where


@dataclass(frozen=True, slots=True)
class PatternScope:
    """Every tile path that ``pattern``, ``where`` and ``selected`` take, with ``(BAND)`` literal.

    ``selected`` is what an apply was limited to that recorded the scope.
    """

    pattern: PathPattern
    where: Where
    prune: bool = True
    selected: TilePaths = TilePaths()

    def owns(self, path: str) -> bool:
        """Tell whether the tile path lies in this scope."""
        match = self.pattern.match_tile(path)
        return match is not None and self.where.accepts(match) and self.selected.takes(path)


@dataclass(frozen=True, slots=True)
class PathScope:
    """Exactly the listed tile paths; a ``PathSet`` where there may be many."""

    paths: AbstractSet[str]
    prune: bool = True

    def owns(self, path: str) -> bool:
        """Tell whether the tile path lies in this scope."""
        return path in self.paths


Scope = PatternScope | PathScope


def narrow_scope(scope: Scope, selected: TilePaths) -> Scope:
    """Return what of the scope is selected."""
    if selected.is_all:
        return scope
    if isinstance(scope, PatternScope):
        return replace(scope, selected=selected)
    return replace(scope, paths=PathSet(filter(selected.takes, scope.paths)))
