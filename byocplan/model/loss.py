"""What the deletes of a plan take away: groups that disappear, and the proof that files are gone. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """A group (the text of the pattern's first field) with its owned live tiles, and how many of them would go."""

    name: str
    deletes: int
    tiles: int


@dataclass(frozen=True, slots=True)
class VanishingGroups:
    """How many groups all but disappear, and the largest of them."""

    count: int = 0
    largest: tuple[GroupLoss, ...] = ()


@dataclass(frozen=True, slots=True)
class DoomedTile:
    """A tile to delete; ``sources`` are the texts for ``(BAND)`` that the service recorded files of."""

    path: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What looking at the files of tiles to delete has shown.

    ``total`` counts the tiles to delete, ``looked_at`` those whose files were asked for: all, or a sample drawn with
    ``seed``. ``gone`` have a 404 for every file, ``there`` a file that exists; the rest answered neither.
    ``example`` is the path of one that is there, else of one that answered neither.
    """

    total: int
    looked_at: int
    gone: int = 0
    there: int = 0
    example: str = ""
    seed: str = ""

    @property
    def unknown(self) -> int:
        """How many of the tiles looked at showed nothing."""
        return self.looked_at - self.gone - self.there


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs of one collection by reason of the delete; None where there is nothing to prove."""

    file_gone: Proof | None = None
    scope_removed: Proof | None = None
