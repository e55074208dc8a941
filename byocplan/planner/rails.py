"""Rails: one rule a function; what was measured on one collection in, a rail (or none) out. Pure.

A rule answers None where it measured nothing. Acks are laid over the answers in ``acks``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.change import Action
from byocplan.model.loss import Proofs, VanishingGroups
from byocplan.model.rail import HARD_RULES, Limit, Rail, Rule
from byocplan.planner.ownership import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.change import CollectionChange
    from byocplan.model.collection import Collection
    from byocplan.model.discovered import Discovered
    from byocplan.model.loss import Proof

#: Below so many tiles a percentage says nothing.
MIN_TILES = 10
PERCENT = 100
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rules look at. ``kept_back`` counts tiles by source index; ``many_points`` are sample paths."""

    collection: Collection
    change: CollectionChange
    owned: int = 0
    file_gone: int = 0
    scope_removed: int = 0
    kept_back: Mapping[int, int] = field(default_factory=dict)
    evidence: Mapping[int, Evidence] = field(default_factory=dict)
    removed_bands: tuple[str, ...] = ()
    many_points_count: int = 0
    many_points: str = ""
    vanishing: VanishingGroups = VanishingGroups()
    reingests: int = 0
    proofs: Proofs = Proofs()
    discovered: Discovered | None = None


def measure_rails(measured: Measured) -> tuple[Rail, ...]:
    """Return what every rule has to say, in the order of the rules."""
    return tuple(rail for rule in RULES if (rail := rule(measured)) is not None)


def measure_deletes(measured: Measured) -> Rail | None:
    """Measure tiles whose files are gone: a share of the owned live tiles, unless very few, and a number."""
    count, owned, limits = measured.file_gone, measured.owned, measured.collection.rails
    if not count:
        return None
    percent = PERCENT * count / owned
    share = f"{count:,} of {owned:,} owned tiles = {percent:.1f} %"
    if count >= MIN_TILES and percent > limits.max_delete_percent.value:
        return _trip_limit(measured, percent, limits.max_delete_percent, "percent", f"{share} > maxDeletePercent")
    if count > limits.max_deletes.value:
        return _trip_limit(measured, count, limits.max_deletes, "tiles", f"{count:,} tiles > maxDeletes")
    limit = limits.max_delete_percent
    return Rail(
        Rule.DELETES,
        measured.collection.address,
        count,
        round(percent, 1),
        limit.value,
        "percent",
        limit.source,
        tripped=False,
        text=f"{share} of at most {limit.value:g}",
    )


def measure_scope_removed(measured: Measured) -> Rail | None:
    """Measure tiles whose files may well exist but that the manifest stopped asking for: meant, or a slip."""
    count = measured.scope_removed
    text = f"{count:,} of {measured.owned:,} owned tiles are not asked for any more and would be deleted"
    proof = measured.proofs.scope_removed
    if proof is not None and proof.gone:
        text += f"; the files of {proof.gone:,} of {proof.looked_at:,} looked at are gone too"
    return _trip(measured, Rule.SCOPE_REMOVED, count, "tiles", text)


def measure_group_disappears(measured: Measured) -> Rail | None:
    """Look for groups of which nearly all tiles would be deleted: a folder that was moved, a grid that was renamed."""
    groups = measured.vanishing
    named = ", ".join(f"{group.deletes:,} of {group.tiles:,} tiles of {group.name}" for group in groups.largest)
    more = groups.count - len(groups.largest)
    rest = f" and {_count(more, 'more group')}" if more else ""
    text = f"{named}{rest} (first field of the pattern)"
    return _trip(measured, Rule.GROUP_DISAPPEARS, groups.count, "groups", text)


def measure_reingests(measured: Measured) -> Rail | None:
    """Measure tiles whose files would be read again: a share of the owned live tiles, unless very few."""
    count, owned, limit = measured.reingests, measured.owned, measured.collection.rails.max_reingest_percent
    if not count:
        return None
    percent = PERCENT * count / owned
    tripped = count >= MIN_TILES and percent > limit.value
    share = f"{count:,} of {owned:,} owned tiles = {percent:.1f} %"
    address = measured.collection.address
    return Rail(
        Rule.REINGESTS,
        address,
        count,
        round(percent, 1),
        limit.value,
        "percent",
        limit.source,
        tripped,
        f"{share} > maxReingestPercent {limit.value:g}" if tripped else f"{share} of at most {limit.value:g}",
        make_ack(Rule.REINGESTS, address, count) if tripped else "",
    )


def measure_evidence(measured: Measured) -> Rail | None:
    """Measure how many deletes of tiles without files lack the proof that every file is gone.

    A file that exists blocks for good, for then the listing was wrong; what showed nothing may be acked.
    """
    proof = measured.proofs.file_gone
    if proof is None:
        return None
    address, count = measured.collection.address, proof.there or proof.unknown
    ack = make_ack(Rule.EVIDENCE, address, count) if count and not proof.there else ""
    text = _tell_evidence(proof)
    return Rail(Rule.EVIDENCE, address, count, count, 0, "tiles", DEFAULT, bool(count), text, ack)


def _tell_evidence(proof: Proof) -> str:
    sample = f"a sample of {proof.looked_at:,} of " if proof.looked_at < proof.total else ""
    tiles = f"{sample}{_count(proof.total, 'tile')} to delete{f' (seed {proof.seed})' if proof.seed else ''}"
    if proof.there:
        return (
            f"{proof.there:,} of {tiles} have files that exist, such as {proof.example}; the listing did not show them:"
            " plan again, or narrow the source if they are to go"
        )
    if proof.unknown:
        return (
            f"no proof for {proof.unknown:,} of {tiles} that their files are gone, such as {proof.example}; only a 404"
            " is one: allow s3:GetObject and s3:ListBucket"
        )
    return f"every file of {tiles} answers 404"


def measure_source_empty(measured: Measured) -> Rail | None:
    """Look for sources that found no file at all where tiles are live: their deletes are off."""
    count, places = _sum_kept_back(measured, Evidence.EMPTY)
    text = (
        f"{places} found no file at all, but {count:,} of its tiles are live; they are kept: mend the pattern, bucket"
        " or the credentials or, if they are to go, remove the source from the manifest"
    )
    return _trip(measured, Rule.SOURCE_EMPTY, count, "tiles", text)


def measure_source_incomplete(measured: Measured) -> Rail | None:
    """Look for sources whose listing failed in part: their deletes are off."""
    count, places = _sum_kept_back(measured, Evidence.INCOMPLETE)
    reports = measured.discovered.sources if measured.discovered else ()
    failure = next((report.failure for report in reports if report.failure), "it was not listed")
    text = f"{places} could not be listed to the end ({failure}); {count:,} live tiles it did not show are kept"
    return _trip(measured, Rule.SOURCE_INCOMPLETE, count, "tiles", text)


def measure_source_overlap(measured: Measured) -> Rail | None:
    """Look for tile paths that two sources claim."""
    found = measured.discovered
    if found is None or not found.overlap_count:
        return None
    sample = f", such as {found.overlaps[0].path} by {' and '.join(found.overlaps[0].places)}" if found.overlaps else ""
    text = f"{found.overlap_count:,} tile paths are claimed by more than one source{sample}; narrow one of them"
    return _trip(measured, Rule.SOURCE_OVERLAP, found.overlap_count, "paths", text)


def measure_cover_points(measured: Measured) -> Rail | None:
    """Look for live covers that an update would have to send back and that the service takes from nobody."""
    text = (
        f"{measured.many_points_count:,} of the tiles to be updated have a live coverGeometry of more than 100 points,"
        f" such as {measured.many_points}; it would have to be sent back and is refused: set coverGeometry"
    )
    return _trip(measured, Rule.COVER_POINTS, measured.many_points_count, "tiles", text)


def measure_band_removal(measured: Measured) -> Rail | None:
    """Look for bands that the manifest gives up; a replacement is judged as such."""
    count = len(measured.removed_bands) if measured.change.action is not Action.REPLACE else 0
    text = f"bands would be removed and their data be out of reach: {', '.join(measured.removed_bands)}"
    return _trip(measured, Rule.BAND_REMOVAL, count, "bands", text)


def measure_ownership(measured: Measured) -> Rail | None:
    """Look for an address that cannot be resolved."""
    change = measured.change
    is_blocked = change.action is Action.ADOPT and bool(change.blocked)
    return _trip(measured, Rule.OWNERSHIP, int(is_blocked), "collections", change.blocked)


def measure_replace(measured: Measured) -> Rail | None:
    """Look for a change that the service refuses in place and the manifest does not let replace."""
    change = measured.change
    is_blocked = change.action is Action.REPLACE and bool(change.blocked)
    return _trip(measured, Rule.REPLACE, int(is_blocked), "collections", change.blocked)


def measure_prevent_destroy(measured: Measured) -> Rail | None:
    """Look for a replacement, which deletes the collection, where the manifest forbids that."""
    change = measured.change
    is_forbidden = (
        change.action is Action.REPLACE and not change.blocked and measured.collection.lifecycle.prevent_destroy
    )
    text = "the replacement would delete the collection, and its manifest says preventDestroy; take one of them back"
    return _trip(measured, Rule.PREVENT_DESTROY, int(is_forbidden), "collections", text)


def make_hard_rail(rule: Rule, address: Address, text: str) -> Rail:
    """Return a tripped rail of one collection that no ack lifts."""
    return Rail(rule, address, 1, 1, 0, "collections", DEFAULT, tripped=True, text=text)


def make_deletes_rail(address: Address, total: int, limit: Limit, why: str) -> Rail:
    """Return the rail of one collection to delete; ``total`` counts all that the plan deletes."""
    tripped = total > limit.value
    text = f"{why}; the plan deletes {total:,} with all their tiles, maxCollectionDeletes is {limit.value:g}"
    ack = make_ack(Rule.COLLECTION_DELETES, address, 1) if tripped else ""
    return Rail(
        Rule.COLLECTION_DELETES, address, 1, total, limit.value, "collections", limit.source, tripped, text, ack
    )


def make_ack(rule: Rule, address: Address, count: int) -> str:
    """Return what to type, empty for a rule that no ack lifts."""
    return "" if rule in HARD_RULES else f"{rule.value}@{address}={count}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _trip(measured: Measured, rule: Rule, count: int, unit: str, text: str) -> Rail | None:
    """Return a rail that any count at all trips."""
    if not count:
        return None
    address = measured.collection.address
    return Rail(
        rule, address, count, count, 0, unit, DEFAULT, tripped=True, text=text, ack=make_ack(rule, address, count)
    )


def _trip_limit(measured: Measured, value: float, limit: Limit, unit: str, text: str) -> Rail:
    """Return a tripped rail of deletes."""
    address, count = measured.collection.address, measured.file_gone
    return Rail(
        Rule.DELETES,
        address,
        count,
        round(value, 1),
        limit.value,
        unit,
        limit.source,
        tripped=True,
        text=f"{text} {limit.value:g}",
        ack=make_ack(Rule.DELETES, address, count),
    )


def _sum_kept_back(measured: Measured, evidence: Evidence) -> tuple[int, str]:
    """Return how many tiles sources with this evidence keep, and where those sources stand."""
    indices = [index for index in sorted(measured.kept_back) if measured.evidence.get(index) is evidence]
    places = ", ".join(measured.collection.sources[index].place for index in indices[:3])
    return sum(measured.kept_back[index] for index in indices), places


RULES = (
    measure_ownership,
    measure_replace,
    measure_prevent_destroy,
    measure_source_overlap,
    measure_source_empty,
    measure_source_incomplete,
    measure_deletes,
    measure_group_disappears,
    measure_scope_removed,
    measure_evidence,
    measure_reingests,
    measure_band_removal,
    measure_cover_points,
)
