"""What may stand once only in all manifests together. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node


def check_projects(trees: Sequence[Node]) -> Iterator[Problem]:
    """Yield a problem for each Project after the first."""
    for tree in trees[1:]:
        message = f"a second Project; the first is in {trees[0].place.text}"
        yield tree.place.make_problem(message, "keep one of them, or plan them apart")


def check_names(trees: Iterable[Node]) -> Iterator[Problem]:
    """Yield a problem for each ``metadata.name`` that another Collection has."""
    names: dict[str, Node] = {}
    for tree in trees:
        metadata = tree.find("metadata")
        node = metadata.find("name") if metadata else None
        if node is not None:
            yield from _check(node, names, "metadata.name")


def check_ids(specs: Iterable[Node]) -> Iterator[Problem]:
    """Yield a problem for each ``spec.id`` that another Collection has."""
    ids: dict[str, Node] = {}
    for spec in specs:
        node = spec.find("id")
        if node is not None and node.value is not None:
            yield from _check(node, ids, "id")


def _check(node: Node, seen: dict[str, Node], what: str) -> Iterator[Problem]:
    first = seen.setdefault(str(node.value).lower(), node)
    if first is not node:
        yield node.place.make_problem(f"the {what} {node.value} stands in {first.place.text} already")
