"""Prove the deletes of one collection: its planned part in, what single files say out. Reads the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.discovery.proving import prove_gone
from byocplan.model.change import Reason, TileAction
from byocplan.model.loss import Proofs

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Mapping

    from byocplan.discovery.listing import Bucket
    from byocplan.model.loss import Proof
    from byocplan.planner import PlannedPart
    from byocplan.sets import Comparison

#: Up to so many deletes each is proven; of more, a sample of so many.
MAX_PROVEN = 1000
#: Tiles not asked for any more need no proof: a few are looked at, so that it can be said whether their files are gone.
MAX_LOOKED_AT = 100
SEED_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look for the files of which deletes. ``seed`` draws the sample; equal deletes draw alike."""

    comparison: Comparison
    counts: Mapping[str, int]
    seed: str
    bands: AnyCollection[str]
    bucket: Bucket


def prove_deletes(planned: PlannedPart, bands: AnyCollection[str] | None, bucket: Bucket) -> Proofs:
    """Return the proofs of the part's deletes; no request where it deletes nothing. Raises UnreachableError."""
    deletes = next((each for each in planned.part.sets if each.action is TileAction.DELETE), None)
    if deletes is None or planned.comparison is None:
        return Proofs()
    look = Look(planned.comparison, deletes.reasons, deletes.digest[:SEED_LENGTH], bands or (), bucket)
    return Proofs(_prove(look, Reason.FILE_GONE, MAX_PROVEN), _prove(look, Reason.SCOPE_REMOVED, MAX_LOOKED_AT))


def _prove(look: Look, reason: Reason, limit: int) -> Proof | None:
    total = look.counts.get(reason.value, 0)
    if not total:
        return None
    doomed = look.comparison.list_doomed(reason, look.seed, limit)
    return prove_gone(doomed, total, look.bands, look.bucket, look.seed)
