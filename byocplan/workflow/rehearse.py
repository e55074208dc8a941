"""Rehearse: two states of the manifests in, what turns one into the other out. Writes to the service it is given.

That service is an empty one on this machine. What the base asks for is applied to it, then the head is planned. Buckets
are read as anybody may read them; the tiles of those that cannot be read so, or hold too much, are left out of both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.applier import ApplyOptions
from byocplan.errors import ByocplanError
from byocplan.manifest.trust import is_loopback, split_url
from byocplan.model.band import Band
from byocplan.model.collection import S3Settings
from byocplan.model.plan import Diagnostic
from byocplan.model.source import PathSource, PatternSource, TableSource
from byocplan.model.tile import BAND
from byocplan.workflow.apply import ApplyRequest, apply
from byocplan.workflow.plan import Surroundings, compute_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from byocplan.api.client import WriteClient
    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import Loaded
    from byocplan.model.address import Address
    from byocplan.model.collection import Collection
    from byocplan.model.plan import Plan
    from byocplan.model.project import Project
    from byocplan.sets import TileSets
    from byocplan.state import State

#: A bucket with more keys than this below the prefixes of one collection is not read: nobody waits for so long.
MAX_KEYS = 100_000
#: So many listings one after the other take a minute or two.
MAX_PLACES = 1_000
REHEARSED = (
    "rehearsed: the base was applied to an empty service on this machine and this was planned against it; neither the"
    " live state nor what is bound was looked at"
)
SEEDED = (
    "the base writes no `bands:`, so those of the head are taken for live; a plan made with credentials shows whether"
    " the first ingested tile gave the same"
)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed and where. ``base`` is None where there were no manifests.

    ``stage`` is the head's project with that service and ``state`` in place of its own. ``open_bucket`` signs no
    request.
    """

    base: Loaded | None
    head: Loaded
    stage: Project
    client: WriteClient
    state: State
    open_bucket: Callable[[Collection], Bucket]
    run_id: str
    now_ms: int


def rehearse(asked: Rehearsal, sets: TileSets) -> Plan:
    """Return the plan that turns the base into the head. It has no hashes, for no apply may be bound to it.

    Raises what planning raises, but for buckets and for a base that cannot be applied: the plan has notes of these.
    """
    both = [each for loaded in (asked.base, asked.head) if loaded for each in loaded.manifests.collections]
    unread = {each.address: why for each in both if (why := find_obstacle(each, asked.open_bucket))}
    notes = [*_apply_base(asked, unread), *_iter_notes(asked, unread)]
    head = _place(asked.head, asked, unread)
    around = Surroundings(
        head.manifests.project,
        asked.client.make_reader(),
        asked.state,
        asked.open_bucket,
        asked.now_ms,
    )
    plan = compute_plan(head, around, sets)
    diagnostics = (Diagnostic("warning", REHEARSED), *notes, *plan.diagnostics)
    return replace(plan, diagnostics=diagnostics, plan_hash="", guard_hash="")


def find_obstacle(collection: Collection, open_bucket: Callable[[Collection], Bucket]) -> str:
    """Return why the tiles of a collection are not looked at, empty when they are. Lists ``MAX_KEYS`` keys or so.

    A stranger's manifest may not have this machine ask itself: the port of another service would answer.
    """
    endpoint = split_url(collection.s3.endpoint_url or "")
    if endpoint is not None and is_loopback((endpoint.hostname or "").lower()):
        return "its manifest names this machine as the S3 endpoint"
    try:
        bucket, keys, prefixes = open_bucket(collection), 0, dict.fromkeys(_iter_prefixes(collection))
        if len(prefixes) > MAX_PLACES:
            return f"there are more than {MAX_PLACES:,} places to look at"
        for prefix in prefixes:
            for page in bucket.iter_pages(prefix):
                keys += len(page)
                if keys > MAX_KEYS:
                    return f"there are more than {MAX_KEYS:,} keys to look at"
    except ByocplanError as error:
        return f"the bucket cannot be read without credentials: {error}"
    return ""


def _iter_prefixes(collection: Collection) -> Iterator[str]:
    for source in collection.sources:
        if isinstance(source, PatternSource):
            yield from source.pattern.prefixes(source.where)
        elif isinstance(source, PathSource):
            yield source.path.strip("/").partition(BAND)[0]


def _apply_base(asked: Rehearsal, unread: Mapping[Address, str]) -> Iterator[Diagnostic]:
    """Apply the base; what keeps it from that is a note."""
    if asked.base is None:
        yield Diagnostic("warning", "the base has no manifests, so everything is new")
        return
    base = _seed_bands(_place(asked.base, asked, unread), asked.head)
    request = ApplyRequest(
        base,
        base.manifests.project,
        asked.client,
        asked.state,
        asked.open_bucket,
        asked.run_id,
        asked.now_ms,
        options=ApplyOptions(),
    )
    try:
        outcome = apply(request, lambda _plan: True, lambda _event: None)
    except ByocplanError as error:
        yield Diagnostic("warning", f"the base could not be applied, so more than what changed is shown: {error}")
        return
    if outcome is not None and outcome.exit_code:
        yield Diagnostic("warning", "a part of the base could not be applied, so more than what changed is shown")


def _iter_notes(asked: Rehearsal, unread: Mapping[Address, str]) -> Iterator[Diagnostic]:
    """Say of which collections the tiles were left out, and what else the rehearsal cannot show."""
    before = asked.base.manifests.by_address() if asked.base else {}
    for collection in asked.head.manifests.collections:
        old = before.get(collection.address)
        if collection.address in unread:
            is_edited = old is not None and _strip(old) != _strip(collection)
            what = "its tile sources were edited, but their tiles" if is_edited else "tiles of patterns and paths"
            text = f"{what} are not compared: {unread[collection.address]}"
            yield Diagnostic("warning", text, collection.address)
        if old is not None and old.id != collection.id:
            text = f"`id:` changes from {old.id or 'none'} to {collection.id or 'none'}, which a rehearsal leaves out"
            yield Diagnostic("warning", text, collection.address)
        if old is not None and _needs_bands(old, collection):
            yield Diagnostic("warning", SEEDED, collection.address)


def _needs_bands(old: Collection, new: Collection) -> bool:
    """Tell whether bands are written that the base left to the first ingested tile."""
    return old.bands is None and new.bands is not None


def _seed_bands(base: Loaded, head: Loaded) -> Loaded:
    """Return the base with the head's bands where it writes none: no file is read here that could tell them."""
    after = head.manifests.by_address()
    collections = tuple(
        replace(old, bands=_make_inferred(new.bands or {}))
        if (new := after.get(old.address)) is not None and _needs_bands(old, new)
        else old
        for old in base.manifests.collections
    )
    return replace(base, manifests=replace(base.manifests, collections=collections))


def _make_inferred(bands: Mapping[str, Band]) -> dict[str, Band]:
    """Return bands as an ingestion would have named them: before their renames, and without what ``noData`` asks for.

    The service has to be told depth and format; where the head leaves them open it takes these over, so any will do.
    """
    named = [(band.previous_name or name, band) for name, band in bands.items()]
    return {
        name: Band(name, band.source, band.band_index, band.bit_depth or 16, band.sample_format or "UINT")
        for name, band in named
    }


def _strip(collection: Collection) -> list[object]:
    """Return the sources without where they are written."""
    return [replace(source, place="") for source in collection.sources]


def _place(loaded: Loaded, asked: Rehearsal, unread: Mapping[Address, str]) -> Loaded:
    """Return the manifests with the stage in place of their service and state, and without ids and AWS profiles."""
    project = replace(asked.stage, rails=loaded.manifests.project.rails)
    collections = tuple(_stage(each, is_read=each.address not in unread) for each in loaded.manifests.collections)
    return replace(loaded, manifests=replace(loaded.manifests, project=project, collections=collections))


def _stage(collection: Collection, *, is_read: bool) -> Collection:
    """Return the collection as the stage can have it. An inventory is replaced by a listing."""
    sources = tuple(
        replace(source, inventory="") if isinstance(source, PatternSource) else source
        for source in collection.sources
        if is_read or isinstance(source, TableSource)
    )
    s3 = S3Settings(collection.s3.endpoint_url, collection.s3.region)
    return replace(collection, id=None, s3=s3, sources=sources)
