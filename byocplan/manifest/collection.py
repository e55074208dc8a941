"""Decode a Collection document: a checked tree with its defaults in, the collection and problems out.

Reads the files that cover geometries name; else pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.manifest.bands import make_bands, make_no_data
from byocplan.manifest.project import make_s3
from byocplan.manifest.rails import make_acks, make_rails
from byocplan.manifest.tiles import make_sources
from byocplan.model.address import make_address
from byocplan.model.collection import Collection, Lifecycle, OnRemove, Replace

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node


def make_collection(tree: Node, spec: Node, problems: list[Problem]) -> Collection:
    """Return the collection; where problems are noted, it is good for nothing but finding more of them."""
    metadata = tree.find("metadata")
    name = (metadata.find_text("name") if metadata else None) or ""
    labels = metadata.find("labels") if metadata else None
    address = make_address(name)
    own = tree.find("spec")
    if not spec.has("s3Bucket") and (own is not None or not tree.has("spec")):
        place = own.key if own is not None else tree.place
        problems.append(place.make_problem("spec lacks s3Bucket", "write it here or in the Project's defaults"))
    return Collection(
        address=address,
        name=spec.find_text("name") or name,
        s3_bucket=spec.find_text("s3Bucket") or "",
        id=(spec.find_text("id") or "").lower() or None,
        adopt=spec.find_flag("adopt", default=False),
        no_data=make_no_data(spec),
        bands=make_bands(spec, problems),
        storage_identifier=spec.find_text("storageIdentifier"),
        lifecycle=_make_lifecycle(spec.find("lifecycle")),
        s3=make_s3(spec.find("s3")),
        rails=make_rails(spec.find("rails")),
        acks=make_acks(spec.find("acks"), address, problems),
        sources=make_sources(spec.find("tiles"), problems),
        labels={key: str(node.value) for key, node in labels.iter_entries()} if labels else {},
        place=tree.place.text,
    )


def _make_lifecycle(node: Node | None) -> Lifecycle:
    if node is None:
        return Lifecycle()
    ignored = node.find("ignoreChanges")
    return Lifecycle(
        prevent_destroy=node.find_flag("preventDestroy", default=False),
        on_remove=OnRemove(node.find_text("onRemove") or OnRemove.DELETE),
        replace=Replace(node.find_text("replace") or Replace.DENY),
        ignore_changes=frozenset(str(item.value) for item in ignored.iter_items()) if ignored else frozenset(),
    )
