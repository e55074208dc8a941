"""Collections on the wire. Pure. Source: BYOC OpenAPI, BYOCCollection, BYOCCollectionUpdatePayload and BYOCFormat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import msgspec

from byocplan.api.wire import Links, Many, One, decode_time, make_decoder
from byocplan.errors import ArgumentError
from byocplan.model.band import LiveBand
from byocplan.model.collection import CollectionPayload, LiveCollection


class BandWire(msgspec.Struct, rename="camel"):
    """A band; the service fills ``source`` and ``bandIndex`` where they were not given."""

    source: str | None = None
    band_index: int | None = None
    bit_depth: int | None = None
    sample_format: str | None = None
    no_data: float | None = None


class CollectionDataWire(msgspec.Struct, rename="camel"):
    """``additionalData`` of a collection."""

    bands: dict[str, BandWire | None] | None = None
    storage_identifier: str | None = None
    max_meters_per_pixel_override: float | None = None
    extent: dict[str, Any] | None = None


class CollectionWire(msgspec.Struct, rename="camel"):
    """A collection."""

    id: str
    name: str
    s3_bucket: str
    account_id: str | None = None
    created: str | None = None
    is_configured: bool | None = None
    requires_metadata_update: bool | None = None
    no_data: float | None = None
    additional_data: CollectionDataWire | None = None


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A page and where the next one is."""

    collections: tuple[LiveCollection, ...]
    links: Links

    def __len__(self) -> int:
        return len(self.collections)


_decode_one = make_decoder(One[CollectionWire], "a collection")
_decode_many = make_decoder(Many[CollectionWire], "a page of collections")


def decode_collection(body: bytes) -> LiveCollection:
    """Return the collection of a ``{data}`` answer."""
    return _make_collection(_decode_one(body).data)


def decode_collection_page(body: bytes) -> CollectionPage:
    """Return a page of collections with its links."""
    answer = _decode_many(body)
    return CollectionPage(tuple(_make_collection(item) for item in answer.data), answer.links or Links())


def encode_collection(payload: CollectionPayload) -> bytes:
    """Return the body of a create or update.

    ``noData`` None is left out, which deletes it; without bands ``additionalData`` is left out as well, which keeps the
    live ones, unless another of its keys is given.
    """
    body: dict[str, Any] = {"name": payload.name, "s3Bucket": payload.s3_bucket}
    if payload.no_data is not None:
        body["noData"] = _check_number(payload.no_data, "noData")
    data = _encode_data(payload)
    return msgspec.json.encode(body | ({"additionalData": data} if data else {}))


def _encode_data(payload: CollectionPayload) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if payload.bands is not None:
        data["bands"] = {name: _encode_band(band) for name, band in payload.bands.items()}
    if payload.storage_identifier is not None:
        data["storageIdentifier"] = payload.storage_identifier
    if payload.max_meters_per_pixel_override is not None:
        override = payload.max_meters_per_pixel_override
        data["maxMetersPerPixelOverride"] = _check_number(override, "maxMetersPerPixelOverride")
    return data


def _encode_band(band: LiveBand) -> dict[str, Any]:
    body: dict[str, Any] = {"source": band.source, "bandIndex": band.band_index}
    if band.bit_depth is not None:
        body["bitDepth"] = band.bit_depth
    if band.sample_format is not None:
        body["sampleFormat"] = band.sample_format
    if band.no_data is not None:
        body["noData"] = _check_number(band.no_data, f"noData of band {band.name}")
    return body


def _check_number(number: float, name: str) -> float | int:
    """Return ``number``, whole ones as int; NaN would go out as null and so delete what it was to set."""
    if not math.isfinite(number):
        raise ArgumentError(f"{name} cannot be {number}", "NaN in float rasters is always no data; leave it out")
    return int(number) if float(number).is_integer() else number


def _make_collection(wire: CollectionWire) -> LiveCollection:
    data = wire.additional_data or CollectionDataWire()
    return LiveCollection(
        id=wire.id,
        name=wire.name,
        s3_bucket=wire.s3_bucket,
        account_id=wire.account_id,
        created_ms=decode_time(wire.created),
        is_configured=bool(wire.is_configured),
        requires_metadata_update=bool(wire.requires_metadata_update),
        no_data=wire.no_data,
        bands={name: _make_band(name, band or BandWire()) for name, band in (data.bands or {}).items()},
        storage_identifier=data.storage_identifier,
        max_meters_per_pixel_override=data.max_meters_per_pixel_override,
        extent=data.extent,
    )


def _make_band(name: str, band: BandWire) -> LiveBand:
    return LiveBand(
        name=name,
        source=name if band.source is None else band.source,
        band_index=1 if band.band_index is None else band.band_index,
        bit_depth=band.bit_depth,
        sample_format=band.sample_format,
        no_data=band.no_data,
    )
