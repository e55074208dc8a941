"""Plan one collection: desired and live in, one change out. Pure.

A write replaces what it is not given, so the payload is always the whole collection: what the manifest does not ask for
keeps its live value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.model.band import Band
from byocplan.model.change import Action, CollectionChange, FieldChange, Reason
from byocplan.model.collection import CollectionPayload, Replace
from byocplan.model.unset import UNSET
from byocplan.planner.bands import MergedBands, compare_bands, find_removed, merge_bands
from byocplan.planner.fields import BANDS, BUCKET, NAME, NO_DATA, STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byocplan.model.band import LiveBand
    from byocplan.model.collection import Collection, LiveCollection
    from byocplan.planner.resolve import Resolution


@dataclass(frozen=True, slots=True)
class ComparedCollection:
    """``payload`` is the merged whole, ``fields`` how it differs from what is live, ``removed`` the bands given up."""

    payload: CollectionPayload
    fields: tuple[FieldChange, ...]
    removed: tuple[str, ...] = ()

    @property
    def immutable(self) -> tuple[FieldChange, ...]:
        """The fields that the service refuses to change in place."""
        return tuple(change for change in self.fields if change.is_immutable)


def make_collection_change(collection: Collection, resolution: Resolution, live_tiles: int) -> CollectionChange:
    """Return the change that turns what is live into ``collection``. Total: answers KEEP when the two agree.

    ``live_tiles`` counts the live tiles: a collection without any may change in every field.
    """
    live = resolution.live
    change = CollectionChange(
        collection.address,
        resolution.action,
        resolution.reason,
        collection.name,
        collection.s3_bucket,
        id=live.id if live else None,
        blocked=resolution.blocked,
    )
    if resolution.blocked:
        return change
    if live is None:
        return replace(change, payload=make_create_payload(collection))
    compared = compare_collection(collection, live, has_tiles=live_tiles > 0)
    if not compared.fields:
        return change
    change = replace(change, fields=compared.fields, payload=compared.payload)
    if compared.immutable:
        blocked = _find_obstacle(collection, resolution, compared, live_tiles)
        return replace(change, action=Action.REPLACE, reason=Reason.IMMUTABLE_FIELD, blocked=blocked)
    if resolution.action is Action.KEEP:
        return replace(change, action=Action.UPDATE, reason=Reason.FIELD_CHANGED)
    return change


def compare_collection(collection: Collection, live: LiveCollection, *, has_tiles: bool) -> ComparedCollection:
    """Return the merged whole and every difference from ``live``. What the service fills in is no difference."""
    ignored = collection.lifecycle.ignore_changes
    bands = None if BANDS in ignored else collection.bands
    asks_all = collection.no_data is not UNSET and collection.no_data is not None and NO_DATA not in ignored
    asks_band = any(band.no_data is not UNSET and band.no_data is not None for band in (bands or {}).values())
    merged = _merge_live_bands(bands, live.bands, keep_no_data=not asks_all)
    payload = CollectionPayload(
        live.name if NAME in ignored else collection.name,
        live.s3_bucket if BUCKET in ignored else collection.s3_bucket,
        _merge_no_data(collection, live, drop=asks_band and not asks_all),
        merged.bands if merged.bands or bands is not None else None,
        collection.storage_identifier if collection.storage_identifier is not None else live.storage_identifier,
        live.max_meters_per_pixel_override,
    )
    fields = (
        *_compare_scalars(payload, live, has_tiles=has_tiles),
        *compare_bands(merged, live.bands, has_tiles=has_tiles),
    )
    return ComparedCollection(payload, fields, find_removed(merged, live.bands))


def get_band_sources(collection: Collection, live: LiveCollection | None) -> tuple[str, ...] | None:
    """Return the texts for ``(BAND)`` once the plan is carried out; None where the first tile configures the bands."""
    if live is None:
        payload = make_create_payload(collection)
    else:
        payload = compare_collection(collection, live, has_tiles=True).payload
    return tuple(sorted({band.source for band in payload.bands.values()})) if payload.bands else None


def make_create_payload(collection: Collection) -> CollectionPayload:
    """Return what creates the collection; without bands the first ingested tile configures them."""
    bands = None if collection.bands is None else merge_bands(collection.bands, {}).bands
    no_data = None if collection.no_data is UNSET else collection.no_data
    return CollectionPayload(
        collection.name, collection.s3_bucket, no_data, bands, storage_identifier=collection.storage_identifier
    )


def _merge_live_bands(
    bands: Mapping[str, Band] | None, live: Mapping[str, LiveBand], *, keep_no_data: bool
) -> MergedBands:
    """Merge the bands; ones that the manifest does not mention keep all but a noData that it sets for the whole."""
    asked = {name: Band(name) for name in live} if bands is None else bands
    return merge_bands(asked, live, keep_no_data=keep_no_data)


def _merge_no_data(collection: Collection, live: LiveCollection, *, drop: bool) -> float | None:
    """Return noData of the whole: per collection or per band, never both. Source: BYOC OpenAPI, BYOCCollection."""
    if NO_DATA not in collection.lifecycle.ignore_changes and collection.no_data is not UNSET:
        return collection.no_data
    return None if drop else live.no_data


def _compare_scalars(payload: CollectionPayload, live: LiveCollection, *, has_tiles: bool) -> Iterator[FieldChange]:
    pairs = (
        (NAME, live.name, payload.name, False),
        (BUCKET, live.s3_bucket, payload.s3_bucket, has_tiles),
        (NO_DATA, live.no_data, payload.no_data, False),
        (STORAGE, live.storage_identifier, payload.storage_identifier, has_tiles),
    )
    for path, before, after, is_immutable in pairs:
        if before != after:
            yield FieldChange(path, before, after, is_immutable)


def _find_obstacle(
    collection: Collection, resolution: Resolution, compared: ComparedCollection, live_tiles: int
) -> str:
    """Return why the collection may not be replaced, empty when the manifest allows it."""
    paths = ", ".join(change.path for change in compared.immutable)
    live_id = resolution.live.id if resolution.live else ""
    what = f"the service refuses to change {paths} of a collection with tiles ({live_tiles:,} are live)"
    if collection.id is not None:
        return f"{what}; spec.id names the collection, so make another one and write its id"
    if resolution.action is Action.ADOPT:
        return f"{what}; the collection {live_id} to adopt is not as the manifest says: change the manifest"
    if collection.lifecycle.replace is Replace.DENY:
        return (
            f"{what}; with `lifecycle: {{replace: in-place}}` it would be deleted and made anew under another id,"
            f" and all that uses byoc-{live_id} would have to follow; or take the change back"
        )
    return ""
