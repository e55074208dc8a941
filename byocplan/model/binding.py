"""Bindings: which live collection an address stands for, and what its removal may do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.model.collection import OnRemove

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.scope import Scope


@dataclass(frozen=True, slots=True)
class Binding:
    """An address and its live collection, with what must be known when the document is gone.

    ``scopes`` are those of the last successful apply, ``asked`` digests of what the manifest asked for in the last one
    that left the collection so, by field; none before there was one. ``serial`` grows when the id or the lifecycle
    changes.
    """

    address: Address
    id: str
    name: str
    s3_bucket: str
    deployment: str
    account_id: str | None = None
    prevent_destroy: bool = False
    on_remove: OnRemove = OnRemove.DELETE
    labels: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()
    serial: int = 1
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bindings:
    """All bindings of a project on one deployment. ``lineage`` tells one state from another, ``serial`` its age."""

    project: str
    deployment: str
    lineage: str
    serial: int = 0
    by_address: Mapping[Address, Binding] = field(default_factory=dict)
