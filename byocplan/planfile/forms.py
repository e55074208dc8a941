"""The shape of ``plan.json``: one form a value, with the names of the values themselves. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from byocplan.model.address import Address
from byocplan.model.change import Action, Origin, Reason, TileAction
from byocplan.model.collection import OnRemove, Replace
from byocplan.model.rail import Rule
from byocplan.model.refresh import RefreshMode
from byocplan.model.scope_form import ScopeForm

Counts = dict[str, int]


class FieldForm(msgspec.Struct):
    """A changed field of a collection."""

    path: str
    before: Any
    after: Any
    is_immutable: bool = False
    origin: Origin = Origin.MANIFEST


class BandForm(msgspec.Struct):
    """A band as a write sends it."""

    name: str
    source: str
    band_index: int
    bit_depth: int | None
    sample_format: str | None
    no_data: float | None


class PayloadForm(msgspec.Struct):
    """What the write of a collection sends."""

    name: str
    s3_bucket: str
    no_data: float | None
    bands: dict[str, BandForm] | None
    storage_identifier: str | None
    max_meters_per_pixel_override: float | None


class ChangeForm(msgspec.Struct):
    """What is to be done to a collection."""

    address: Address
    action: Action
    reason: Reason
    name: str
    s3_bucket: str
    origin: Origin
    id: str | None
    fields: tuple[FieldForm, ...]
    payload: PayloadForm | None
    blocked: str


class SampleForm(msgspec.Struct):
    """A tile shown as an example."""

    path: str
    sensing_time_ms: int | None
    reason: str
    live_sensing_time_ms: int | None = None


class SetForm(msgspec.Struct):
    """Tiles that share an action. ``members`` names the file of the zip that lists them, empty where none does."""

    action: TileAction
    count: int
    groups: dict[str, Counts]
    reasons: Counts
    samples: tuple[SampleForm, ...]
    digest: str
    reingest_digest: str
    members: str = ""
    origins: Counts = {}


class LifecycleForm(msgspec.Struct):
    """How carefully a collection is handled."""

    prevent_destroy: bool
    on_remove: OnRemove
    replace: Replace
    ignore_changes: tuple[str, ...]


class CollectionForm(msgspec.Struct):
    """A collection and its tile sets."""

    change: ChangeForm
    sets: tuple[SetForm, ...]
    live_tiles: int
    owned_tiles: int
    by_status: Counts
    by_cause: Counts
    scopes: tuple[ScopeForm, ...]
    lifecycle: LifecycleForm
    labels: dict[str, str]
    moves: int = 0
    is_slice: bool = False
    asked: dict[str, str] = {}


class RailForm(msgspec.Struct):
    """A rail as measured."""

    rule: Rule
    address: Address
    count: int
    value: float
    limit: float
    unit: str
    source: str
    tripped: bool
    text: str
    ack: str
    acked_by: str


class DiagnosticForm(msgspec.Struct):
    """Something worth knowing."""

    severity: str
    summary: str
    address: Address | None


class EstimateForm(msgspec.Struct):
    """What carrying the plan out costs."""

    writes: int
    reads: int
    requests_per_minute: float | None


class DeploymentForm(msgspec.Struct):
    """Where the service is."""

    name: str
    base_url: str
    token_url: str
    api_prefix: str


class MarkForm(msgspec.Struct):
    """What a binding was."""

    id: str | None
    serial: int


class StateForm(msgspec.Struct):
    """Which state the plan was made from. ``folder`` is seen from where the plan was made."""

    kind: str
    folder: str
    lineage: str
    bindings: dict[str, MarkForm]


class RefreshForm(msgspec.Struct):
    """How live tiles were looked at."""

    mode: RefreshMode
    last_full_ms: int | None


class PlanForm(msgspec.Struct):
    """The whole of ``plan.json``."""

    format_version: str
    byocplan_version: str
    made_at: str
    expires_at: str
    git_commit: str | None
    project: str
    deployment_name: str
    deployment: DeploymentForm | None
    account_id: str | None
    state: StateForm
    manifests_digest: str
    plan_hash: str
    guard_hash: str
    applyable: bool
    complete: bool
    errored: bool
    summary: dict[str, Counts]
    collections: tuple[CollectionForm, ...]
    rails: tuple[RailForm, ...]
    diagnostics: tuple[DiagnosticForm, ...]
    estimate: EstimateForm
    refresh: RefreshForm
    destroy: bool = False
    selected: tuple[str, ...] = ()


class FormatForm(msgspec.Struct):
    """What has to be known of a file before it is read."""

    format_version: str
    byocplan_version: str = ""
