"""Check ``table:``: the name of a file in, where it is and problems out. Looks at the file system; reads no row."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from byocplan.manifest.files import ReadFault, find_regular
from byocplan.manifest.wording import join_words, shorten

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node

SUFFIXES = (".csv", ".tsv", ".geojson", ".parquet", ".geoparquet")
MAX_BYTES = 1024 * 1024 * 1024


def find_table(node: Node, problems: list[Problem]) -> tuple[str, str]:
    """Return the name of the table as the user would type it, and its real path; empty where a problem is noted."""
    name, source = str(node.value), node.place.source
    hint = "paths start at the manifest's folder and stay in the project's"
    if PurePath(name).suffix.lower() not in SUFFIXES:
        problems.append(node.place.make_problem(f"{shorten(name)} is no table", f"it ends with {join_words(SUFFIXES)}"))
        return name, ""
    if PurePath(name).is_absolute():
        problems.append(node.place.make_problem(f"{shorten(name)} is an absolute path", hint))
        return name, ""
    path = source.folder / name
    try:
        return str(path), str(find_regular(path, source.roots, MAX_BYTES))
    except ReadFault as fault:
        problems.append(node.place.make_problem(f"{shorten(name)} {fault}", hint))
        return name, ""
