"""Manifests for tests, with only what a test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from byocplan.manifest import Loaded, ReadOptions, check_manifests, read_manifests

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.model.collection import Collection
    from byocplan.model.source import TileSource


def make_collection(spec: str, name: str = "s2") -> str:
    """Return a Collection document; ``spec`` is a flow mapping without its braces."""
    return f"apiVersion: byocplan/v1\nkind: Collection\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def make_project(spec: str) -> str:
    """Return a Project document; ``spec`` is a flow mapping without its braces."""
    return f"apiVersion: byocplan/v1\nkind: Project\nmetadata: {{name: project}}\nspec: {{{spec}}}\n"


def read(*documents: str, **options: Any) -> Loaded:
    """Read documents from standard input."""
    return read_manifests(["-"], ReadOptions(stdin="---\n".join(documents).encode(), **options))


def check(*documents: str, **options: Any) -> tuple[Problem, ...]:
    """Return what is wrong with documents on standard input."""
    return check_manifests(["-"], ReadOptions(stdin="---\n".join(documents).encode(), **options))


def read_one(*documents: str, **options: Any) -> Collection:
    """Return the one collection of documents on standard input."""
    (collection,) = read(*documents, **options).manifests.collections
    return collection


def read_source(entry: str) -> TileSource:
    """Return the one tile source of a collection; ``entry`` is a flow mapping without its braces."""
    (source,) = read_one(make_collection(f"s3Bucket: bkt, tiles: [{{{entry}}}]")).sources
    return source
