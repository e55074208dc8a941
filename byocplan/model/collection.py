"""Collections: desired by a manifest, and live. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from byocplan.model.rail import Ack, RailLimits
from byocplan.model.unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.band import Band, LiveBand
    from byocplan.model.source import TileSource


class OnRemove(StrEnum):
    """What becomes of a live collection whose document is gone."""

    DELETE = "delete"
    RETAIN = "retain"


class Replace(StrEnum):
    """What a change that the service refuses in place may do."""

    DENY = "deny"
    IN_PLACE = "in-place"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How carefully a collection is handled. ``ignore_changes`` names API fields (``noData``, ``name``, ``bands``)."""

    prevent_destroy: bool = False
    on_remove: OnRemove = OnRemove.DELETE
    replace: Replace = Replace.DENY
    ignore_changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How to reach a bucket; None leaves it to the AWS settings of the environment."""

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    request_payer: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection the manifest asks for. ``bands`` None: configured by the first ingested tile.

    ``place`` is ``file:line`` of its document.
    """

    address: Address
    name: str
    s3_bucket: str
    id: str | None = None
    adopt: bool = False
    no_data: float | Unset | None = UNSET
    bands: Mapping[str, Band] | None = None
    storage_identifier: str | None = None
    lifecycle: Lifecycle = Lifecycle()
    s3: S3Settings = S3Settings()
    rails: RailLimits = RailLimits()
    acks: tuple[Ack, ...] = ()
    sources: tuple[TileSource, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class LiveCollection:
    """A collection as the API answers it. ``created_ms`` is None for very old ones; times are instants in ms."""

    id: str
    name: str
    s3_bucket: str
    account_id: str | None = None
    created_ms: int | None = None
    is_configured: bool = False
    requires_metadata_update: bool = False
    no_data: float | None = None
    bands: Mapping[str, LiveBand] = field(default_factory=dict)
    storage_identifier: str | None = None
    max_meters_per_pixel_override: float | None = None
    extent: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class CollectionPayload:
    """What a create or update sends: always the whole collection, since a PUT replaces what it is not given.

    ``bands`` None leaves ``additionalData`` out, so that the live bands stay.
    Source: BYOC OpenAPI, BYOCCollection and BYOCCollectionUpdatePayload.
    """

    name: str
    s3_bucket: str
    no_data: float | None = None
    bands: Mapping[str, LiveBand] | None = None
    storage_identifier: str | None = None
    max_meters_per_pixel_override: float | None = None
