"""The project: what all collections of one run share. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.model.collection import Collection, S3Settings
from byocplan.model.deployment import DEPLOYMENTS, Deployment
from byocplan.model.rail import RailLimits

if TYPE_CHECKING:
    from byocplan.model.address import Address

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Project:
    """``folder`` is where its document lies (and so the local state); ``rails`` hold for what no document describes.

    ``is_declared`` is false when no Project document was read; collections are only removed for a declared project.
    """

    name: str = "default"
    deployment: Deployment = DEPLOYMENTS["aws-eu-central-1"]
    state: str = LOCAL
    s3: S3Settings = S3Settings()
    rails: RailLimits = RailLimits()
    requests_per_minute: float | None = None
    folder: str = "."
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything the manifests say. ``collections`` are in order of address."""

    project: Project
    collections: tuple[Collection, ...]

    def by_address(self) -> dict[Address, Collection]:
        """Return the collections keyed by their address."""
        return {collection.address: collection for collection in self.collections}
