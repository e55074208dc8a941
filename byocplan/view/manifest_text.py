"""A collection and its sources in, a manifest with comments out. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from byocplan.model.instant import format_instant
from byocplan.model.source import SensingKind
from byocplan.view.clean import clean
from byocplan.view.words import format_count
from byocplan.view.yaml_scalar import write_number, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.band import LiveBand
    from byocplan.model.collection import LiveCollection
    from byocplan.model.exported import Exported, WrittenSource
    from byocplan.model.pattern import Where

#: What the schema allows in no name that goes to the service.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
HEAD = "apiVersion: byocplan/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"


def render_exported(exported: Exported) -> str:
    """Return one Collection document: the collection as it is live, and the sources of its tiles."""
    live = exported.live
    head = HEAD.format(kind="Collection", name=write_text(exported.name))
    return f"{head}spec:\n" + "".join(f"  {line}\n" for line in (*_iter_collection(live), *_iter_tiles(exported)))


def render_project(name: str, deployment: str) -> str:
    """Return a Project document."""
    head = HEAD.format(kind="Project", name=write_text(name))
    return f"{head}spec:\n  deployment: {write_text(deployment)}\n"


def render_source(source: WrittenSource) -> list[str]:
    """Return the lines of one entry of ``tiles``."""
    note = f"  # {_comment(source.note)}" if source.note else ""
    lines = [f"- {source.key}: {write_text(source.text)}{note}"]
    if source.where is not None and (source.where.date or source.where.fields):
        lines.append(f"  where: {_write_where(source.where)}")
    if source.sensing.kind is SensingKind.FIXED:
        fixed = source.sensing.fixed_ms
        lines.append(f"  sensingTime: {'null' if fixed is None else _write_time(fixed)}")
    elif source.sensing.kind is SensingKind.KEEP and source.key == "pattern":
        lines.append("  sensingTime: keep")
    if not source.prune:
        lines.append("  prune: false")
    return lines


def _iter_collection(live: LiveCollection) -> Iterator[str]:
    yield f"id: {write_text(live.id)}"
    if CONTROL.search(live.name):
        yield "# The live name has control characters, which no manifest may ask for: it stays as it is."
        yield "lifecycle: {ignoreChanges: [name]}"
    else:
        yield f"name: {write_text(live.name)}"
    yield f"s3Bucket: {write_text(live.s3_bucket)}"
    if live.no_data is not None:
        yield f"noData: {write_number(live.no_data)}"
    if any(CONTROL.search(f"{band.name}{band.source}") for band in live.bands.values()):
        yield "# The live bands have control characters, which no manifest may ask for: they stay as they are."
    elif live.bands:
        yield "bands:"
        for name, band in live.bands.items():
            yield f"  {write_text(name)}: {{{', '.join(_iter_band(band))}}}"
    if live.storage_identifier is not None:
        yield f"storageIdentifier: {write_text(live.storage_identifier)}"


def _iter_band(band: LiveBand) -> Iterator[str]:
    if band.source != band.name:
        yield f"source: {write_text(band.source)}"
    if band.band_index != 1:
        yield f"bandIndex: {band.band_index}"
    if band.bit_depth is not None:
        yield f"bitDepth: {band.bit_depth}"
    if band.sample_format is not None:
        yield f"sampleFormat: {write_text(band.sample_format)}"
    if band.no_data is not None:
        yield f"noData: {write_number(band.no_data)}"


def _iter_tiles(exported: Exported) -> Iterator[str]:
    yield from (f"# {_comment(note)}" for note in exported.notes)
    if exported.left_out:
        yield f"# In no source, and so unmanaged: {format_count(exported.left_out, 'live tile')}."
    if not exported.sources:
        return
    yield "tiles:"
    for source in exported.sources:
        yield from (f"  {line}" for line in render_source(source))


def _write_where(where: Where) -> str:
    parts = []
    if where.date is not None:
        ends = (("from", where.date.from_ms), ("to", where.date.to_ms))
        parts.append(f"date: {{{', '.join(f'{end}: {_write_time(at)}' for end, at in ends if at is not None)}}}")
    for name, texts in where.fields.items():
        parts.append(f"{name}: [{', '.join(write_text(text) for text in texts)}]")
    return f"{{{', '.join(parts)}}}"


def _write_time(instant_ms: int) -> str:
    return f'"{format_instant(instant_ms)}"'


def _comment(text: str) -> str:
    return clean(text, limit=500)
