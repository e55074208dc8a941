"""What discovery found in, text or JSON out: counts, sources, left-over keys, incomplete tiles, overlaps. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.style import Paint
from byocplan.view.words import format_count, format_rest, indent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.model.discovered import Discovered, Overlap, SourceReport
    from byocplan.view.style import Style

SHOWN = 10
PREFIXES_SHOWN = 3


def render_discovered(found: Sequence[Discovered], style: Style) -> str:
    """Return a block an address."""
    if not found:
        return "No collections.\n"
    return "\n\n".join("\n".join(_list_block(each, style)) for each in found) + "\n"


def render_discovered_json(found: Sequence[Discovered]) -> str:
    """Return JSON that follows ``schemas/v1/discover.schema.json``."""
    collections = {each.address: _make_document(each) for each in found}
    return encode_json({"format_version": FORMAT_VERSION, "collections": collections})


def render_shortfalls(found: Sequence[Discovered], style: Style) -> list[str]:
    """Return what a list of tiles cannot show: listings that broke off, problems; some of them, and how many more."""
    failed = [
        f"{each.address}: listing of {source.text} not complete, tiles are missing: {source.failure}"
        for each in found
        for source in each.sources
        if source.failure
    ]
    texts = failed + [f"{each.address}: {text}" for each in found for text in each.problems]
    shown = [style.paint(clean(text), Paint.RED) for text in texts[:SHOWN]]
    return shown + format_rest(len(texts), len(shown), "problem")


def _list_block(found: Discovered, style: Style) -> list[str]:
    counts = [
        format_count(found.tiles, "tile"),
        f"{found.incomplete:,} incomplete",
        format_count(found.leftover_keys, "left-over key"),
    ]
    head = "   ".join([style.paint(clean(found.address, 80), Paint.BOLD), *counts])
    problems = [style.paint(f"problem     {clean(text)}", Paint.RED) for text in found.problems[:SHOWN]]
    lines = [
        *_list_sources(found.sources, style),
        *_list_bands(found),
        *(f"incomplete  {clean(path, 160)}" for path in found.incomplete_samples[:SHOWN]),
        *_list_left_over(found),
        *_list_overlaps(found, style),
        *problems,
        *format_rest(len(found.problems), len(problems), "problem"),
        *(f"note        {clean(text)}" for text in found.notes[:SHOWN]),
        *format_rest(len(found.notes), min(len(found.notes), SHOWN), "note"),
    ]
    return [head, *indent(lines)]


def _list_sources(sources: Sequence[SourceReport], style: Style) -> list[str]:
    lines: list[str] = []
    for source in sources[:SHOWN]:
        counts = f"{format_count(source.keys, 'key')}   {format_count(source.tiles, 'tile')}"
        incomplete = f"   {source.incomplete:,} incomplete" if source.incomplete else ""
        lines.append(f"source      {clean(source.text, 160)}   {counts}{incomplete}   {clean(source.place, 120)}")
        if source.path and source.path != source.text:
            lines.append(f"            taken as {clean(source.path, 160)}")
        if source.listed:
            lines.append("            taken at its word: the bucket is not read")
        if source.prefixes:
            how = f"read from {clean(source.inventory, 160)}, of it" if source.inventory else "listed"
            lines.append(f"            {how} {_render_prefixes(source.prefixes)}")
        if source.failure:
            lines.append(style.paint(f"            listing not complete: {clean(source.failure)}", Paint.RED))
    return lines + format_rest(len(sources), min(len(sources), SHOWN), "source")


def _render_prefixes(prefixes: Sequence[str]) -> str:
    names = ", ".join(clean(prefix, 100) or "the whole bucket" for prefix in prefixes[:PREFIXES_SHOWN])
    rest = len(prefixes) - PREFIXES_SHOWN
    return f"{names} and {format_count(rest, 'more prefix', 'more prefixes')}" if rest > 0 else names


def _list_bands(found: Discovered) -> list[str]:
    shown = [f"bands       {clean(bands, 160) or 'one file'}  {count:,}" for bands, count in _top(found.band_sets)]
    return shown + format_rest(len(found.band_sets), len(shown), "set of bands", "sets of bands")


def _list_left_over(found: Discovered) -> list[str]:
    """Return a line a shape, with one real key, so that it can be given to ``explain``."""
    lines = []
    for shape, count in _top(found.left_over):
        sample = found.left_over_samples.get(shape, "")
        example = f"   e.g. {clean(sample, 160)}" if sample else ""
        lines.append(f"left over   {clean(shape, 160)}  {count:,}{example}")
    return lines + format_rest(len(found.left_over), len(lines), "shape")


def _list_overlaps(found: Discovered, style: Style) -> list[str]:
    lines = [_render_overlap(overlap, style) for overlap in found.overlaps[:SHOWN]]
    return lines + format_rest(found.overlap_count, len(lines), "path claimed twice", "paths claimed twice")


def _render_overlap(overlap: Overlap, style: Style) -> str:
    places = " and ".join(clean(place, 120) for place in overlap.places)
    return style.paint(f"overlap     {clean(overlap.path, 160)} is claimed by {places}", Paint.RED)


def _top(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return list(counts.items())[:SHOWN]


def _make_document(found: Discovered) -> dict[str, object]:
    return {
        "tiles": found.tiles,
        "incomplete": found.incomplete,
        "leftover_keys": found.leftover_keys,
        "sources": [_make_source(source) for source in found.sources],
        "left_over": [
            {"shape": shape, "keys": count, "sample": found.left_over_samples.get(shape)}
            for shape, count in found.left_over.items()
        ],
        "incomplete_samples": list(found.incomplete_samples),
        "band_sets": dict(found.band_sets),
        "overlap_count": found.overlap_count,
        "overlaps": [{"path": each.path, "places": list(each.places)} for each in found.overlaps],
        "problems": list(found.problems),
        "notes": list(found.notes),
    }


def _make_source(source: SourceReport) -> dict[str, object]:
    return {
        "place": source.place,
        "text": source.text,
        "path": source.path,
        "inventory": source.inventory,
        "prefixes": list(source.prefixes),
        "keys": source.keys,
        "tiles": source.tiles,
        "incomplete": source.incomplete,
        "complete": not source.failure,
        "failure": source.failure,
    }
