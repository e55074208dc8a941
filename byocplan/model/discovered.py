"""What discovery found for one collection, in counts and samples; the tiles themselves are columns. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.path_set import PathSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One entry of ``spec.tiles``. ``failure`` says why its listing is not complete; empty when it is.

    ``keys`` counts the files it took. ``path`` is the tile path of a ``path:`` as looked up, empty for a pattern.
    ``inventory`` is the S3 Inventory that the keys come from, empty for a listing. ``listed`` are
    the tile paths of a table, whose scope they are.
    """

    place: str
    text: str
    prefixes: tuple[str, ...] = ()
    keys: int = 0
    tiles: int = 0
    incomplete: int = 0
    failure: str = ""
    path: str = ""
    inventory: str = ""
    listed: PathSet = PathSet()


@dataclass(frozen=True, slots=True)
class Overlap:
    """A tile path that more than one source claims; ``places`` are the sources."""

    path: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the sources of one collection gave.

    ``left_over`` counts keys that no source took, by shape (``2019/#/#/preview.jpg``), largest first, bounded;
    ``left_over_samples`` has one real key a shape. ``band_sets`` counts tiles by the bands their files name
    (``B02,B03``), largest first, bounded: without configured bands it shows what does not fit together. ``problems``
    are errors of the input that only the bucket shows, ``notes`` are worth knowing and stop nothing.
    """

    address: Address
    sources: tuple[SourceReport, ...] = ()
    tiles: int = 0
    incomplete: int = 0
    leftover_keys: int = 0
    left_over: Mapping[str, int] = field(default_factory=dict)
    left_over_samples: Mapping[str, str] = field(default_factory=dict)
    incomplete_samples: tuple[str, ...] = ()
    band_sets: Mapping[str, int] = field(default_factory=dict)
    overlap_count: int = 0
    overlaps: tuple[Overlap, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
