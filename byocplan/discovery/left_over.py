"""Keys that no source took, counted by shape. Pure; memory does not grow with the number of keys."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from byocplan.model.key_shape import make_key_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Shapes told apart while counting, and shapes shown.
MAX_HELD, MAX_SHOWN = 5_000, 20


class LeftOver:
    """Counts every key; keys of shapes beyond ``MAX_HELD`` count in the total alone."""

    def __init__(self) -> None:
        self.count = 0
        self._shapes: Counter[str] = Counter()
        self._samples: dict[str, str] = {}

    def add(self, key: str) -> None:
        """Count one key."""
        self.count += 1
        self._count_shape(make_key_shape(key), 1, key)

    def merge(self, other: LeftOver) -> None:
        """Count what was counted apart; samples are of the first that has the shape."""
        self.count += other.count
        for shape, count in other._shapes.items():
            self._count_shape(shape, count, other._samples[shape])

    def _count_shape(self, shape: str, count: int, key: str) -> None:
        if shape in self._samples or len(self._samples) < MAX_HELD:
            self._shapes[shape] += count
            self._samples.setdefault(shape, key)

    def get_shapes(self) -> Mapping[str, int]:
        """Return counts by shape, largest first, at most ``MAX_SHOWN``."""
        return dict(sorted(self._shapes.items(), key=lambda item: (-item[1], item[0]))[:MAX_SHOWN])

    def get_samples(self) -> Mapping[str, str]:
        """Return one real key for each shape of ``get_shapes``."""
        return {shape: self._samples[shape] for shape in self.get_shapes()}
