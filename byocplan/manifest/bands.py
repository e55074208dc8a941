"""Decode ``spec.bands`` and ``noData``: checked trees in, bands and problems out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.band import Band
from byocplan.model.unset import UNSET, Unset

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node

#: Source: ECMAScript, ReservedWord, and the literals.
_RESERVED_TEXT = """
await break case catch class const continue debugger default delete do else enum export extends false finally for
function if implements import in instanceof interface let new null package private protected public return static
super switch this throw true try typeof var void while with yield
"""
_RESERVED = frozenset(_RESERVED_TEXT.split())


def make_no_data(node: Node) -> float | Unset | None:
    """Return ``noData``: UNSET when absent, None for an explicit null."""
    return node.find_number("noData") if node.has("noData") else UNSET


def make_bands(spec: Node, problems: list[Problem]) -> dict[str, Band] | None:
    """Return the bands in the order of the manifest, None when it has none."""
    bands = spec.find("bands")
    if bands is None:
        return None
    _check_bands(spec, bands, problems)
    return {name: _make_band(name, node) for name, node in bands.iter_entries()}


def _make_band(name: str, node: Node) -> Band:
    index, depth = node.find_number("bandIndex"), node.find_number("bitDepth")
    return Band(
        name,
        source=node.find_text("source"),
        band_index=None if index is None else int(index),
        bit_depth=None if depth is None else int(depth),
        sample_format=node.find_text("sampleFormat"),
        no_data=make_no_data(node),
        previous_name=node.find_text("previousName"),
    )


def _check_bands(spec: Node, bands: Node, problems: list[Problem]) -> None:
    shared = spec.find("noData")
    is_shared = shared is not None and shared.value is not None
    renamed: dict[str, str] = {}
    for name, node in bands.iter_entries():
        if not is_identifier(name):
            message = (
                f"the band name {name} is no JavaScript identifier, so evalscripts cannot write it as sample.{name}"
            )
            problems.append(node.key.make_problem(message, is_warning=True))
        own = node.find("noData")
        if is_shared and shared is not None and own is not None and own.value is not None:
            message = f"noData stands for the collection too ({shared.place.text})"
            problems.append(own.key.make_problem(message, "give it for the collection or for the bands, not both"))
        previous = node.find("previousName")
        if previous is not None:
            problems.extend(_check_rename(name, previous, bands, renamed))


def _check_rename(name: str, previous: Node, bands: Node, renamed: dict[str, str]) -> list[Problem]:
    old = str(previous.value)
    if bands.has(old):
        return [
            previous.place.make_problem(f"previousName {old} is a band of this manifest", "rename one band at a time")
        ]
    if renamed.setdefault(old, name) != name:
        return [previous.place.make_problem(f"the band {renamed[old]} has the previousName {old} already")]
    return []


def is_identifier(name: str) -> bool:
    """Tell whether a name is a JavaScript identifier."""
    return name.replace("$", "_").isidentifier() and name not in _RESERVED
