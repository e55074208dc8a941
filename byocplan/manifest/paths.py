"""Check ``path:``: a located text in, problems out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.tile_path import find_path_fault

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node


def check_path(node: Node) -> list[Problem]:
    """Return what is wrong with the path: at most one problem, the first that has to be mended."""
    fault = find_path_fault(str(node.value))
    return [] if fault is None else [node.place.make_problem(*fault)]
