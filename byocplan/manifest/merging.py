"""Defaults under a Collection's spec: maps merge, lists replace, null removes. Pure."""

from __future__ import annotations

from byocplan.manifest.nodes import Node


def merge_nodes(under: Node | None, over: Node | None) -> Node | None:
    """Return ``over`` with what it does not say itself taken from ``under``; each value keeps its own place."""
    if under is None or over is None:
        return over if under is None else under
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    merged = dict(under.value)
    for name, child in over.value.items():
        merged[name] = merge_nodes(merged.get(name), child) or child
    return Node(merged, over.place, over.key)


def merge_spec(project: Node | None, collection: Node | None) -> Node | None:
    """Return a Collection's spec over the Project's ``defaults``, over its ``s3`` and ``rails``."""
    if project is None:
        return collection
    shared = {
        name: project.value[name] for name in ("s3", "rails") if isinstance(project.value, dict) and project.has(name)
    }
    under = Node(shared, project.place, project.key)
    return merge_nodes(merge_nodes(under, project.find("defaults")), collection)
