"""Whole numbers and shapes in, short text out: what ``codec.js`` reads. Pure.

Numbers are zigzag varints in base64. Shapes are differences from point to point, in units of ``GRAIN`` degrees.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from byocplan.geometry import Footprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Degrees that a unit of a shape stands for.
GRAIN = 0.001
_MORE, _LOW = 0x80, 0x7F


def encode_numbers(numbers: Iterable[int]) -> str:
    """Return the numbers as text; small ones, of either sign, take little room."""
    packed = bytearray()
    for number in numbers:
        rest = number * 2 if number >= 0 else -number * 2 - 1
        while rest > _LOW:
            packed.append(rest & _LOW | _MORE)
            rest >>= 7
        packed.append(rest)
    return b64encode(packed).decode("ascii")


def encode_deltas(numbers: Iterable[int]) -> str:
    """Return the numbers as differences from the one before."""
    return encode_numbers(_iter_deltas(numbers))


def encode_shapes(shapes: Iterable[Footprint], grain: float = GRAIN) -> str:
    """Return shapes as text: how many rings, for each how many points, for each point the way from the last one."""
    return encode_numbers(_iter_shape_numbers(shapes, grain))


def iter_numbers(text: str) -> Iterator[int]:
    """Yield the numbers of a text."""
    value = shift = 0
    for byte in b64decode(text):
        value |= (byte & _LOW) << shift
        shift += 7
        if not byte & _MORE:
            yield -(value + 1) // 2 if value % 2 else value // 2
            value = shift = 0


def iter_shapes(text: str, grain: float) -> Iterator[Footprint]:
    """Yield the shapes of a text."""
    numbers = iter_numbers(text)
    x = y = 0
    for rings in numbers:
        shape = []
        for _ in range(rings):
            ring = []
            for _ in range(next(numbers)):
                x, y = x + next(numbers), y + next(numbers)
                ring.append((x * grain, y * grain))
            shape.append(tuple(ring))
        yield Footprint(tuple(shape))


def _iter_deltas(numbers: Iterable[int]) -> Iterator[int]:
    last = 0
    for number in numbers:
        yield number - last
        last = number


def _iter_shape_numbers(shapes: Iterable[Footprint], grain: float) -> Iterator[int]:
    x = y = 0
    for shape in shapes:
        yield len(shape.rings)
        for ring in shape.rings:
            yield len(ring)
            for lon, lat in ring:
                column, row = round(lon / grain), round(lat / grain)
                yield from (column - x, row - y)
                x, y = column, row
