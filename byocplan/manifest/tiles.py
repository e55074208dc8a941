"""Decode ``spec.tiles``: checked trees in, tile sources and problems out. Reads cover files; else pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.errors import PatternError
from byocplan.manifest.covers import make_cover
from byocplan.manifest.paths import check_path
from byocplan.manifest.tables import find_table
from byocplan.manifest.times import make_sensing_time
from byocplan.manifest.where import make_where
from byocplan.model.pattern import compile_pattern
from byocplan.model.source import (
    Incomplete,
    OnContentChange,
    PathSource,
    PatternSource,
    TableSource,
    TileOptions,
    TileSource,
)

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node
    from byocplan.model.pattern import PathPattern


def make_sources(tiles: Node | None, problems: list[Problem]) -> tuple[TileSource, ...]:
    """Return the sources in order; those with problems are left out."""
    sources = []
    paths: dict[str, Node] = {}
    for item in tiles.iter_items() if tiles else ():
        path = item.find("path")
        if path is not None:
            problems.extend(_check_twice(path, paths))
        source = _make_source(item, problems)
        if source is not None:
            sources.append(source)
    return tuple(sources)


def _check_twice(path: Node, paths: dict[str, Node]) -> list[Problem]:
    first = paths.setdefault(str(path.value), path)
    if first is path:
        return []
    return [
        path.place.make_problem(f"the path {path.value} stands in {first.place.text} already", "take one of them away")
    ]


def _make_source(item: Node, problems: list[Problem]) -> TileSource | None:
    path = item.find("path")
    if path is not None:
        problems.extend(check_path(path))
        return PathSource(str(path.value), _make_options(item, None, problems), item.place.text)
    table = item.find("table")
    if table is not None:
        name, file = find_table(table, problems)
        return TableSource(name, file, _make_options(item, None, problems), item.place.text)
    pattern = _compile(item.find("pattern"), problems)
    options = _make_options(item, pattern, problems)
    if pattern is None:
        return None
    where = make_where(item.find("where"), pattern, options.sensing_time, problems)
    return PatternSource(pattern, where, options, item.place.text, item.find_text("inventory") or "")


def _compile(node: Node | None, problems: list[Problem]) -> PathPattern | None:
    if node is None:
        return None
    try:
        return compile_pattern(str(node.value))
    except PatternError as error:
        problems.append(node.find_inside(error.position).make_problem(f"path pattern: {error.message}"))
        return None


def _make_options(item: Node, pattern: PathPattern | None, problems: list[Problem]) -> TileOptions:
    return TileOptions(
        sensing_time=make_sensing_time(item, pattern, problems),
        cover=make_cover(item.find("coverGeometry"), problems),
        incomplete=Incomplete(item.find_text("incomplete") or Incomplete.SKIP),
        prune=item.find_flag("prune", default=True),
        on_content_change=OnContentChange(item.find_text("onContentChange") or OnContentChange.REINGEST),
    )
