"""Decode ``coverGeometry``: a checked tree in, GeoJSON text and problems out. Reads the file that it names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from byocplan.manifest.files import ReadFault, read_bytes
from byocplan.manifest.nodes import Node, is_whole, make_plain
from byocplan.model.cover import encode_cover, find_geometry_fault, get_geometry

if TYPE_CHECKING:
    from byocplan.errors import Problem


def make_cover(node: Node | None, problems: list[Problem]) -> str | None:
    """Return the geometry as compact GeoJSON; None for ``keep`` and where a problem is noted."""
    if node is None or isinstance(node.value, str):
        return None
    file = node.find("file")
    if file is not None:
        return _read_cover(file, problems)
    if not is_whole(node):
        return None
    geometry = make_plain(node)
    fault = find_geometry_fault(geometry)
    if fault is not None:
        problems.append(node.place.make_problem(f"coverGeometry: {fault}"))
        return None
    return encode_cover(geometry)


def _read_cover(file: Node, problems: list[Problem]) -> str | None:
    name, source = str(file.value), file.place.source
    try:
        content = read_bytes(source.folder / name, source.roots)
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except ReadFault as error:
        problems.append(file.place.make_problem(f"{name} {error}", "paths start at the manifest's folder"))
    except (ValueError, RecursionError):
        problems.append(file.place.make_problem(f"{name} is not GeoJSON"))
    else:
        geometry = get_geometry(document)
        fault = find_geometry_fault(geometry)
        if fault is None:
            return encode_cover(geometry)
        problems.append(file.place.make_problem(f"{name}: {fault}"))
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
