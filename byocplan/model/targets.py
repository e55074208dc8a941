"""Which collections a run is about, and which of their tiles: addresses, wildcards of paths, labels. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.pattern import compile_wildcards
from byocplan.model.tile_paths import TilePaths

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Target:
    """``ADDRESS`` or ``ADDRESS:PATHS``, both with ``*`` and ``?``; ``paths`` None means all of the collection."""

    address: str
    paths: str | None = None

    @property
    def text(self) -> str:
        """As it is typed."""
        return self.address if self.paths is None else f"{self.address}:{self.paths}"

    def names(self, address: str) -> bool:
        """Tell whether the address is like this one."""
        return compile_wildcards(self.address).fullmatch(address) is not None


@dataclass(frozen=True, slots=True)
class LabelRule:
    """``KEY=VALUE``, ``KEY!=VALUE`` (holds without the label too) or, with ``value`` None, ``KEY`` or ``!KEY``."""

    key: str
    value: str | None = None
    is_negated: bool = False

    @property
    def text(self) -> str:
        """As it is typed."""
        if self.value is None:
            return f"!{self.key}" if self.is_negated else self.key
        return f"{self.key}{'!=' if self.is_negated else '='}{self.value}"

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels are as asked for."""
        is_so = self.key in labels if self.value is None else labels.get(self.key) == self.value
        return is_so is not self.is_negated


@dataclass(frozen=True, slots=True)
class Targets:
    """What any of ``targets`` names (none: everything), none of ``excludes`` does, and all of ``labels`` hold for."""

    targets: tuple[Target, ...] = ()
    excludes: tuple[Target, ...] = ()
    labels: tuple[LabelRule, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.targets or self.excludes or self.labels)

    @property
    def has_paths(self) -> bool:
        """Whether tiles are told apart by their paths."""
        return any(each.paths is not None for each in (*self.targets, *self.excludes))

    def find_paths(self, address: str, labels: Mapping[str, str]) -> TilePaths | None:
        """Return which tiles of a collection are meant, None where nothing of it is."""
        named = [each for each in self.targets if each.names(address)]
        out = [each.paths for each in self.excludes if each.names(address)]
        if (self.targets and not named) or None in out or not all(rule.holds(labels) for rule in self.labels):
            return None
        like = [each.paths for each in named if each.paths is not None]
        is_whole = len(like) < len(named)
        return TilePaths(() if is_whole else tuple(like), tuple(each for each in out if each is not None))
