"""What a manifest is written from: one live collection and the sources that give its tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.model.collection import LiveCollection
    from byocplan.model.pattern import Where
    from byocplan.model.source import SensingTime


@dataclass(frozen=True, slots=True)
class WrittenSource:
    """One entry of ``spec.tiles``: a pattern or a path. ``note`` is said in a comment beside it."""

    text: str
    sensing: SensingTime
    where: Where | None = None
    is_pattern: bool = False
    prune: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A live collection as a manifest. ``name`` is its ``metadata.name``.

    ``notes`` are said in comments above the sources. ``left_out`` counts live tiles that no source gives.
    """

    name: str
    live: LiveCollection
    tiles: int
    sources: tuple[WrittenSource, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: int = 0
